/** Load and comparison baselines; figures are printed beside what they are compared with, from the same run. */
@NullMarked
package dev.chronodesk.bench;

import org.jspecify.annotations.NullMarked;
