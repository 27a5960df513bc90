package dev.chronodesk.events.profile;

import dev.chronodesk.events.Personal;
import dev.chronodesk.events.PersonalOf;
import org.jspecify.annotations.Nullable;

/** The desk knows a person; {@code email} is null for one without an account. */
public record ProfileRegistered(
        ProfileId profileId,
        @PersonalOf("profileId") Personal<String> displayName,
        @PersonalOf("profileId") @Nullable Personal<String> email,
        Role role)
        implements ProfileEvent {}
