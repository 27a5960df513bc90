package dev.chronodesk.events.ticket;

import dev.chronodesk.events.team.TeamId;
import org.jspecify.annotations.Nullable;

/** Another team has the ticket; its assignee stays. {@code from} is null when none had it. */
public record MovedToTeam(TicketId ticketId, @Nullable TeamId from, TeamId to) implements TicketEvent {}
