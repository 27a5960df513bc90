/**
 * Facts that statistics are computed from, kept per ticket and per event, so that a change of today moves no number of
 * the past.
 */
@NullMarked
package dev.chronodesk.query.statistics;

import org.jspecify.annotations.NullMarked;
