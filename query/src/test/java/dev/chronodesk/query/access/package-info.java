/** The read side as specified. */
@NullMarked
package dev.chronodesk.query.access;

import org.jspecify.annotations.NullMarked;
