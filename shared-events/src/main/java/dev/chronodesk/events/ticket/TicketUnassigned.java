package dev.chronodesk.events.ticket;

import dev.chronodesk.events.profile.ProfileId;

/** Nobody is responsible any more; {@code from} is who was. */
public record TicketUnassigned(TicketId ticketId, ProfileId from) implements TicketEvent {}
