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
import dev.chronodesk.events.ticket.Visibility;
import dev.chronodesk.query.fold.Needs;
import dev.chronodesk.query.fold.Projection;
import dev.chronodesk.query.fold.Rows;
import dev.chronodesk.query.fold.Table;
import dev.chronodesk.query.statistics.TicketCourseRow.Changing;
import dev.chronodesk.query.ticket.FirstResponse;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The course of each ticket: its states one after the other, what was measured in it, and who touched it. */
public final class CourseProjection implements Projection<TicketEvent> {

    @Override
    public Class<TicketEvent> events() {
        return TicketEvent.class;
    }

    @Override
    public List<Table<?, ?>> tables() {
        return List.of(TicketCourseRow.TABLE, TicketStateRow.TABLE, TicketSpanRow.TABLE, TicketTouchRow.TABLE);
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public void needs(TicketEvent event, Needs needs) {
        var ticket = event.ticketId().value();
        if (event instanceof TicketCreated) {
            needs.fresh(TicketCourseRow.TABLE, ticket);
            needs.fresh(TicketSpanRow.TABLE, fullResolution(ticket));
            return;
        }
        needs.row(TicketCourseRow.TABLE, ticket);
        if (event instanceof StatusChanged) needs.row(TicketSpanRow.TABLE, fullResolution(ticket));
    }

    private static TicketSpanRow.Key fullResolution(UUID ticket) {
        return new TicketSpanRow.Key(ticket, TicketSpanRow.FULL_RESOLUTION, 0);
    }

    @Override
    public void fold(Recorded<TicketEvent> recorded, Rows rows) {
        touched(recorded, rows);
        if (recorded.event() instanceof TicketCreated created) {
            follows(recorded, 0);
            rows.insert(TicketCourseRow.TABLE, born(created, recorded));
            return;
        }
        var before = rows.get(TicketCourseRow.TABLE, recorded.event().ticketId().value());
        follows(recorded, before.version());
        rows.update(
                TicketCourseRow.TABLE,
                switch (recorded.event()) {
                    case TicketCreated _ -> throw new IllegalStateException("handled above");
                    case CommentAdded e -> commented(before, e, recorded, rows);
                    case TicketAssigned e ->
                        next(before, recorded, rows).assignedTo(e.to().value()).row();
                    case TicketUnassigned _ ->
                        next(before, recorded, rows).unassigned().row();
                    case MovedToTeam e ->
                        next(before, recorded, rows).team(e.to().value()).row();
                    case PriorityChanged e ->
                        next(before, recorded, rows).priority(e.to()).row();
                    case StatusChanged e -> moved(before, e, recorded, rows);
                });
    }

    private static TicketCourseRow born(TicketCreated created, Recorded<TicketEvent> recorded) {
        return new TicketCourseRow(
                created.ticketId().value(),
                1,
                recorded.position(),
                recorded.occurredAt(),
                Status.NEW,
                created.priority(),
                null,
                created.teamId() == null ? null : created.teamId().value(),
                false,
                created.requesterId().value(),
                recorded.position(),
                recorded.occurredAt(),
                false,
                0,
                0,
                null,
                0,
                false,
                false,
                1);
    }

    private static void touched(Recorded<TicketEvent> recorded, Rows rows) {
        var metadata = recorded.metadata();
        if (!metadata.actorRole().staff() || metadata.automation()) return;
        rows.insert(
                TicketTouchRow.TABLE,
                new TicketTouchRow(
                        recorded.position(),
                        recorded.event().ticketId().value(),
                        metadata.actor(),
                        recorded.occurredAt()));
    }

    /** Leaves the state before and begins the one that this event makes. */
    private static Changing next(TicketCourseRow before, Recorded<TicketEvent> recorded, Rows rows) {
        rows.insert(TicketStateRow.TABLE, before.left(recorded.position(), recorded.occurredAt()));
        return new Changing(before).begins(recorded.position(), recorded.occurredAt());
    }

    private static TicketCourseRow commented(
            TicketCourseRow before, CommentAdded comment, Recorded<TicketEvent> recorded, Rows rows) {
        var changing = new Changing(before);
        if (FirstResponse.isReply(comment, recorded.metadata())) changing.replied();
        var author = comment.authorId().value();
        if (FirstResponse.is(comment, recorded.metadata(), before.requesterId())) {
            if (!before.answered())
                rows.insert(
                        TicketSpanRow.TABLE,
                        span(
                                before,
                                TicketSpanRow.FIRST_RESPONSE,
                                0,
                                before.openedPosition(),
                                before.openedAt(),
                                recorded,
                                author));
            else if (before.waitingPosition() != 0)
                rows.insert(
                        TicketSpanRow.TABLE,
                        span(
                                before,
                                TicketSpanRow.NEXT_RESPONSE,
                                before.waits(),
                                before.waitingPosition(),
                                Objects.requireNonNull(before.waitingSince(), "set with its position"),
                                recorded,
                                author));
            return changing.answered().row();
        }
        // before the first response it is that one that the requester waits for
        if (before.answered()
                && before.waitingPosition() == 0
                && comment.visibility() == Visibility.PUBLIC
                && author.equals(before.requesterId())) changing.waitsSince(recorded.position(), recorded.occurredAt());
        return changing.row();
    }

    private static TicketCourseRow moved(
            TicketCourseRow before, StatusChanged change, Recorded<TicketEvent> recorded, Rows rows) {
        var changing = next(before, recorded, rows).status(change.to());
        if (change.to() == Status.SOLVED) {
            if (!before.solvedOnce())
                rows.insert(TicketSpanRow.TABLE, resolution(before, TicketSpanRow.FIRST_RESOLUTION, recorded, false));
            var full = resolution(
                    before, TicketSpanRow.FULL_RESOLUTION, recorded, before.replies() == 1 && !before.reopened());
            rows.remove(TicketSpanRow.TABLE, fullResolution(before.ticketId()));
            rows.insert(TicketSpanRow.TABLE, full);
            changing.solved();
        } else if (change.from() == Status.SOLVED && change.to() == Status.OPEN) {
            // it is not resolved; when it was solved before, that counts for the first resolution only
            rows.remove(TicketSpanRow.TABLE, fullResolution(before.ticketId()));
            changing.reopened();
        }
        return changing.row();
    }

    private static TicketSpanRow resolution(
            TicketCourseRow before, String kind, Recorded<TicketEvent> recorded, boolean oneTouch) {
        return new TicketSpanRow(
                before.ticketId(),
                kind,
                0,
                before.openedPosition(),
                recorded.position(),
                before.openedAt(),
                recorded.occurredAt(),
                before.assigneeId(),
                before.teamId(),
                oneTouch);
    }

    private static TicketSpanRow span(
            TicketCourseRow before,
            String kind,
            int number,
            long fromPosition,
            Instant beganAt,
            Recorded<TicketEvent> recorded,
            @Nullable UUID agent) {
        return new TicketSpanRow(
                before.ticketId(),
                kind,
                number,
                fromPosition,
                recorded.position(),
                beganAt,
                recorded.occurredAt(),
                agent,
                before.teamId(),
                false);
    }
}
