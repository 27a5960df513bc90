package dev.chronodesk.query.statistics;

import dev.chronodesk.query.fold.SqlType;
import dev.chronodesk.query.fold.Table;
import java.time.Instant;
import java.util.UUID;

/** Somebody who was staff at that moment caused an event of a ticket. */
public record TicketTouchRow(long position, UUID ticketId, UUID agentId, Instant touchedAt) {

    public static final Table<Long, TicketTouchRow> TABLE = Table.keyedBy(
                    "ticket_touches", "position", SqlType.BIGINT, TicketTouchRow::position)
            .column("ticket_id", SqlType.UUID, TicketTouchRow::ticketId)
            .column("agent_id", SqlType.UUID, TicketTouchRow::agentId)
            .column("touched_at", SqlType.TIMESTAMP, TicketTouchRow::touchedAt)
            .readBy(in -> new TicketTouchRow(in.bigint(), in.uuid(), in.uuid(), in.instant()));
}
