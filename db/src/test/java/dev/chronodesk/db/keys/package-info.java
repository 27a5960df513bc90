/** What holds for the keys of persons. */
@NullMarked
package dev.chronodesk.db.keys;

import org.jspecify.annotations.NullMarked;
