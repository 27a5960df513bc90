package dev.chronodesk.bench.faults;

import dev.chronodesk.bench.faults.checker.TableChecker.Contents;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Event;
import dev.chronodesk.query.fold.Column;
import dev.chronodesk.query.fold.Json;
import dev.chronodesk.query.fold.Projection;
import dev.chronodesk.query.fold.ReadModel;
import dev.chronodesk.query.fold.Rows;
import dev.chronodesk.query.fold.Table;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Rows of read tables as hashes: those stored, and those that the projections make of the log in memory. */
public final class TableRows {

    private static final JsonMapper SORTED = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private static final int PAGE = 5000;

    private final ReadModel model;
    private final EventLog log;
    private final Rows rows = Rows.ofWholeHistory();
    private long position;

    /** @param log that is folded; only read */
    public TableRows(ReadModel model, EventLog log) {
        this.model = model;
        this.log = log;
    }

    /** The fold of the log in memory up to its head; what was folded before is kept. */
    public Contents folded() {
        for (var page = log.after(position, PAGE); !page.isEmpty(); page = log.after(position, PAGE)) {
            for (var recorded : page) for (var projection : model.projections()) fold(projection, recorded);
            position = page.getLast().position();
        }
        var tables = new TreeMap<String, Map<String, String>>();
        for (var table : model.tables()) tables.put(table.name(), hashes(table));
        return new Contents(position, tables);
    }

    @SuppressWarnings("unchecked") // the event is looked at first
    private <E extends Event> void fold(Projection<E> projection, Recorded<?> recorded) {
        if (projection.events().isInstance(recorded.event())) projection.fold((Recorded<E>) recorded, rows);
    }

    private <K, R extends Record> Map<String, String> hashes(Table<K, R> table) {
        var hashes = new TreeMap<String, String>();
        for (var row : rows.all(table)) {
            var key = new StringBuilder();
            for (var column : table.keyColumns())
                key.append(text(column, column.value().apply(table.key(row)))).append(' ');
            var all = new StringBuilder();
            for (var column : table.columns())
                all.append(text(column, column.value().apply(row))).append('\n');
            hashes.put(key.toString().strip(), hash(all.toString()));
        }
        return hashes;
    }

    /** The live read tables in one snapshot. */
    public Contents stored(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try {
            var tables = new TreeMap<String, Map<String, String>>();
            for (var table : model.tables()) tables.put(table.name(), stored(connection, table));
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery("select position from " + model.schema() + ".generation")) {
                row.next();
                return new Contents(row.getLong("position"), tables);
            }
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private <K, R extends Record> Map<String, String> stored(Connection connection, Table<K, R> table)
            throws SQLException {
        var keys = table.keyColumns().stream().map(Column::name).toList();
        var names = table.columns().stream().map(Column::name).toList();
        var hashes = new TreeMap<String, String>();
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(
                        "select " + String.join(", ", names) + " from " + model.schema() + "." + table.name())) {
            while (result.next()) {
                var key = new StringBuilder();
                var all = new StringBuilder();
                for (var column : table.columns()) {
                    var text = text(column, value(result, column));
                    if (keys.contains(column.name())) key.append(text).append(' ');
                    all.append(text).append('\n');
                }
                hashes.put(key.toString().strip(), hash(all.toString()));
            }
        }
        return hashes;
    }

    private static @Nullable Object value(ResultSet row, Column<?> column) throws SQLException {
        return switch (column.type()) {
            case TIMESTAMP -> {
                var at = row.getObject(column.name(), OffsetDateTime.class);
                yield at == null ? null : at.toInstant();
            }
            case TEXTS -> {
                Array array = row.getArray(column.name());
                yield array == null ? null : Arrays.asList((Object[]) array.getArray());
            }
            case JSON -> {
                var text = row.getString(column.name());
                yield text == null ? null : SORTED.readTree(text);
            }
            case UUID, TEXT, INT, BIGINT, BOOLEAN -> row.getObject(column.name());
        };
    }

    /** One text for a value, whichever side it comes from. */
    private static String text(Column<?> column, @Nullable Object value) {
        if (value == null) return "null";
        return switch (column.type()) {
            case TIMESTAMP -> String.valueOf(ChronoUnit.MICROS.between(Instant.EPOCH, (Instant) value));
            case TEXTS ->
                SORTED.writeValueAsString(
                        ((List<?>) value).stream().map(String::valueOf).toList());
            case JSON -> SORTED.writeValueAsString(SORTED.readValue(Json.write(value), Object.class));
            case UUID, INT, BIGINT, BOOLEAN -> value.toString();
            // so that no text looks like an end or like nothing
            case TEXT -> SORTED.writeValueAsString(value.toString());
        };
    }

    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                            0,
                            16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
