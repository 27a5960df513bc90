package dev.chronodesk.bench.faults;

import dev.chronodesk.bench.faults.checker.Logged;
import dev.chronodesk.bench.faults.checker.Receipted;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The log's tables as they are, read by plain SQL and by nothing of the service. */
public final class LogRows {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private LogRows() {}

    /** All events after that position. */
    public static List<Logged> events(Connection connection, long after) throws SQLException {
        var events = new ArrayList<Logged>();
        try (var select = connection.prepareStatement(
                """
                select position, stream_id, seq, event_id, recorded_at, type, metadata
                from log.event
                where position > ?
                order by position
                """)) {
            select.setLong(1, after);
            select.setFetchSize(5000);
            try (var row = select.executeQuery()) {
                while (row.next()) {
                    var metadata = JSON.readTree(new String(row.getBytes("metadata"), StandardCharsets.UTF_8));
                    events.add(new Logged(
                            row.getLong("position"),
                            row.getObject("stream_id", UUID.class),
                            row.getInt("seq"),
                            row.getObject("event_id", UUID.class),
                            row.getObject("recorded_at", OffsetDateTime.class).toInstant(),
                            row.getString("type"),
                            UUID.fromString(metadata.get("sentBy").asString()),
                            metadata.get("key").asString()));
                }
            }
        }
        return events;
    }

    /** All receipts of these principals. */
    public static List<Receipted> receipts(Connection connection, List<UUID> principals) throws SQLException {
        return receipts(connection, principals, null);
    }

    /** Receipts of these principals with these keys, or with any when null. */
    public static List<Receipted> receipts(Connection connection, List<UUID> principals, @Nullable List<String> keys)
            throws SQLException {
        var receipts = new ArrayList<Receipted>();
        try (var select = connection.prepareStatement(
                """
                select principal, key, first_position, last_position, outcome
                from log.receipt
                where principal = any (?) and (?::text[] is null or key = any (?))
                """)) {
            select.setArray(1, connection.createArrayOf("uuid", principals.toArray()));
            var named = keys == null ? null : connection.createArrayOf("text", keys.toArray());
            select.setArray(2, named);
            select.setArray(3, named);
            try (var row = select.executeQuery()) {
                while (row.next()) {
                    var all = JSON.readTree(new String(row.getBytes("outcome"), StandardCharsets.UTF_8))
                            .get("all");
                    receipts.add(new Receipted(
                            row.getObject("principal", UUID.class),
                            row.getString("key"),
                            row.getLong("first_position"),
                            row.getLong("last_position"),
                            all.get(all.size() - 1).get("until").asInt()));
                }
            }
        }
        return receipts;
    }

    /** The position of the last event. */
    public static long head(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("select coalesce(max(position), 0) as head from log.event")) {
            row.next();
            return row.getLong("head");
        }
    }
}
