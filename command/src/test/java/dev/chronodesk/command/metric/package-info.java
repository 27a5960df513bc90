/** What a metric decides. */
@NullMarked
package dev.chronodesk.command.metric;

import org.jspecify.annotations.NullMarked;
