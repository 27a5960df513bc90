package dev.chronodesk.events.profile;

import dev.chronodesk.events.Personal;

/** A person is called something else. */
public record DisplayNameChanged(ProfileId profileId, Personal<String> from, Personal<String> to)
        implements ProfileEvent {}
