package dev.chronodesk.events.profile;

import dev.chronodesk.events.Event;
import dev.chronodesk.events.StreamType;
import java.util.UUID;

/** Everything that can have happened to a person. */
public sealed interface ProfileEvent extends Event
        permits ProfileRegistered,
                DisplayNameChanged,
                RoleAssigned,
                ProfileDeactivated,
                ProfileReactivated,
                EmailChanged,
                EmailVerified,
                ProfileErased {

    ProfileId profileId();

    @Override
    default UUID streamId() {
        return profileId().value();
    }

    @Override
    default StreamType streamType() {
        return StreamType.PROFILE;
    }
}
