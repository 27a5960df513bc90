package dev.chronodesk.query.search;

import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.MovedToTeam;
import dev.chronodesk.events.ticket.PriorityChanged;
import dev.chronodesk.events.ticket.StatusChanged;
import dev.chronodesk.events.ticket.TicketAssigned;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketEvent;
import dev.chronodesk.events.ticket.TicketUnassigned;
import dev.chronodesk.query.fold.Needs;
import dev.chronodesk.query.fold.Projection;
import dev.chronodesk.query.fold.Rows;
import dev.chronodesk.query.fold.Table;
import java.util.List;

/** The texts of tickets that are searched; comments are searched where they are. */
public final class SearchProjection implements Projection<TicketEvent> {

    @Override
    public Class<TicketEvent> events() {
        return TicketEvent.class;
    }

    @Override
    public List<Table<?, ?>> tables() {
        return List.of(TicketTextRow.TABLE);
    }

    @Override
    public int version() {
        return 2;
    }

    @Override
    public void needs(TicketEvent event, Needs needs) {
        // texts are written once, and nothing reads them to go on
    }

    @Override
    public void fold(Recorded<TicketEvent> recorded, Rows rows) {
        switch (recorded.event()) {
            case TicketCreated created ->
                rows.insert(
                        TicketTextRow.TABLE,
                        new TicketTextRow(
                                created.ticketId().value(),
                                created.requesterId().value(),
                                created.subject().orNull(),
                                created.description().orNull()));
            case CommentAdded _,
                    StatusChanged _,
                    PriorityChanged _,
                    TicketAssigned _,
                    TicketUnassigned _,
                    MovedToTeam _ -> {}
        }
    }
}
