/** The read side as specified. */
@NullMarked
package dev.chronodesk.query.audit;

import org.jspecify.annotations.NullMarked;
