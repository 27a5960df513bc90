/** Exported tables, read back. */
@NullMarked
package dev.chronodesk.query.export;

import org.jspecify.annotations.NullMarked;
