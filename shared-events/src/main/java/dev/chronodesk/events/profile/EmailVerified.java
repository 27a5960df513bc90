package dev.chronodesk.events.profile;

import dev.chronodesk.events.Personal;
import dev.chronodesk.events.PersonalOf;

/**
 * Somebody vouches that the person's present address is theirs: they have answered a mail, or an administrator says so.
 */
public record EmailVerified(ProfileId profileId, @PersonalOf("profileId") Personal<String> email)
        implements ProfileEvent {}
