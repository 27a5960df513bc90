/** Reports: numbers that were published and stay what they were. */
@NullMarked
package dev.chronodesk.events.report;

import org.jspecify.annotations.NullMarked;
