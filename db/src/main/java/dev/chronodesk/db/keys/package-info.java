/** Keys of persons: made at first use, wrapped by a key that is not in the database, destroyed for ever. */
@NullMarked
package dev.chronodesk.db.keys;

import org.jspecify.annotations.NullMarked;
