/** Teams and who belongs to them. */
@NullMarked
package dev.chronodesk.events.team;

import org.jspecify.annotations.NullMarked;
