/** Processes that can be killed: PostgreSQL and nodes of the service, as somebody runs them. */
@NullMarked
package dev.chronodesk.bench.faults.nodes;

import org.jspecify.annotations.NullMarked;
