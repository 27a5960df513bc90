package dev.chronodesk.events.ticket;

/** The ticket moved along its state machine. Both ends are kept, so that a fold need not remember. */
public record StatusChanged(TicketId ticketId, Status from, Status to) implements TicketEvent {}
