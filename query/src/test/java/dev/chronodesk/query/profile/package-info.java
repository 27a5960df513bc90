/** People and their addresses as readers see them. */
@NullMarked
package dev.chronodesk.query.profile;

import org.jspecify.annotations.NullMarked;
