package dev.chronodesk.events.profile;

/** A person may do other things from the next request on. */
public record RoleAssigned(ProfileId profileId, Role from, Role to) implements ProfileEvent {}
