package dev.chronodesk.events.ticket;

import dev.chronodesk.events.Event;
import dev.chronodesk.events.StreamType;
import java.util.UUID;

/** Everything that can have happened to a ticket. */
public sealed interface TicketEvent extends Event
        permits TicketCreated,
                CommentAdded,
                TicketAssigned,
                TicketUnassigned,
                MovedToTeam,
                StatusChanged,
                PriorityChanged {

    TicketId ticketId();

    @Override
    default UUID streamId() {
        return ticketId().value();
    }

    @Override
    default StreamType streamType() {
        return StreamType.TICKET;
    }
}
