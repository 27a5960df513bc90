/** Everything that can be asked of a person's profile: who they are, what they may do, which address is theirs. */
@NullMarked
package dev.chronodesk.command.profile;

import org.jspecify.annotations.NullMarked;
