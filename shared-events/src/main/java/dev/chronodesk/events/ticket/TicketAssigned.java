package dev.chronodesk.events.ticket;

import dev.chronodesk.events.profile.ProfileId;
import org.jspecify.annotations.Nullable;

/** A member of staff became responsible; {@code from} is who was before, or null. */
public record TicketAssigned(TicketId ticketId, @Nullable ProfileId from, ProfileId to) implements TicketEvent {}
