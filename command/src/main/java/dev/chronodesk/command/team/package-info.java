/** Everything that can be asked of a team, and what decides about it. */
@NullMarked
package dev.chronodesk.command.team;

import org.jspecify.annotations.NullMarked;
