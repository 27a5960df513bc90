package dev.chronodesk.db.log;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Appends that share one call of {@code log.append}, and with it one commit. */
record Batch(List<Entry> entries) {

    /** What the call decided about one append. */
    sealed interface Fate {
        /** It is in the log. */
        record Durable(Appended appended) implements Fate {}

        /** Its stream has another version. */
        record Conflicting() implements Fate {}

        /** Its key has a receipt. */
        record Known() implements Fate {}
    }

    /** One fate for each entry, in their order, and the head after them. */
    record Result(List<Fate> fates, long head) {}

    private static final String CALL =
            """
            select a.first_position, a.head, a.recorded, a.conflicting, a.known
            from log.append(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) a
            """;

    /** One call, one commit: the connection is in autocommit mode. */
    Result append(Connection connection) throws SQLException {
        try (var call = connection.prepareStatement(CALL)) {
            bind(connection, call);
            try (var row = call.executeQuery()) {
                row.next();
                return result(row);
            }
        }
    }

    private void bind(Connection connection, PreparedStatement call) throws SQLException {
        var size = entries.stream().mapToInt(entry -> entry.events().size()).sum();
        var appendNo = new int[size];
        var streamId = new UUID[size];
        var seq = new int[size];
        var streamType = new String[size];
        var type = new String[size];
        var revision = new short[size];
        var eventId = new UUID[size];
        var occurredAt = new @Nullable String[size];
        var payload = new byte[size][];
        var metadata = new byte[size][];
        var at = 0;
        for (var no = 0; no < entries.size(); no++) {
            for (var event : entries.get(no).events()) {
                appendNo[at] = no + 1;
                streamId[at] = event.streamId();
                seq[at] = event.seq();
                streamType[at] = event.streamType();
                type[at] = event.encoded().type();
                revision[at] = (short) event.encoded().revision();
                eventId[at] = event.eventId();
                occurredAt[at] =
                        event.occurredAt() == null ? null : event.occurredAt().toString();
                payload[at] = event.encoded().payload();
                metadata[at] = event.metadata();
                at++;
            }
        }
        call.setObject(1, appendNo);
        call.setArray(2, connection.createArrayOf("uuid", streamId));
        call.setObject(3, seq);
        call.setArray(4, connection.createArrayOf("text", streamType));
        call.setArray(5, connection.createArrayOf("text", type));
        call.setObject(6, revision);
        call.setArray(7, connection.createArrayOf("uuid", eventId));
        call.setArray(8, connection.createArrayOf("timestamptz", occurredAt));
        call.setObject(9, payload);
        call.setObject(10, metadata);
        bindReceipts(connection, call);
    }

    private void bindReceipts(Connection connection, PreparedStatement call) throws SQLException {
        var receipts = new ArrayList<ReceiptDraft>(entries.size());
        var numbers = new ArrayList<Integer>(entries.size());
        for (var no = 0; no < entries.size(); no++) {
            var receipt = entries.get(no).receipt();
            if (receipt == null) continue;
            receipts.add(receipt);
            numbers.add(no + 1);
        }
        call.setObject(11, numbers.stream().mapToInt(Integer::intValue).toArray());
        call.setArray(
                12,
                connection.createArrayOf(
                        "uuid", receipts.stream().map(ReceiptDraft::principal).toArray()));
        call.setArray(
                13,
                connection.createArrayOf(
                        "text", receipts.stream().map(ReceiptDraft::key).toArray(String[]::new)));
        call.setObject(14, receipts.stream().map(ReceiptDraft::fingerprint).toArray(byte[][]::new));
        call.setObject(15, receipts.stream().map(ReceiptDraft::outcome).toArray(byte[][]::new));
    }

    private Result result(ResultSet row) throws SQLException {
        var position = row.getLong("first_position");
        var head = row.getLong("head");
        var recorded = row.getObject("recorded", OffsetDateTime.class).toInstant();
        var conflicting = numbers(row.getArray("conflicting"));
        var known = numbers(row.getArray("known"));
        var fates = new ArrayList<Fate>(entries.size());
        for (var no = 1; no <= entries.size(); no++) {
            var events = entries.get(no - 1).events().size();
            if (known.contains(no)) {
                fates.add(new Fate.Known());
            } else if (conflicting.contains(no)) {
                fates.add(new Fate.Conflicting());
            } else if (events == 0) {
                fates.add(new Fate.Durable(new Appended(head, head, recorded)));
            } else {
                fates.add(new Fate.Durable(new Appended(position, position + events - 1, recorded)));
                position += events;
            }
        }
        return new Result(fates, head);
    }

    private static Set<Integer> numbers(@Nullable Array array) throws SQLException {
        return array == null ? Set.of() : Set.of((Integer[]) array.getArray());
    }
}
