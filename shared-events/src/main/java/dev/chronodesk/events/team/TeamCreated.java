package dev.chronodesk.events.team;

/** A team exists from now on. */
public record TeamCreated(TeamId teamId, String name) implements TeamEvent {}
