/** From events to read tables: projections, the runner that follows the log, and the generations it fills. */
@NullMarked
package dev.chronodesk.query.fold;

import org.jspecify.annotations.NullMarked;
