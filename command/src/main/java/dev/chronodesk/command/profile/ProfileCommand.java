package dev.chronodesk.command.profile;

import dev.chronodesk.command.door.Command;
import dev.chronodesk.events.StreamType;
import dev.chronodesk.events.profile.ProfileId;
import java.util.UUID;
import org.axonframework.modelling.command.TargetAggregateIdentifier;
import org.jspecify.annotations.Nullable;

/** What can be asked of a person's profile. */
public sealed interface ProfileCommand extends Command
        permits RegisterProfile,
                ChangeDisplayName,
                AssignRole,
                DeactivateProfile,
                ReactivateProfile,
                ChangeEmail,
                VerifyEmail,
                ErasePerson {

    /** Unicode code points of a display name. */
    int MAX_DISPLAY_NAME = 255;

    @TargetAggregateIdentifier
    @Nullable
    ProfileId profileId();

    @Override
    default StreamType kind() {
        return StreamType.PROFILE;
    }

    @Override
    default @Nullable UUID target() {
        var id = profileId();
        return id == null ? null : id.value();
    }
}
