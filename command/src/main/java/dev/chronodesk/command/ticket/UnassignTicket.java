package dev.chronodesk.command.ticket;

import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.events.ticket.TicketId;

/** Makes nobody responsible. */
public record UnassignTicket(@Field("The ticket.") TicketId ticketId) implements TicketCommand {

    public UnassignTicket {
        var shape = new Shape();
        shape.required("ticketId", ticketId);
        shape.check();
    }
}
