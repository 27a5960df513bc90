package dev.chronodesk.events.profile;

import dev.chronodesk.events.Personal;
import dev.chronodesk.events.PersonalOf;

/** A person is called something else. */
public record DisplayNameChanged(
        ProfileId profileId,
        @PersonalOf("profileId") Personal<String> from,
        @PersonalOf("profileId") Personal<String> to)
        implements ProfileEvent {}
