/** Specifies schedules and business time. */
@NullMarked
package dev.chronodesk.query.schedule;

import org.jspecify.annotations.NullMarked;
