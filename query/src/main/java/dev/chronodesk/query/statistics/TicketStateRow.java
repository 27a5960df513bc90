package dev.chronodesk.query.statistics;

import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.query.fold.Column;
import dev.chronodesk.query.fold.SqlType;
import dev.chronodesk.query.fold.Table;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A state that a ticket has left.
 *
 * @param number of the ticket's states, from 1
 * @param fromPosition the event that began it
 * @param untilPosition the event that ended it
 * @param assigned whether it began with an assignment
 */
public record TicketStateRow(
        UUID ticketId,
        int number,
        long fromPosition,
        long untilPosition,
        Instant beganAt,
        Instant endedAt,
        Status status,
        Priority priority,
        @Nullable UUID assigneeId,
        @Nullable UUID teamId,
        boolean assigned) {

    /** Which ticket and which of its states. */
    public record Key(UUID ticketId, int number) {}

    public static final Table<Key, TicketStateRow> TABLE = Table.<Key, TicketStateRow>keyedByMany(
                    "ticket_states",
                    List.of(
                            new Column<>("ticket_id", SqlType.UUID, Key::ticketId),
                            new Column<>("number", SqlType.INT, Key::number)),
                    row -> new Key(row.ticketId(), row.number()))
            .column("from_position", SqlType.BIGINT, TicketStateRow::fromPosition)
            .column("until_position", SqlType.BIGINT, TicketStateRow::untilPosition)
            .column("began_at", SqlType.TIMESTAMP, TicketStateRow::beganAt)
            .column("ended_at", SqlType.TIMESTAMP, TicketStateRow::endedAt)
            .column("status", SqlType.TEXT, row -> row.status().toString())
            .column("priority", SqlType.TEXT, row -> row.priority().toString())
            .column("assignee_id", SqlType.UUID, TicketStateRow::assigneeId)
            .column("team_id", SqlType.UUID, TicketStateRow::teamId)
            .column("assigned", SqlType.BOOLEAN, TicketStateRow::assigned)
            .readBy(in -> new TicketStateRow(
                    in.uuid(),
                    in.integer(),
                    in.bigint(),
                    in.bigint(),
                    in.instant(),
                    in.instant(),
                    Status.of(in.text()),
                    Priority.of(in.text()),
                    in.uuidOrNull(),
                    in.uuidOrNull(),
                    in.bool()));
}
