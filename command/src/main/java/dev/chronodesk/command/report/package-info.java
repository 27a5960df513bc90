/** Everything that can be asked of a report, and what decides about it. */
@NullMarked
package dev.chronodesk.command.report;

import org.jspecify.annotations.NullMarked;
