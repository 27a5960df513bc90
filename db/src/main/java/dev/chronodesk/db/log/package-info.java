/** The event log: appended in one order, read by stream, by position and by moment. */
@NullMarked
package dev.chronodesk.db.log;

import org.jspecify.annotations.NullMarked;
