/** The one door for every command: from bytes or from code, with its key, its terms and its outcome. */
@NullMarked
package dev.chronodesk.command.door;

import org.jspecify.annotations.NullMarked;
