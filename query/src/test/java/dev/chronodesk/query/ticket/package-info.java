/** The read side as specified. */
@NullMarked
package dev.chronodesk.query.ticket;

import org.jspecify.annotations.NullMarked;
