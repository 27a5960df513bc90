package dev.chronodesk.query.ticket;

import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.TicketType;
import dev.chronodesk.query.fold.SqlType;
import dev.chronodesk.query.fold.Table;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A ticket as lists and searches show it. What customers see counts and dates public things only.
 *
 * @param number position of its creation
 * @param subject null when it was erased
 * @param description null when it was erased
 * @param solvedAt the last solving; null while it is not solved, also after a reopening
 * @param version how many events it has
 */
public record TicketRow(
        UUID id,
        long number,
        @Nullable String subject,
        @Nullable String description,
        Status status,
        Priority priority,
        @Nullable TicketType type,
        UUID requesterId,
        @Nullable UUID assigneeId,
        @Nullable UUID teamId,
        List<String> tags,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant firstResponseAt,
        @Nullable Instant solvedAt,
        @Nullable Instant closedAt,
        int reopenCount,
        int commentCount,
        int version) {

    public static final Table<UUID, TicketRow> TABLE = Table.keyedBy("tickets", "id", SqlType.UUID, TicketRow::id)
            .constant("number", SqlType.BIGINT, TicketRow::number)
            .constant("subject", SqlType.TEXT, TicketRow::subject)
            .constant("description", SqlType.TEXT, TicketRow::description)
            .column("status", SqlType.TEXT, row -> row.status().toString())
            .column("priority", SqlType.TEXT, row -> row.priority().toString())
            .column(
                    "type",
                    SqlType.TEXT,
                    row -> row.type() == null ? null : row.type().toString())
            .constant("requester_id", SqlType.UUID, TicketRow::requesterId)
            .column("assignee_id", SqlType.UUID, TicketRow::assigneeId)
            .column("team_id", SqlType.UUID, TicketRow::teamId)
            .column("tags", SqlType.TEXTS, TicketRow::tags)
            .constant("created_at", SqlType.TIMESTAMP, TicketRow::createdAt)
            .column("updated_at", SqlType.TIMESTAMP, TicketRow::updatedAt)
            .column("first_response_at", SqlType.TIMESTAMP, TicketRow::firstResponseAt)
            .column("solved_at", SqlType.TIMESTAMP, TicketRow::solvedAt)
            .column("closed_at", SqlType.TIMESTAMP, TicketRow::closedAt)
            .column("reopen_count", SqlType.INT, TicketRow::reopenCount)
            .column("comment_count", SqlType.INT, TicketRow::commentCount)
            .column("version", SqlType.INT, TicketRow::version)
            .about("requester_id", TicketRow::withoutTexts, "subject", "description")
            .readBy(in -> new TicketRow(
                    in.uuid(),
                    in.bigint(),
                    in.textOrNull(),
                    in.textOrNull(),
                    Status.of(in.text()),
                    Priority.of(in.text()),
                    typeOrNull(in.textOrNull()),
                    in.uuid(),
                    in.uuidOrNull(),
                    in.uuidOrNull(),
                    in.texts(),
                    in.instant(),
                    in.instant(),
                    in.instantOrNull(),
                    in.instantOrNull(),
                    in.instantOrNull(),
                    in.integer(),
                    in.integer(),
                    in.integer()));

    private static @Nullable TicketType typeOrNull(@Nullable String word) {
        return word == null ? null : TicketType.of(word);
    }

    /** What is left when the requester was erased; no event of the ticket. */
    private TicketRow withoutTexts() {
        return new TicketRow(
                id,
                number,
                null,
                null,
                status,
                priority,
                type,
                requesterId,
                assigneeId,
                teamId,
                tags,
                createdAt,
                updatedAt,
                firstResponseAt,
                solvedAt,
                closedAt,
                reopenCount,
                commentCount,
                version);
    }

    /** One more event, of which a customer sees nothing. */
    TicketRow touched() {
        return new Changing(this).row();
    }

    /** Changes some columns of a row; always one event more. */
    static final class Changing {
        private final TicketRow before;
        private Status status;
        private Priority priority;
        private @Nullable UUID assigneeId;
        private @Nullable UUID teamId;
        private Instant updatedAt;
        private @Nullable Instant firstResponseAt;
        private @Nullable Instant solvedAt;
        private @Nullable Instant closedAt;
        private int reopenCount;
        private int commentCount;

        Changing(TicketRow before) {
            this.before = before;
            status = before.status;
            priority = before.priority;
            assigneeId = before.assigneeId;
            teamId = before.teamId;
            updatedAt = before.updatedAt;
            firstResponseAt = before.firstResponseAt;
            solvedAt = before.solvedAt;
            closedAt = before.closedAt;
            reopenCount = before.reopenCount;
            commentCount = before.commentCount;
        }

        Changing at(Instant at) {
            updatedAt = at;
            return this;
        }

        Changing priority(Priority to) {
            priority = to;
            return this;
        }

        Changing assignee(@Nullable UUID to) {
            assigneeId = to;
            return this;
        }

        Changing team(UUID to) {
            teamId = to;
            return this;
        }

        Changing commented() {
            commentCount++;
            return this;
        }

        Changing firstResponse(Instant at) {
            firstResponseAt = at;
            return this;
        }

        Changing status(Status to, Instant at) {
            if (status == Status.SOLVED && to == Status.OPEN) {
                reopenCount++;
                solvedAt = null;
            }
            if (to == Status.SOLVED) solvedAt = at;
            if (to == Status.CLOSED) closedAt = at;
            status = to;
            return this;
        }

        TicketRow row() {
            return new TicketRow(
                    before.id,
                    before.number,
                    before.subject,
                    before.description,
                    status,
                    priority,
                    before.type,
                    before.requesterId,
                    assigneeId,
                    teamId,
                    before.tags,
                    before.createdAt,
                    updatedAt,
                    firstResponseAt,
                    solvedAt,
                    closedAt,
                    reopenCount,
                    commentCount,
                    before.version + 1);
        }
    }
}
