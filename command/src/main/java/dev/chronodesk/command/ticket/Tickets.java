package dev.chronodesk.command.ticket;

import dev.chronodesk.command.decision.Aggregates;
import dev.chronodesk.events.StreamType;

/** Joins tickets to the write side. */
public final class Tickets {

    private Tickets() {}

    /** Lets tickets decide. */
    public static void join(Aggregates aggregates) {
        aggregates.deciding(StreamType.TICKET, Ticket.class, Ticket::new);
    }
}
