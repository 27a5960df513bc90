package dev.chronodesk.db.log;

import dev.chronodesk.events.Event;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.events.codec.UndecodableEventException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Everything that is read from the log's tables. */
final class LogReader {

    private static final int ATTEMPTS = 5;

    /** How many events are fetched and decoded together. */
    static final int PART = 1_000;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }

    /** Raised by {@code log.position_at}. */
    private static final String FUTURE = "CD001";

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private final DataSource source;
    private final EventCodec codec;
    private final StreamReads whole = new StreamReads(this::streams);

    LogReader(DataSource source, EventCodec codec) {
        this.source = source;
        this.codec = codec;
    }

    List<Recorded<Event>> stream(UUID streamId, int fromSeq) {
        return decoded(fromSeq == 0 ? whole.read(streamId) : ending(streamId, fromSeq));
    }

    private List<StoredEvent> ending(UUID streamId, int fromSeq) {
        return ask(connection -> {
            try (var select = connection.prepareStatement(
                    """
                    select position, stream_id, seq, stream_type, type, revision, event_id,
                        timestamptz_send(recorded_at) as recorded_at, timestamptz_send(occurred_at) as occurred_at,
                        payload, metadata
                    from log.event
                    where stream_id = ? and seq >= ?
                    order by seq
                    """)) {
                select.setObject(1, streamId);
                select.setInt(2, fromSeq);
                return stored(select);
            }
        });
    }

    private List<StoredEvent> streams(Collection<UUID> streamIds) {
        return ask(connection -> {
            try (var select = connection.prepareStatement(
                    """
                    select position, stream_id, seq, stream_type, type, revision, event_id,
                        timestamptz_send(recorded_at) as recorded_at, timestamptz_send(occurred_at) as occurred_at,
                        payload, metadata
                    from log.event
                    where stream_id = any (?)
                    order by stream_id, seq
                    """)) {
                select.setObject(1, BinaryArray.uuids(List.copyOf(streamIds)));
                return stored(select);
            }
        });
    }

    int version(UUID streamId) {
        return ask(connection -> {
            try (var select = connection.prepareStatement(
                    "select seq from log.event where stream_id = ? order by seq desc limit 1")) {
                select.setObject(1, streamId);
                try (var row = select.executeQuery()) {
                    return row.next() ? row.getInt("seq") + 1 : 0;
                }
            }
        });
    }

    /**
     * While a part is decoded here, the server reads the next one: whoever reads all of the log waits for one of both.
     */
    List<Recorded<Event>> after(long position, int limit) {
        var part = storedAfter(position, Math.min(limit, PART));
        if (part.size() == limit || part.size() < PART) return decoded(part);
        var events = new ArrayList<Recorded<Event>>();
        while (!part.isEmpty()) {
            var missing = limit - events.size() - part.size();
            var last = part.getLast().position();
            var next = part.size() == PART && missing > 0
                    ? inBackground(() -> storedAfter(last, Math.min(missing, PART)))
                    : null;
            events.addAll(decoded(part));
            part = next == null ? List.of() : joined(next);
        }
        return List.copyOf(events);
    }

    private static <T> FutureTask<T> inBackground(Callable<T> work) {
        var task = new FutureTask<>(work);
        Thread.ofVirtual().name("chronodesk-log-reader").start(task);
        return task;
    }

    private static <T> T joined(FutureTask<T> task) {
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LogUnavailableException unavailable)
                throw new LogUnavailableException(String.valueOf(unavailable.getMessage()), unavailable);
            throw new IllegalStateException("the log cannot be read", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailableException("interrupted while the log was read", e);
        }
    }

    List<StoredEvent> storedAfter(long position, int limit) {
        return ask(connection -> {
            try (var select = connection.prepareStatement(
                    """
                    select position, stream_id, seq, stream_type, type, revision, event_id,
                        timestamptz_send(recorded_at) as recorded_at, timestamptz_send(occurred_at) as occurred_at,
                        payload, metadata
                    from log.event
                    where position > ?
                    order by position
                    limit ?
                    """)) {
                select.setLong(1, position);
                select.setInt(2, limit);
                return stored(select);
            }
        });
    }

    Head head() {
        return ask(connection -> {
            try (var select = connection.prepareStatement(
                            "select position, recorded_at from log.event order by position desc limit 1");
                    var row = select.executeQuery()) {
                return row.next() ? new Head(row.getLong("position"), instant(row, "recorded_at")) : Head.NONE;
            }
        });
    }

    long positionAt(Instant moment) {
        if (moment.isBefore(Instant.EPOCH)) return 0;
        if (moment.isAfter(LATEST)) throw future(moment);
        return ask(connection -> {
            try (var select = connection.prepareStatement("select log.position_at(?) as position")) {
                // microseconds are all that recorded_at has; rounding up could reach into the future
                select.setObject(1, moment.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
                try (var row = select.executeQuery()) {
                    row.next();
                    return row.getLong("position");
                }
            } catch (SQLException e) {
                if (FUTURE.equals(e.getSQLState())) throw future(moment);
                throw e;
            }
        });
    }

    private static IllegalArgumentException future(Instant moment) {
        return new IllegalArgumentException(moment + " lies in the future of the database's clock");
    }

    Optional<Receipt> receipt(UUID principal, String key) {
        return ask(connection -> {
            try (var select = connection.prepareStatement(
                    """
                    select fingerprint, outcome, first_position, last_position, recorded_at
                    from log.receipt
                    where principal = ? and key = ?
                    """)) {
                select.setObject(1, principal);
                select.setString(2, key);
                try (var row = select.executeQuery()) {
                    if (!row.next()) return Optional.empty();
                    return Optional.of(new Receipt(
                            principal,
                            key,
                            bytes(row, "fingerprint"),
                            bytes(row, "outcome"),
                            row.getLong("first_position"),
                            row.getLong("last_position"),
                            instant(row, "recorded_at")));
                }
            }
        });
    }

    /** Where an event stands. */
    record Place(long position, Instant recordedAt) {}

    /** Where that very event stands, if it is the one that has its number in its stream. */
    Optional<Place> own(Entry.Event event) {
        return ask(connection -> {
            try (var select = connection.prepareStatement(
                    "select position, recorded_at from log.event where stream_id = ? and seq = ? and event_id = ?")) {
                select.setObject(1, event.streamId());
                select.setInt(2, event.seq());
                select.setObject(3, event.eventId());
                try (var row = select.executeQuery()) {
                    return row.next()
                            ? Optional.of(new Place(row.getLong("position"), instant(row, "recorded_at")))
                            : Optional.empty();
                }
            }
        });
    }

    /**
     * Asks again when the connection turns out to be dead: the pool lends without a look what was in use a moment ago,
     * and a question asked twice changes nothing.
     */
    private <T> T ask(Question<T> question) {
        for (var attempt = 1; ; attempt++) {
            try (var connection = source.getConnection()) {
                return question.ask(connection);
            } catch (SQLException e) {
                if (attempt == ATTEMPTS || !died(e)) throw new LogUnavailableException("the log cannot be read", e);
            }
        }
    }

    /** Whether the connection is gone: class 08, or the server ended it (57P01 to 57P03). */
    private static boolean died(SQLException e) {
        var state = e.getSQLState();
        return state != null && (state.startsWith("08") || state.startsWith("57P"));
    }

    /**
     * Reads by number and takes moments as the server's own bytes: this is what a fold of the whole log does for every
     * event, and looking for names and taking dates apart would be most of it.
     */
    private static List<StoredEvent> stored(PreparedStatement select) throws SQLException {
        try (var rows = select.executeQuery()) {
            var events = new ArrayList<StoredEvent>();
            while (rows.next())
                events.add(new StoredEvent(
                        rows.getLong(1),
                        rows.getObject(2, UUID.class),
                        rows.getInt(3),
                        there(rows.getString(4)),
                        there(rows.getString(5)),
                        rows.getInt(6),
                        rows.getObject(7, UUID.class),
                        moment(there(rows.getBytes(8))),
                        moment(there(rows.getBytes(9))),
                        there(rows.getBytes(10)),
                        there(rows.getBytes(11))));
            return events;
        }
    }

    /** Microseconds since the year 2000, as the server sends them. */
    private static Instant moment(byte[] bytes) {
        var micros = (long) LONGS.get(bytes, 0);
        return Instant.ofEpochSecond(
                BinaryArray.ZERO.getEpochSecond() + Math.floorDiv(micros, 1_000_000L),
                Math.floorMod(micros, 1_000_000L) * 1_000L);
    }

    private List<Recorded<Event>> decoded(List<StoredEvent> stored) {
        return stored.stream().map(this::decode).toList();
    }

    private Recorded<Event> decode(StoredEvent stored) {
        try {
            return new Recorded<>(
                    stored.position(),
                    stored.seq(),
                    stored.revision(),
                    stored.eventId(),
                    stored.recordedAt(),
                    stored.occurredAt(),
                    codec.decode(stored.type(), stored.revision(), stored.payload()),
                    codec.decodeMetadata(stored.metadata()));
        } catch (UndecodableEventException e) {
            throw new UndecodableStoredEventException(stored.position(), String.valueOf(e.getMessage()), e);
        }
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static byte[] bytes(ResultSet row, String column) throws SQLException {
        return there(row.getBytes(column));
    }

    private static <T> T there(@Nullable T value) {
        if (value == null) throw new IllegalStateException("the log's columns are not null");
        return value;
    }
}
