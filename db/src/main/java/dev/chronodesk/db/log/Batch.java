package dev.chronodesk.db.log;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
            from log.append(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) a
            """;

    /** The same for one event with its receipt, for less. */
    private static final String CALL_FOR_ONE =
            """
            select a.appended, a.recorded
            from log.append_one(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) a
            """;

    private static final String UNIQUE_VIOLATION = "23505";

    /** What an event is called; a batch has few of them. */
    private record Kind(String streamType, String type, short revision) {}

    /** One call, one commit: the connection is in autocommit mode. */
    Result append(Connection connection) throws SQLException {
        var competing = false;
        if (entries.size() == 1) {
            var entry = entries.getFirst();
            if (entry.events().size() == 1 && entry.receipt() != null) {
                var alone = alone(connection, entry.events().getFirst(), entry.receipt());
                if (alone != null) return alone;
                competing = true;
            }
        }
        try (var call = connection.prepareStatement(CALL)) {
            var contended = bindEvents(call);
            contended |= bindReceipts(call);
            call.setBoolean(22, contended || competing);
            try (var row = call.executeQuery()) {
                row.next();
                return result(row);
            }
        }
    }

    /** Null when something was there already: then nothing was written. */
    private static @Nullable Result alone(Connection connection, Entry.Event event, ReceiptDraft receipt)
            throws SQLException {
        try (var call = connection.prepareStatement(CALL_FOR_ONE)) {
            var encoded = event.encoded();
            var occurredAt = event.occurredAt();
            call.setObject(1, event.streamId());
            call.setInt(2, event.seq());
            call.setString(3, event.streamType());
            call.setString(4, encoded.type());
            call.setShort(5, (short) encoded.revision());
            call.setObject(6, event.eventId());
            call.setObject(7, occurredAt == null ? null : occurredAt.atOffset(ZoneOffset.UTC));
            call.setBytes(8, encoded.payload());
            call.setBytes(9, event.metadata());
            call.setObject(10, receipt.principal());
            call.setString(11, receipt.key());
            call.setBytes(12, receipt.fingerprint());
            call.setBytes(13, receipt.outcome());
            try (var row = call.executeQuery()) {
                row.next();
                var position = row.getLong("appended");
                if (row.wasNull()) return null;
                var recorded = row.getObject("recorded", OffsetDateTime.class).toInstant();
                return new Result(List.of(new Fate.Durable(new Appended(position, position, recorded))), position);
            }
        } catch (SQLException e) {
            if (UNIQUE_VIOLATION.equals(e.getSQLState())) return null;
            throw e;
        }
    }

    /** Returns whether two appends want the same stream. */
    private boolean bindEvents(PreparedStatement call) throws SQLException {
        var size = 0;
        for (var entry : entries) size += entry.events().size();
        var appendNo = new int[size];
        var streamId = new ArrayList<UUID>(size);
        var seq = new int[size];
        var kind = new int[size];
        var eventId = new ArrayList<UUID>(size);
        var occurredAt = new ArrayList<@Nullable Instant>(size);
        var dated = false;
        var payload = new byte[size][];
        var metadata = new byte[size][];
        var kinds = new LinkedHashMap<Kind, Integer>();
        var continued = new Continued(size);
        var at = 0;
        for (var no = 0; no < entries.size(); no++) {
            for (var event : entries.get(no).events()) {
                var encoded = event.encoded();
                appendNo[at] = no + 1;
                streamId.add(event.streamId());
                seq[at] = event.seq();
                var called = new Kind(event.streamType(), encoded.type(), (short) encoded.revision());
                kind[at] = kinds.computeIfAbsent(called, unseen -> kinds.size() + 1);
                eventId.add(event.eventId());
                occurredAt.add(event.occurredAt());
                dated |= event.occurredAt() != null;
                payload[at] = encoded.payload();
                metadata[at] = event.metadata();
                continued.see(no + 1, event);
                at++;
            }
        }
        call.setObject(1, appendNo);
        call.setObject(2, BinaryArray.uuids(streamId));
        call.setObject(3, seq);
        call.setObject(4, kind);
        bindKinds(call, List.copyOf(kinds.keySet()));
        call.setObject(8, BinaryArray.uuids(eventId));
        call.setObject(9, BinaryArray.instants(dated ? occurredAt : List.of()));
        call.setObject(10, payload);
        call.setObject(11, metadata);
        continued.bind(call);
        return continued.contended;
    }

    private static void bindKinds(PreparedStatement call, List<Kind> kinds) throws SQLException {
        var revisions = new short[kinds.size()];
        for (var i = 0; i < revisions.length; i++) revisions[i] = kinds.get(i).revision();
        call.setObject(5, BinaryArray.texts(kinds.stream().map(Kind::streamType).toList()));
        call.setObject(6, BinaryArray.texts(kinds.stream().map(Kind::type).toList()));
        call.setObject(7, revisions);
    }

    /** The streams that appends go on with, and whether two appends want the same stream. */
    private static final class Continued {
        private final List<Integer> appendNo = new ArrayList<>();
        private final List<UUID> streamId = new ArrayList<>();
        private final List<Integer> version = new ArrayList<>();
        private final Set<UUID> seen;
        private final Set<UUID> own = new HashSet<>();
        private int current;
        private boolean contended;

        Continued(int size) {
            seen = HashSet.newHashSet(size);
        }

        void see(int no, Entry.Event event) {
            if (no != current) {
                current = no;
                own.clear();
            }
            if (!own.add(event.streamId())) return;
            contended |= !seen.add(event.streamId());
            if (event.seq() == 0) return;
            appendNo.add(no);
            streamId.add(event.streamId());
            version.add(event.seq());
        }

        void bind(PreparedStatement call) throws SQLException {
            call.setObject(12, ints(appendNo));
            call.setObject(13, BinaryArray.uuids(streamId));
            call.setObject(14, ints(version));
        }
    }

    /** Returns whether two appends have the same key. */
    private boolean bindReceipts(PreparedStatement call) throws SQLException {
        var size = entries.size();
        var appendNo = new ArrayList<Integer>(size);
        var from = new ArrayList<@Nullable Integer>(size);
        var until = new ArrayList<@Nullable Integer>(size);
        var principal = new ArrayList<UUID>(size);
        var key = new ArrayList<String>(size);
        var fingerprint = new ArrayList<byte[]>(size);
        var outcome = new ArrayList<byte[]>(size);
        var seen = HashSet.newHashSet(size);
        var before = 0;
        for (var no = 0; no < size; no++) {
            var entry = entries.get(no);
            var events = entry.events().size();
            var receipt = entry.receipt();
            if (receipt != null) {
                appendNo.add(no + 1);
                from.add(events == 0 ? null : before);
                until.add(events == 0 ? null : before + events);
                principal.add(receipt.principal());
                key.add(receipt.key());
                fingerprint.add(receipt.fingerprint());
                outcome.add(receipt.outcome());
                seen.add(new Key(receipt.principal(), receipt.key()));
            }
            before += events;
        }
        call.setObject(15, ints(appendNo));
        bindPlaces(call, 16, from);
        bindPlaces(call, 17, until);
        call.setObject(18, BinaryArray.uuids(principal));
        call.setObject(19, BinaryArray.texts(key));
        call.setObject(20, fingerprint.toArray(byte[][]::new));
        call.setObject(21, outcome.toArray(byte[][]::new));
        return seen.size() < appendNo.size();
    }

    private record Key(UUID principal, String key) {}

    private static void bindPlaces(PreparedStatement call, int parameter, List<@Nullable Integer> places)
            throws SQLException {
        if (places.contains(null))
            call.setArray(parameter, call.getConnection().createArrayOf("int4", places.toArray()));
        else call.setObject(parameter, ints(places));
    }

    private static int[] ints(List<? extends @Nullable Integer> numbers) {
        var ints = new int[numbers.size()];
        for (var i = 0; i < ints.length; i++) {
            var number = numbers.get(i);
            if (number == null) throw new IllegalArgumentException("a number is missing");
            ints[i] = number;
        }
        return ints;
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
