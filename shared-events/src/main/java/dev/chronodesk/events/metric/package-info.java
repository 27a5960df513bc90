/** Metrics: by which of their definitions they are computed. */
@NullMarked
package dev.chronodesk.events.metric;

import org.jspecify.annotations.NullMarked;
