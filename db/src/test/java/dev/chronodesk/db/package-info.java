/** The database as tests see it. */
@NullMarked
package dev.chronodesk.db;

import org.jspecify.annotations.NullMarked;
