package dev.chronodesk.query.statistics;

import dev.chronodesk.query.fold.SqlType;
import dev.chronodesk.query.fold.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is measured once a ticket.
 *
 * @param assigneeId who is responsible now; whom a solving will be credited to
 * @param firstResponseAt the first public comment by staff that is not the requester and not an automation
 * @param firstResponderId its author
 * @param resolvedAt the last solving, while it stands: null again after a reopening
 * @param resolverId the assignee at that solving; null when there was none
 * @param version how many events of the ticket are in it
 */
public record TicketMeasureRow(
        UUID ticketId,
        UUID requesterId,
        Instant openedAt,
        @Nullable UUID assigneeId,
        @Nullable Instant firstResponseAt,
        @Nullable UUID firstResponderId,
        @Nullable Instant resolvedAt,
        @Nullable UUID resolverId,
        int version) {

    public static final Table<UUID, TicketMeasureRow> TABLE = Table.keyedBy(
                    "ticket_measures", "ticket_id", SqlType.UUID, TicketMeasureRow::ticketId)
            .constant("requester_id", SqlType.UUID, TicketMeasureRow::requesterId)
            .constant("opened_at", SqlType.TIMESTAMP, TicketMeasureRow::openedAt)
            .column("assignee_id", SqlType.UUID, TicketMeasureRow::assigneeId)
            .column("first_response_at", SqlType.TIMESTAMP, TicketMeasureRow::firstResponseAt)
            .column("first_responder_id", SqlType.UUID, TicketMeasureRow::firstResponderId)
            .column("resolved_at", SqlType.TIMESTAMP, TicketMeasureRow::resolvedAt)
            .column("resolver_id", SqlType.UUID, TicketMeasureRow::resolverId)
            .column("version", SqlType.INT, TicketMeasureRow::version)
            .readBy(in -> new TicketMeasureRow(
                    in.uuid(),
                    in.uuid(),
                    in.instant(),
                    in.uuidOrNull(),
                    in.instantOrNull(),
                    in.uuidOrNull(),
                    in.instantOrNull(),
                    in.uuidOrNull(),
                    in.integer()));

    TicketMeasureRow touched() {
        return assignedTo(assigneeId);
    }

    TicketMeasureRow assignedTo(@Nullable UUID assignee) {
        return new TicketMeasureRow(
                ticketId,
                requesterId,
                openedAt,
                assignee,
                firstResponseAt,
                firstResponderId,
                resolvedAt,
                resolverId,
                version + 1);
    }

    TicketMeasureRow answered(Instant at, UUID author) {
        return new TicketMeasureRow(
                ticketId, requesterId, openedAt, assigneeId, at, author, resolvedAt, resolverId, version + 1);
    }

    TicketMeasureRow resolved(Instant at) {
        return new TicketMeasureRow(
                ticketId,
                requesterId,
                openedAt,
                assigneeId,
                firstResponseAt,
                firstResponderId,
                at,
                assigneeId,
                version + 1);
    }

    TicketMeasureRow reopened() {
        return new TicketMeasureRow(
                ticketId,
                requesterId,
                openedAt,
                assigneeId,
                firstResponseAt,
                firstResponderId,
                null,
                null,
                version + 1);
    }
}
