/** Published reports, computed, kept and read. */
@NullMarked
package dev.chronodesk.query.report;

import org.jspecify.annotations.NullMarked;
