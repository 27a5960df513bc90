package dev.chronodesk.query.statistics;

import dev.chronodesk.query.fold.SqlType;
import dev.chronodesk.query.fold.Table;
import java.time.Instant;
import java.util.UUID;

/** Somebody who was staff at that moment wrote a public comment. */
public record TicketReplyRow(long position, UUID ticketId, UUID authorId, Instant repliedAt) {

    public static final Table<Long, TicketReplyRow> TABLE = Table.keyedBy(
                    "ticket_replies", "position", SqlType.BIGINT, TicketReplyRow::position)
            .column("ticket_id", SqlType.UUID, TicketReplyRow::ticketId)
            .column("author_id", SqlType.UUID, TicketReplyRow::authorId)
            .column("replied_at", SqlType.TIMESTAMP, TicketReplyRow::repliedAt)
            .readBy(in -> new TicketReplyRow(in.bigint(), in.uuid(), in.uuid(), in.instant()));
}
