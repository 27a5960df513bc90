/** Axon on our log: from a command to one append, all or nothing. */
@NullMarked
package dev.chronodesk.command.decision;

import org.jspecify.annotations.NullMarked;
