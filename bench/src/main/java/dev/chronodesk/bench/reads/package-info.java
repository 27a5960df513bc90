/** What reading costs on a desk of many tickets, and building its tables anew. */
@NullMarked
package dev.chronodesk.bench.reads;

import org.jspecify.annotations.NullMarked;
