/** The hours of a week in text. */
@NullMarked
package dev.chronodesk.events.schedule;

import org.jspecify.annotations.NullMarked;
