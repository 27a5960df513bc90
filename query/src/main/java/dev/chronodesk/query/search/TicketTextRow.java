package dev.chronodesk.query.search;

import dev.chronodesk.query.fold.SqlType;
import dev.chronodesk.query.fold.Table;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is searched of a ticket itself. A ticket's own row changes with each of its events, and PostgreSQL would enter
 * every word of it into the indexes again each time.
 *
 * @param requesterId whose texts they are
 * @param subject null when it was erased
 * @param description null when it was erased
 */
public record TicketTextRow(UUID ticketId, UUID requesterId, @Nullable String subject, @Nullable String description) {

    public static final Table<UUID, TicketTextRow> TABLE = Table.keyedBy(
                    "ticket_texts", "ticket_id", SqlType.UUID, TicketTextRow::ticketId)
            .column("requester_id", SqlType.UUID, TicketTextRow::requesterId)
            .column("subject", SqlType.TEXT, TicketTextRow::subject)
            .column("description", SqlType.TEXT, TicketTextRow::description)
            .about(
                    "requester_id",
                    row -> new TicketTextRow(row.ticketId, row.requesterId, null, null),
                    "subject",
                    "description")
            .readBy(in -> new TicketTextRow(in.uuid(), in.uuid(), in.textOrNull(), in.textOrNull()));
}
