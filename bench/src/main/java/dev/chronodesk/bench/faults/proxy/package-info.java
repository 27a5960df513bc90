/** A wire between a node and PostgreSQL that is cut at the very message that matters. */
@NullMarked
package dev.chronodesk.bench.faults.proxy;

import org.jspecify.annotations.NullMarked;
