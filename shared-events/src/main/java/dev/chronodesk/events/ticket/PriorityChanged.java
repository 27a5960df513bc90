package dev.chronodesk.events.ticket;

/** The ticket hurries more, or less. */
public record PriorityChanged(TicketId ticketId, Priority from, Priority to) implements TicketEvent {}
