/** Everything that can be asked of a metric, and what decides about it. */
@NullMarked
package dev.chronodesk.command.metric;

import org.jspecify.annotations.NullMarked;
