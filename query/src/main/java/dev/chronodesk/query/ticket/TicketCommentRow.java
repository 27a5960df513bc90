package dev.chronodesk.query.ticket;

import dev.chronodesk.events.ticket.Visibility;
import dev.chronodesk.query.fold.Column;
import dev.chronodesk.query.fold.SqlType;
import dev.chronodesk.query.fold.Table;
import java.time.Instant;
import java.util.List;
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

    /** A comment's id is chosen by whoever writes it and unique on its ticket only. */
    public record Key(UUID id, UUID ticketId) {}

    public static final Table<Key, TicketCommentRow> TABLE = Table.<Key, TicketCommentRow>keyedByMany(
                    "ticket_comments",
                    List.of(
                            new Column<>("id", SqlType.UUID, Key::id),
                            new Column<>("ticket_id", SqlType.UUID, Key::ticketId)),
                    row -> new Key(row.id(), row.ticketId()))
            .column("position", SqlType.BIGINT, TicketCommentRow::position)
            .column("author_id", SqlType.UUID, TicketCommentRow::authorId)
            .column("body", SqlType.TEXT, TicketCommentRow::body)
            .column("visibility", SqlType.TEXT, row -> row.visibility().toString())
            .column("created_at", SqlType.TIMESTAMP, TicketCommentRow::createdAt)
            .about(
                    "author_id",
                    row -> new TicketCommentRow(
                            row.id, row.ticketId, row.position, row.authorId, null, row.visibility, row.createdAt),
                    "body")
            .readBy(in -> new TicketCommentRow(
                    in.uuid(),
                    in.uuid(),
                    in.bigint(),
                    in.uuid(),
                    in.textOrNull(),
                    Visibility.of(in.text()),
                    in.instant()));
}
