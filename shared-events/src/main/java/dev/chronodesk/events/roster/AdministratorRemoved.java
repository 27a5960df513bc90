package dev.chronodesk.events.roster;

import dev.chronodesk.events.profile.ProfileId;

/** A person is no administrator any more; another one is left. Part of the append that assigned the role. */
public record AdministratorRemoved(ProfileId profileId) implements RosterEvent {}
