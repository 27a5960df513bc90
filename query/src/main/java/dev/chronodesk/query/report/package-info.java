/** Published reports with their bytes. */
@NullMarked
package dev.chronodesk.query.report;

import org.jspecify.annotations.NullMarked;
