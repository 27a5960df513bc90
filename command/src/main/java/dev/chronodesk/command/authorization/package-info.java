/** Who acts, what their role may send, and the facts about others that a decision needs. */
@NullMarked
package dev.chronodesk.command.authorization;

import org.jspecify.annotations.NullMarked;
