/** Everything that can be asked of a schedule, and what decides about it. */
@NullMarked
package dev.chronodesk.command.schedule;

import org.jspecify.annotations.NullMarked;
