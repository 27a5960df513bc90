/** Thousands of short runs in this process on a data source that fails by a seed. */
@NullMarked
package dev.chronodesk.bench.faults.seeded;

import org.jspecify.annotations.NullMarked;
