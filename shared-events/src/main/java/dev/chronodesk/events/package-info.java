/** The published language: everything that can have happened, with the ids and values that events are made of. */
@NullMarked
package dev.chronodesk.events;

import org.jspecify.annotations.NullMarked;
