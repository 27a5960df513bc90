package dev.chronodesk.command.ticket;

import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.events.team.TeamId;
import dev.chronodesk.events.ticket.TicketId;
import java.util.Set;

/** Gives the ticket to a team. Its assignee stays. */
public record MoveToTeam(@Field("The ticket.") TicketId ticketId, @Field("The team that gets it.") TeamId teamId)
        implements TicketCommand {

    public MoveToTeam {
        var shape = new Shape();
        shape.required("ticketId", ticketId);
        shape.required("teamId", teamId);
        shape.check();
    }

    @Override
    public Set<TeamId> teams() {
        return Set.of(teamId);
    }
}
