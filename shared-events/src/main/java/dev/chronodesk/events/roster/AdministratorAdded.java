package dev.chronodesk.events.roster;

import dev.chronodesk.events.profile.ProfileId;

/** A person is an administrator from now on. Part of the append that assigned the role. */
public record AdministratorAdded(ProfileId profileId) implements RosterEvent {}
