package dev.chronodesk.db.caller;

import dev.chronodesk.events.profile.Role;
import java.util.UUID;

/** Who asks, verified at the door and never taken from a body. Controllers take it as a parameter; app resolves it. */
public sealed interface Caller permits Caller.Anonymous, Caller.Known {

    /** Nobody has said who they are; a publishable key alone leaves it so. */
    record Anonymous() implements Caller {}

    /**
     * A person or a key.
     *
     * @param id the profile's id, or the key's stable principal
     * @param role as it is at this request, not as a token remembers it
     */
    record Known(UUID id, Role role) implements Caller {}
}
