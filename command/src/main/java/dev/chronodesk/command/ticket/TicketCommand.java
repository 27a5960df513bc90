package dev.chronodesk.command.ticket;

import dev.chronodesk.command.door.Command;
import dev.chronodesk.events.StreamType;
import dev.chronodesk.events.ticket.TicketId;
import java.util.UUID;
import org.axonframework.modelling.command.TargetAggregateIdentifier;
import org.jspecify.annotations.Nullable;

/** What can be asked of a ticket. */
public sealed interface TicketCommand extends Command
        permits CreateTicket, AddComment, AssignTicket, UnassignTicket, MoveToTeam, ChangeStatus, ChangePriority {

    @TargetAggregateIdentifier
    @Nullable
    TicketId ticketId();

    @Override
    default StreamType kind() {
        return StreamType.TICKET;
    }

    @Override
    default @Nullable UUID target() {
        var id = ticketId();
        return id == null ? null : id.value();
    }
}
