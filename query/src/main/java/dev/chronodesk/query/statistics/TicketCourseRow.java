package dev.chronodesk.query.statistics;

import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.query.fold.SqlType;
import dev.chronodesk.query.fold.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The state that a ticket is in, and what its measuring remembers.
 *
 * @param number of the ticket's states, from 1
 * @param fromPosition the event that began the state
 * @param assigned whether it began with an assignment
 * @param answered whether there was a first response
 * @param waits how many comments of the requester have waited for a next response, the one that waits now too
 * @param waitingPosition the requester's comment that waits now; 0 for none
 * @param replies public staff comments
 * @param version how many events of the ticket are in it
 */
public record TicketCourseRow(
        UUID ticketId,
        int number,
        long fromPosition,
        Instant beganAt,
        Status status,
        Priority priority,
        @Nullable UUID assigneeId,
        @Nullable UUID teamId,
        boolean assigned,
        UUID requesterId,
        long openedPosition,
        Instant openedAt,
        boolean answered,
        int waits,
        long waitingPosition,
        @Nullable Instant waitingSince,
        int replies,
        boolean solvedOnce,
        boolean reopened,
        int version) {

    public static final Table<UUID, TicketCourseRow> TABLE = Table.keyedBy(
                    "ticket_courses", "ticket_id", SqlType.UUID, TicketCourseRow::ticketId)
            .column("number", SqlType.INT, TicketCourseRow::number)
            .column("from_position", SqlType.BIGINT, TicketCourseRow::fromPosition)
            .column("began_at", SqlType.TIMESTAMP, TicketCourseRow::beganAt)
            .column("status", SqlType.TEXT, row -> row.status().toString())
            .column("priority", SqlType.TEXT, row -> row.priority().toString())
            .column("assignee_id", SqlType.UUID, TicketCourseRow::assigneeId)
            .column("team_id", SqlType.UUID, TicketCourseRow::teamId)
            .column("assigned", SqlType.BOOLEAN, TicketCourseRow::assigned)
            .constant("requester_id", SqlType.UUID, TicketCourseRow::requesterId)
            .constant("opened_position", SqlType.BIGINT, TicketCourseRow::openedPosition)
            .constant("opened_at", SqlType.TIMESTAMP, TicketCourseRow::openedAt)
            .column("answered", SqlType.BOOLEAN, TicketCourseRow::answered)
            .column("waits", SqlType.INT, TicketCourseRow::waits)
            .column("waiting_position", SqlType.BIGINT, TicketCourseRow::waitingPosition)
            .column("waiting_since", SqlType.TIMESTAMP, TicketCourseRow::waitingSince)
            .column("replies", SqlType.INT, TicketCourseRow::replies)
            .column("solved_once", SqlType.BOOLEAN, TicketCourseRow::solvedOnce)
            .column("reopened", SqlType.BOOLEAN, TicketCourseRow::reopened)
            .column("version", SqlType.INT, TicketCourseRow::version)
            .readBy(in -> new TicketCourseRow(
                    in.uuid(),
                    in.integer(),
                    in.bigint(),
                    in.instant(),
                    Status.of(in.text()),
                    Priority.of(in.text()),
                    in.uuidOrNull(),
                    in.uuidOrNull(),
                    in.bool(),
                    in.uuid(),
                    in.bigint(),
                    in.instant(),
                    in.bool(),
                    in.integer(),
                    in.bigint(),
                    in.instantOrNull(),
                    in.integer(),
                    in.bool(),
                    in.bool(),
                    in.integer()));

    /** The state as one that was left by the event of that position. */
    TicketStateRow left(long position, Instant at) {
        return new TicketStateRow(
                ticketId, number, fromPosition, position, beganAt, at, status, priority, assigneeId, teamId, assigned);
    }

    /** The row after the next event, with what that changes. */
    static final class Changing {
        private final TicketCourseRow before;
        private int number;
        private long fromPosition;
        private Instant beganAt;
        private Status status;
        private Priority priority;
        private @Nullable UUID assigneeId;
        private @Nullable UUID teamId;
        private boolean assigned;
        private boolean answered;
        private int waits;
        private long waitingPosition;
        private @Nullable Instant waitingSince;
        private int replies;
        private boolean solvedOnce;
        private boolean reopened;

        Changing(TicketCourseRow before) {
            this.before = before;
            number = before.number;
            fromPosition = before.fromPosition;
            beganAt = before.beganAt;
            status = before.status;
            priority = before.priority;
            assigneeId = before.assigneeId;
            teamId = before.teamId;
            assigned = before.assigned;
            answered = before.answered;
            waits = before.waits;
            waitingPosition = before.waitingPosition;
            waitingSince = before.waitingSince;
            replies = before.replies;
            solvedOnce = before.solvedOnce;
            reopened = before.reopened;
        }

        /** Another state begins. */
        Changing begins(long position, Instant at) {
            number++;
            fromPosition = position;
            beganAt = at;
            assigned = false;
            return this;
        }

        Changing assignedTo(UUID assignee) {
            assigneeId = assignee;
            assigned = true;
            return this;
        }

        Changing unassigned() {
            assigneeId = null;
            return this;
        }

        Changing team(UUID team) {
            teamId = team;
            return this;
        }

        Changing priority(Priority to) {
            priority = to;
            return this;
        }

        Changing status(Status to) {
            status = to;
            return this;
        }

        Changing solved() {
            solvedOnce = true;
            return this;
        }

        Changing reopened() {
            reopened = true;
            return this;
        }

        Changing waitsSince(long position, Instant at) {
            waits++;
            waitingPosition = position;
            waitingSince = at;
            return this;
        }

        Changing replied() {
            replies++;
            return this;
        }

        /** Nothing waits any more. */
        Changing answered() {
            answered = true;
            waitingPosition = 0;
            waitingSince = null;
            return this;
        }

        TicketCourseRow row() {
            return new TicketCourseRow(
                    before.ticketId,
                    number,
                    fromPosition,
                    beganAt,
                    status,
                    priority,
                    assigneeId,
                    teamId,
                    assigned,
                    before.requesterId,
                    before.openedPosition,
                    before.openedAt,
                    answered,
                    waits,
                    waitingPosition,
                    waitingSince,
                    replies,
                    solvedOnce,
                    reopened,
                    before.version + 1);
        }
    }
}
