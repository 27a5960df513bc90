/** Events as changes: what a reader of history sees of them. */
@NullMarked
package dev.chronodesk.query.history;

import org.jspecify.annotations.NullMarked;
