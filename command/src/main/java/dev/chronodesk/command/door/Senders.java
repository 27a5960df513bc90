package dev.chronodesk.command.door;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.profile.Role;
import java.util.UUID;

/** Senders that are no person and no key. */
public final class Senders {

    /**
     * The desk itself: sign-up, the first administrator, the import. Its id is UUIDv5 of {@code chronodesk:system} in
     * the URL namespace of RFC 9562; no profile has it.
     */
    public static final Caller.Known SYSTEM =
            new Caller.Known(UUID.fromString("f8c55acd-3b00-5095-99e4-c5cc6a4708f0"), Role.ADMIN);

    private Senders() {}
}
