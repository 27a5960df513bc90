package dev.chronodesk.query.ticket;

import static dev.chronodesk.query.fold.Versions.follows;

import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.MovedToTeam;
import dev.chronodesk.events.ticket.PriorityChanged;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.StatusChanged;
import dev.chronodesk.events.ticket.TicketAssigned;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketEvent;
import dev.chronodesk.events.ticket.TicketUnassigned;
import dev.chronodesk.events.ticket.Visibility;
import dev.chronodesk.query.fold.Needs;
import dev.chronodesk.query.fold.Projection;
import dev.chronodesk.query.fold.Rows;
import dev.chronodesk.query.fold.Table;
import dev.chronodesk.query.history.Changes;
import java.util.List;

/** Tickets as lists and searches show them, their comments, and their events without texts. */
public final class TicketProjection implements Projection<TicketEvent> {

    private final EventCodec codec;

    public TicketProjection(EventCodec codec) {
        this.codec = codec;
    }

    @Override
    public Class<TicketEvent> events() {
        return TicketEvent.class;
    }

    @Override
    public List<Table<?, ?>> tables() {
        return List.of(TicketRow.TABLE, TicketCommentRow.TABLE, TicketEventRow.TABLE);
    }

    @Override
    public int version() {
        return 2;
    }

    @Override
    public void needs(TicketEvent event, Needs needs) {
        var ticket = event.ticketId().value();
        if (event instanceof TicketCreated) needs.fresh(TicketRow.TABLE, ticket);
        else needs.row(TicketRow.TABLE, ticket);
    }

    @Override
    public void fold(Recorded<TicketEvent> recorded, Rows rows) {
        foldTicket(recorded, rows);
        if (recorded.event() instanceof CommentAdded comment)
            rows.insert(
                    TicketCommentRow.TABLE,
                    new TicketCommentRow(
                            comment.commentId().value(),
                            comment.ticketId().value(),
                            recorded.position(),
                            comment.authorId().value(),
                            comment.body().orNull(),
                            comment.visibility(),
                            recorded.occurredAt()));
        rows.insert(
                TicketEventRow.TABLE,
                new TicketEventRow(
                        recorded.position(),
                        recorded.event().ticketId().value(),
                        recorded.seq(),
                        codec.type(recorded.event()),
                        recorded.metadata().actor(),
                        recorded.recordedAt(),
                        recorded.occurredAt(),
                        Changes.internal(recorded.event()),
                        Changes.of(recorded.event())));
    }

    private static void foldTicket(Recorded<TicketEvent> recorded, Rows rows) {
        var at = recorded.occurredAt();
        if (recorded.event() instanceof TicketCreated created) {
            follows(recorded, 0);
            rows.insert(TicketRow.TABLE, born(created, recorded));
            return;
        }
        var row = rows.get(TicketRow.TABLE, recorded.event().ticketId().value());
        follows(recorded, row.version());
        var changing = new TicketRow.Changing(row);
        rows.update(
                TicketRow.TABLE,
                switch (recorded.event()) {
                    case TicketCreated _ -> throw new IllegalStateException("handled above");
                    case CommentAdded e -> {
                        if (e.visibility() == Visibility.INTERNAL) yield row.touched();
                        if (row.firstResponseAt() == null
                                && FirstResponse.is(e, recorded.metadata(), row.requesterId()))
                            changing.firstResponse(at);
                        yield changing.at(at).commented().row();
                    }
                    case TicketAssigned e ->
                        changing.at(at).assignee(e.to().value()).row();
                    case TicketUnassigned _ -> changing.at(at).assignee(null).row();
                    case MovedToTeam e -> changing.at(at).team(e.to().value()).row();
                    case StatusChanged e -> changing.at(at).status(e.to(), at).row();
                    case PriorityChanged e -> changing.at(at).priority(e.to()).row();
                });
    }

    private static TicketRow born(TicketCreated created, Recorded<TicketEvent> recorded) {
        var at = recorded.occurredAt();
        return new TicketRow(
                created.ticketId().value(),
                recorded.position(),
                created.subject().orNull(),
                created.description().orNull(),
                Status.NEW,
                created.priority(),
                created.type(),
                created.requesterId().value(),
                null,
                created.teamId() == null ? null : created.teamId().value(),
                created.tags(),
                at,
                at,
                null,
                null,
                null,
                0,
                0,
                1);
    }
}
