/** The analysts' tables as files. */
@NullMarked
package dev.chronodesk.query.export;

import org.jspecify.annotations.NullMarked;
