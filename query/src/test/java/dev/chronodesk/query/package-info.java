/** The read side as specified. */
@NullMarked
package dev.chronodesk.query;

import org.jspecify.annotations.NullMarked;
