/** What search finds, for whom. */
@NullMarked
package dev.chronodesk.query.search;

import org.jspecify.annotations.NullMarked;
