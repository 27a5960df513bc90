package dev.chronodesk.events.profile;

/** A person may do again what their role allows, once they have signed in anew. */
public record ProfileReactivated(ProfileId profileId) implements ProfileEvent {}
