package dev.chronodesk.events.profile;

/**
 * A person is forgotten: from here on everything about them is null wherever it is read, also what was appended later.
 * Their key is destroyed, and their address is free. What they did stays, under an id that names nobody.
 */
public record ProfileErased(ProfileId profileId) implements ProfileEvent {}
