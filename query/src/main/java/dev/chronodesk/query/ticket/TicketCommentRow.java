package dev.chronodesk.query.ticket;

import dev.chronodesk.events.ticket.Visibility;
import dev.chronodesk.query.fold.SqlType;
import dev.chronodesk.query.fold.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What somebody said about a ticket.
 *
 * @param position at which it was recorded: the order of a conversation
 * @param body null when it was erased
 */
public record TicketCommentRow(
        UUID id,
        UUID ticketId,
        long position,
        UUID authorId,
        @Nullable String body,
        Visibility visibility,
        Instant createdAt) {

    public static final Table<UUID, TicketCommentRow> TABLE = Table.keyedBy(
                    "ticket_comments", "id", SqlType.UUID, TicketCommentRow::id)
            .column("ticket_id", SqlType.UUID, TicketCommentRow::ticketId)
            .column("position", SqlType.BIGINT, TicketCommentRow::position)
            .column("author_id", SqlType.UUID, TicketCommentRow::authorId)
            .column("body", SqlType.TEXT, TicketCommentRow::body)
            .column("visibility", SqlType.TEXT, row -> row.visibility().toString())
            .column("created_at", SqlType.TIMESTAMP, TicketCommentRow::createdAt)
            .readBy(in -> new TicketCommentRow(
                    in.uuid(),
                    in.uuid(),
                    in.bigint(),
                    in.uuid(),
                    in.textOrNull(),
                    Visibility.of(in.text()),
                    in.instant()));
}
