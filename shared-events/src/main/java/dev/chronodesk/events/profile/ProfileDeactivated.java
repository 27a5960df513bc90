package dev.chronodesk.events.profile;

/** A person may do nothing any more, from the next request on; what they did stays theirs. */
public record ProfileDeactivated(ProfileId profileId) implements ProfileEvent {}
