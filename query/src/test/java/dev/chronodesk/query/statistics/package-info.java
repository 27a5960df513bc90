/** The read side as specified. */
@NullMarked
package dev.chronodesk.query.statistics;

import org.jspecify.annotations.NullMarked;
