/** The comparison: the same two commands on Axon Framework with its own JDBC engine, as it comes. */
@NullMarked
package dev.chronodesk.bench.axonjdbc;

import org.jspecify.annotations.NullMarked;
