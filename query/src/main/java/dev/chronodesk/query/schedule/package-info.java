/** The hours in which the desk works, by version, and the time that passes in them. */
@NullMarked
package dev.chronodesk.query.schedule;

import org.jspecify.annotations.NullMarked;
