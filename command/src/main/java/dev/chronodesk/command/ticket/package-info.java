/** Everything that can be asked of a ticket, and what decides about it. */
@NullMarked
package dev.chronodesk.command.ticket;

import org.jspecify.annotations.NullMarked;
