package dev.chronodesk.command.ticket;

import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.TicketId;

/** Moves the ticket along its state machine. */
public record ChangeStatus(
        @Field("The ticket.") TicketId ticketId, @Field(value = "Where it goes.", example = "solved") Status status)
        implements TicketCommand {

    public ChangeStatus {
        var shape = new Shape();
        shape.required("ticketId", ticketId);
        shape.required("status", status);
        shape.check();
    }
}
