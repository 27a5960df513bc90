/** What was sent and what was answered, on disk before it counts. */
@NullMarked
package dev.chronodesk.bench.faults.journal;

import org.jspecify.annotations.NullMarked;
