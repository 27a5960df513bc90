/** Finding tickets by what is written in them. */
@NullMarked
package dev.chronodesk.query.search;

import org.jspecify.annotations.NullMarked;
