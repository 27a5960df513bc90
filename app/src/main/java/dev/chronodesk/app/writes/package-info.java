/** Joins the two sides for clients of {@code /rest/v1}: what they change in tables is sent as commands. */
@NullMarked
package dev.chronodesk.app.writes;

import org.jspecify.annotations.NullMarked;
