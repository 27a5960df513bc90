package dev.chronodesk.query.ticket;

import dev.chronodesk.db.port.HistoryEntry.Change;
import dev.chronodesk.query.fold.SqlType;
import dev.chronodesk.query.fold.Table;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import tools.jackson.core.type.TypeReference;

/**
 * One event of a ticket, without any text.
 *
 * @param internal whether only staff, auditors and analysts may know that it happened
 * @param changes before and after by column name; the values are words, lists of words, or null
 */
public record TicketEventRow(
        long position,
        UUID ticketId,
        int seq,
        String type,
        UUID actorId,
        Instant recordedAt,
        Instant occurredAt,
        boolean internal,
        Map<String, Change> changes) {

    public static final Table<Long, TicketEventRow> TABLE = Table.keyedBy(
                    "ticket_events", "position", SqlType.BIGINT, TicketEventRow::position)
            .column("ticket_id", SqlType.UUID, TicketEventRow::ticketId)
            .column("seq", SqlType.INT, TicketEventRow::seq)
            .column("type", SqlType.TEXT, TicketEventRow::type)
            .column("actor_id", SqlType.UUID, TicketEventRow::actorId)
            .column("recorded_at", SqlType.TIMESTAMP, TicketEventRow::recordedAt)
            .column("occurred_at", SqlType.TIMESTAMP, TicketEventRow::occurredAt)
            .column("internal", SqlType.BOOLEAN, TicketEventRow::internal)
            .column("changes", SqlType.JSON, TicketEventRow::changes)
            .readBy(in -> new TicketEventRow(
                    in.bigint(),
                    in.uuid(),
                    in.integer(),
                    in.text(),
                    in.uuid(),
                    in.instant(),
                    in.instant(),
                    in.bool(),
                    in.json(new TypeReference<>() {})));
}
