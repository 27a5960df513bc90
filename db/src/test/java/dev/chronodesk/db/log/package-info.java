/** The log's contract, on real servers. */
@NullMarked
package dev.chronodesk.db.log;

import org.jspecify.annotations.NullMarked;
