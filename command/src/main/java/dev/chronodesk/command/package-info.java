/** The write side: what may be asked, who may ask it, and what then happened. */
@NullMarked
package dev.chronodesk.command;

import org.jspecify.annotations.NullMarked;
