/** Schedules: the hours in which a desk works. */
@NullMarked
package dev.chronodesk.events.schedule;

import org.jspecify.annotations.NullMarked;
