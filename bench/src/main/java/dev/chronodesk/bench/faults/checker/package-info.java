/** The rules that a history must keep, whatever broke while it was made; data in, findings out. */
@NullMarked
package dev.chronodesk.bench.faults.checker;

import org.jspecify.annotations.NullMarked;
