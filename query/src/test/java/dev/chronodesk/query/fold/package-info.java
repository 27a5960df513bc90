/** The read side as specified. */
@NullMarked
package dev.chronodesk.query.fold;

import org.jspecify.annotations.NullMarked;
