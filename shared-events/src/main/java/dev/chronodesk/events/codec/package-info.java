/** Events to bytes and back: logical names, revisions, upcasting. */
@NullMarked
package dev.chronodesk.events.codec;

import org.jspecify.annotations.NullMarked;
