package dev.chronodesk.events.profile;

import dev.chronodesk.events.Personal;
import org.jspecify.annotations.Nullable;

/** The desk knows a person; {@code email} is null for one without an account. */
public record ProfileRegistered(
        ProfileId profileId, Personal<String> displayName, @Nullable Personal<String> email, Role role)
        implements ProfileEvent {}
