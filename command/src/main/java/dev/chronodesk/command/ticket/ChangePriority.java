package dev.chronodesk.command.ticket;

import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.TicketId;

/** Makes the ticket hurry more, or less. */
public record ChangePriority(
        @Field("The ticket.") TicketId ticketId,
        @Field(value = "How much it hurries from now on.", example = "high") Priority priority)
        implements TicketCommand {

    public ChangePriority {
        var shape = new Shape();
        shape.required("ticketId", ticketId);
        shape.required("priority", priority);
        shape.check();
    }
}
