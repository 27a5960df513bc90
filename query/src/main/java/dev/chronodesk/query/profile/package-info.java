/** People as the desk knows them. */
@NullMarked
package dev.chronodesk.query.profile;

import org.jspecify.annotations.NullMarked;
