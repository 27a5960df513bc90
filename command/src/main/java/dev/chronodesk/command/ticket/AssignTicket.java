package dev.chronodesk.command.ticket;

import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.ticket.TicketId;
import java.util.Set;

/** Makes a member of staff responsible. */
public record AssignTicket(
        @Field("The ticket.") TicketId ticketId,
        @Field("Who is responsible from now on: active staff.") ProfileId assigneeId)
        implements TicketCommand {

    public AssignTicket {
        var shape = new Shape();
        shape.required("ticketId", ticketId);
        shape.required("assigneeId", assigneeId);
        shape.check();
    }

    @Override
    public Set<ProfileId> people() {
        return Set.of(assigneeId);
    }
}
