package dev.chronodesk.events.team;

import dev.chronodesk.events.profile.ProfileId;

/** A person belongs to the team from now on. */
public record TeamMemberAdded(TeamId teamId, ProfileId profileId) implements TeamEvent {}
