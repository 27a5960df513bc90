package dev.chronodesk.query.audit;

import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.events.ticket.TicketEvent;
import dev.chronodesk.query.fold.Rows;
import dev.chronodesk.query.fold.Table;
import dev.chronodesk.query.fold.Timestamps;
import dev.chronodesk.query.ticket.TicketCommentRow;
import dev.chronodesk.query.ticket.TicketProjection;
import dev.chronodesk.query.ticket.TicketRow;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A ticket as it was: the fold that fills the read tables, over the stream's events up to a position. */
final class TicketsThen {

    private final EventLog log;
    private final TicketProjection projection;

    TicketsThen(EventLog log, EventCodec codec) {
        this.log = log;
        this.projection = new TicketProjection(codec);
    }

    /** The columns of its row, and its {@code comments} in order; empty when it did not exist then. */
    Optional<Map<String, @Nullable Object>> at(UUID ticket, long position) {
        var rows = Rows.ofWholeHistory();
        for (var recorded : log.stream(ticket, 0)) {
            if (recorded.position() > position) break;
            if (!(recorded.event() instanceof TicketEvent event)) return Optional.empty();
            projection.fold(ofTicket(recorded, event), rows);
        }
        return rows.find(TicketRow.TABLE, ticket).map(row -> {
            var then = columns(TicketRow.TABLE, row);
            then.put("comments", comments(rows));
            return then;
        });
    }

    private static Recorded<TicketEvent> ofTicket(Recorded<Event> recorded, TicketEvent event) {
        return new Recorded<>(
                recorded.position(),
                recorded.seq(),
                recorded.revision(),
                recorded.eventId(),
                recorded.recordedAt(),
                recorded.occurredAt(),
                event,
                recorded.metadata());
    }

    private static List<Map<String, @Nullable Object>> comments(Rows rows) {
        return rows.all(TicketCommentRow.TABLE).stream()
                .sorted(Comparator.comparingLong(TicketCommentRow::position))
                .map(row -> {
                    var comment = columns(TicketCommentRow.TABLE, row);
                    comment.remove("position"); // orders them, and is no column of the view
                    return comment;
                })
                .toList();
    }

    private static <K, R extends Record> Map<String, @Nullable Object> columns(Table<K, R> table, R row) {
        var columns = new LinkedHashMap<String, @Nullable Object>();
        for (var column : table.columns()) {
            var value = column.value().apply(row);
            columns.put(column.name(), value instanceof Instant at ? Timestamps.text(at) : value);
        }
        return columns;
    }
}
