/** Tickets: what can have happened to one, and the words for its state. */
@NullMarked
package dev.chronodesk.events.ticket;

import org.jspecify.annotations.NullMarked;
