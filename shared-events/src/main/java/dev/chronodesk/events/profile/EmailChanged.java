package dev.chronodesk.events.profile;

import dev.chronodesk.events.Personal;
import dev.chronodesk.events.PersonalOf;
import org.jspecify.annotations.Nullable;

/** A person has another address, not yet verified; {@code from} is null when they had none. */
public record EmailChanged(
        ProfileId profileId,
        @PersonalOf("profileId") @Nullable Personal<String> from,
        @PersonalOf("profileId") Personal<String> to)
        implements ProfileEvent {}
