package dev.chronodesk.query.statistics;

import static dev.chronodesk.query.fold.Versions.follows;

import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.MovedToTeam;
import dev.chronodesk.events.ticket.PriorityChanged;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.StatusChanged;
import dev.chronodesk.events.ticket.TicketAssigned;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketEvent;
import dev.chronodesk.events.ticket.TicketUnassigned;
import dev.chronodesk.query.fold.Needs;
import dev.chronodesk.query.fold.Projection;
import dev.chronodesk.query.fold.Rows;
import dev.chronodesk.query.fold.Table;
import dev.chronodesk.query.ticket.FirstResponse;
import java.util.List;

/** The facts behind {@code agent_performance}: solvings, replies, and what is measured once a ticket. */
public final class StatisticsProjection implements Projection<TicketEvent> {

    @Override
    public Class<TicketEvent> events() {
        return TicketEvent.class;
    }

    @Override
    public List<Table<?, ?>> tables() {
        return List.of(TicketMeasureRow.TABLE, TicketSolvingRow.TABLE, TicketReplyRow.TABLE);
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public void needs(TicketEvent event, Needs needs) {
        var ticket = event.ticketId().value();
        if (event instanceof TicketCreated) needs.fresh(TicketMeasureRow.TABLE, ticket);
        else needs.row(TicketMeasureRow.TABLE, ticket);
    }

    @Override
    public void fold(Recorded<TicketEvent> recorded, Rows rows) {
        if (recorded.event() instanceof TicketCreated created) {
            follows(recorded, 0);
            rows.insert(
                    TicketMeasureRow.TABLE,
                    new TicketMeasureRow(
                            created.ticketId().value(),
                            created.requesterId().value(),
                            recorded.occurredAt(),
                            null,
                            null,
                            null,
                            null,
                            null,
                            1));
            return;
        }
        var before =
                rows.get(TicketMeasureRow.TABLE, recorded.event().ticketId().value());
        follows(recorded, before.version());
        rows.update(
                TicketMeasureRow.TABLE,
                switch (recorded.event()) {
                    case TicketCreated _ -> throw new IllegalStateException("handled above");
                    case CommentAdded e -> commented(before, e, recorded, rows);
                    case TicketAssigned e -> before.assignedTo(e.to().value());
                    case TicketUnassigned _ -> before.assignedTo(null);
                    case StatusChanged e -> moved(before, e, recorded, rows);
                    case MovedToTeam _, PriorityChanged _ -> before.touched();
                });
    }

    private static TicketMeasureRow commented(
            TicketMeasureRow before, CommentAdded comment, Recorded<TicketEvent> recorded, Rows rows) {
        if (!FirstResponse.isReply(comment, recorded.metadata())) return before.touched();
        var author = comment.authorId().value();
        rows.insert(
                TicketReplyRow.TABLE,
                new TicketReplyRow(recorded.position(), before.ticketId(), author, recorded.occurredAt()));
        return before.firstResponseAt() == null && FirstResponse.is(comment, recorded.metadata(), before.requesterId())
                ? before.answered(recorded.occurredAt(), author)
                : before.touched();
    }

    private static TicketMeasureRow moved(
            TicketMeasureRow before, StatusChanged change, Recorded<TicketEvent> recorded, Rows rows) {
        if (change.to() == Status.SOLVED) {
            rows.insert(
                    TicketSolvingRow.TABLE,
                    new TicketSolvingRow(
                            recorded.position(), before.ticketId(), before.assigneeId(), recorded.occurredAt()));
            return before.resolved(recorded.occurredAt());
        }
        return change.from() == Status.SOLVED && change.to() == Status.OPEN ? before.reopened() : before.touched();
    }
}
