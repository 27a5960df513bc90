package dev.chronodesk.events.roster;

import dev.chronodesk.events.Event;
import dev.chronodesk.events.StreamType;
import dev.chronodesk.events.profile.ProfileId;
import java.util.UUID;

/** Everything that can have happened to the list of administrators. There is one such stream. */
public sealed interface RosterEvent extends Event permits AdministratorAdded, AdministratorRemoved {

    /** The one roster's stream: UUIDv5 of {@code chronodesk:roster} in the URL namespace of RFC 9562. */
    UUID STREAM = UUID.fromString("82135510-b32a-5542-85b2-9e3bc377c285");

    ProfileId profileId();

    @Override
    default UUID streamId() {
        return STREAM;
    }

    @Override
    default StreamType streamType() {
        return StreamType.ROSTER;
    }
}
