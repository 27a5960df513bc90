package dev.chronodesk.query.statistics;

import dev.chronodesk.query.fold.SqlType;
import dev.chronodesk.query.fold.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A ticket was solved, perhaps not for the last time; {@code assigneeId} is who was responsible at that moment. */
public record TicketSolvingRow(long position, UUID ticketId, @Nullable UUID assigneeId, Instant solvedAt) {

    public static final Table<Long, TicketSolvingRow> TABLE = Table.keyedBy(
                    "ticket_solvings", "position", SqlType.BIGINT, TicketSolvingRow::position)
            .column("ticket_id", SqlType.UUID, TicketSolvingRow::ticketId)
            .column("assignee_id", SqlType.UUID, TicketSolvingRow::assigneeId)
            .column("solved_at", SqlType.TIMESTAMP, TicketSolvingRow::solvedAt)
            .readBy(in -> new TicketSolvingRow(in.bigint(), in.uuid(), in.uuidOrNull(), in.instant()));
}
