package dev.chronodesk.query.statistics;

import dev.chronodesk.query.fold.Column;
import dev.chronodesk.query.fold.SqlType;
import dev.chronodesk.query.fold.Table;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What was measured from one event to another.
 *
 * @param number 0 for what there is once a ticket, else of the wait, from 1
 * @param agentId the author of the response, or the assignee at the solving
 * @param teamId the ticket's team at the event that ended it
 * @param oneTouch for a full resolution: one reply until then, and never reopened
 */
public record TicketSpanRow(
        UUID ticketId,
        String kind,
        int number,
        long fromPosition,
        long untilPosition,
        Instant beganAt,
        Instant endedAt,
        @Nullable UUID agentId,
        @Nullable UUID teamId,
        boolean oneTouch) {

    static final String FIRST_RESPONSE = "first_response";
    static final String NEXT_RESPONSE = "next_response";
    static final String FIRST_RESOLUTION = "first_resolution";
    static final String FULL_RESOLUTION = "full_resolution";

    /** Which ticket, what was measured, and which time. */
    public record Key(UUID ticketId, String kind, int number) {}

    public static final Table<Key, TicketSpanRow> TABLE = Table.<Key, TicketSpanRow>keyedByMany(
                    "ticket_spans",
                    List.of(
                            new Column<>("ticket_id", SqlType.UUID, Key::ticketId),
                            new Column<>("kind", SqlType.TEXT, Key::kind),
                            new Column<>("number", SqlType.INT, Key::number)),
                    row -> new Key(row.ticketId(), row.kind(), row.number()))
            .column("from_position", SqlType.BIGINT, TicketSpanRow::fromPosition)
            .column("until_position", SqlType.BIGINT, TicketSpanRow::untilPosition)
            .column("began_at", SqlType.TIMESTAMP, TicketSpanRow::beganAt)
            .column("ended_at", SqlType.TIMESTAMP, TicketSpanRow::endedAt)
            .column("agent_id", SqlType.UUID, TicketSpanRow::agentId)
            .column("team_id", SqlType.UUID, TicketSpanRow::teamId)
            .column("one_touch", SqlType.BOOLEAN, TicketSpanRow::oneTouch)
            .readBy(in -> new TicketSpanRow(
                    in.uuid(),
                    in.text(),
                    in.integer(),
                    in.bigint(),
                    in.bigint(),
                    in.instant(),
                    in.instant(),
                    in.uuidOrNull(),
                    in.uuidOrNull(),
                    in.bool()));
}
