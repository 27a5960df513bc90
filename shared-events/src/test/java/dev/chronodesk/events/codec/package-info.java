/** The published language, held by examples that never change. */
@NullMarked
package dev.chronodesk.events.codec;

import org.jspecify.annotations.NullMarked;
