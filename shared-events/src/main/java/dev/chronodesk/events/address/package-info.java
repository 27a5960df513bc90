/** E-mail addresses as streams of their own, so that the log decides who claimed one first. */
@NullMarked
package dev.chronodesk.events.address;

import org.jspecify.annotations.NullMarked;
