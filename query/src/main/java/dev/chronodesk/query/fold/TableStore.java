package dev.chronodesk.query.fold;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rows from and to the tables of one generation: one statement a table and kind of change, whatever the batch. */
final class TableStore {

    private final String schema;

    TableStore(String schema) {
        this.schema = schema;
    }

    Rows load(Connection connection, Needs needs) throws SQLException {
        var rows = Rows.ofBatch();
        for (var table : needs.tables()) load(connection, table, needs, rows);
        return rows;
    }

    private <K, R extends Record> void load(Connection connection, Table<K, R> table, Needs needs, Rows rows)
            throws SQLException {
        var keys = needs.keys(table);
        var sql = "select " + names(table.columns(), "t.") + " from " + qualified(table) + " t join "
                + unnest(table.keyColumns(), "k") + " on " + matches(table.keyColumns(), "t", "k");
        var found = new ArrayList<R>();
        try (var statement = connection.prepareStatement(sql)) {
            bind(connection, statement, table.keyColumns(), keys);
            try (var result = statement.executeQuery()) {
                while (result.next()) found.add(table.read(new RowReader(result)));
            }
        }
        rows.loaded(table, keys, found);
    }

    void write(Connection connection, Rows rows) throws SQLException {
        for (var table : rows.tables()) write(connection, table, rows);
    }

    private <K, R extends Record> void write(Connection connection, Table<K, R> table, Rows rows) throws SQLException {
        remove(connection, table, rows.removed(table));
        update(connection, table, rows.updated(table));
        insert(connection, table, rows.inserted(table));
    }

    /** Plain inserts: a row that is already there means that something was folded twice, and must not pass. */
    private <K, R extends Record> void insert(Connection connection, Table<K, R> table, List<R> rows)
            throws SQLException {
        if (rows.isEmpty()) return;
        var sql = "insert into " + qualified(table) + " (" + names(table.columns(), "") + ") select "
                + values(table.columns()) + " from " + unnest(table.columns(), "v");
        try (var statement = connection.prepareStatement(sql)) {
            bind(connection, statement, table.columns(), rows);
            statement.executeUpdate();
        }
    }

    private <K, R extends Record> void update(Connection connection, Table<K, R> table, List<R> rows)
            throws SQLException {
        if (rows.isEmpty()) return;
        var keys = table.keyColumns().stream().map(Column::name).collect(Collectors.toSet());
        var set = table.columns().stream()
                .filter(column -> !keys.contains(column.name()))
                .map(column -> column.name() + " = " + value(column))
                .collect(Collectors.joining(", "));
        var sql = "update " + qualified(table) + " t set " + set + " from " + unnest(table.columns(), "v") + " where "
                + matches(table.keyColumns(), "t", "v");
        try (var statement = connection.prepareStatement(sql)) {
            bind(connection, statement, table.columns(), rows);
            if (statement.executeUpdate() != rows.size())
                throw new FoldException(table + " lost a row while it was folded");
        }
    }

    private <K, R extends Record> void remove(Connection connection, Table<K, R> table, List<K> keys)
            throws SQLException {
        if (keys.isEmpty()) return;
        var sql = "delete from " + qualified(table) + " t using " + unnest(table.keyColumns(), "k") + " where "
                + matches(table.keyColumns(), "t", "k");
        try (var statement = connection.prepareStatement(sql)) {
            bind(connection, statement, table.keyColumns(), keys);
            statement.executeUpdate();
        }
    }

    private String qualified(Table<?, ?> table) {
        return schema + "." + table.name();
    }

    private static String names(List<? extends Column<?>> columns, String prefix) {
        return columns.stream().map(column -> prefix + column.name()).collect(Collectors.joining(", "));
    }

    private static String values(List<? extends Column<?>> columns) {
        return columns.stream().map(TableStore::value).collect(Collectors.joining(", "));
    }

    private static String value(Column<?> column) {
        return switch (column.type()) {
            case TEXTS -> "v." + column.name() + "::text[]";
            case JSON -> "v." + column.name() + "::jsonb";
            case UUID, TEXT, INT, BIGINT, BOOLEAN, TIMESTAMP -> "v." + column.name();
        };
    }

    private static String unnest(List<? extends Column<?>> columns, String alias) {
        var arrays = columns.stream()
                .map(column -> "?::" + column.type().wire() + "[]")
                .collect(Collectors.joining(", "));
        return "unnest(" + arrays + ") as " + alias + "(" + names(columns, "") + ")";
    }

    private static String matches(List<? extends Column<?>> keys, String left, String right) {
        return keys.stream()
                .map(key -> left + "." + key.name() + " = " + right + "." + key.name())
                .collect(Collectors.joining(" and "));
    }

    private static <T> void bind(
            Connection connection, PreparedStatement statement, List<Column<T>> columns, Collection<T> rows)
            throws SQLException {
        var parameter = 0;
        for (var column : columns) {
            var values = new Object[rows.size()];
            var row = 0;
            for (var value : rows)
                values[row++] = wire(column.type(), column.value().apply(value));
            statement.setArray(
                    ++parameter, connection.createArrayOf(column.type().wire(), values));
        }
    }

    @SuppressWarnings("NullAway") // an array's element may be null, which Object[] cannot say here
    private static @Nullable Object wire(SqlType type, @Nullable Object value) {
        if (value == null) return null;
        return switch (type) {
            case TEXTS -> arrayLiteral((List<?>) value);
            case JSON -> Json.write(value);
            case TIMESTAMP -> Timestamps.text((Instant) value);
            case UUID, TEXT, INT, BIGINT, BOOLEAN -> value;
        };
    }

    /** PostgreSQL's text form of an array of texts, every element quoted. */
    static String arrayLiteral(List<?> elements) {
        return elements.stream()
                .map(element ->
                        '"' + String.valueOf(element).replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(",", "{", "}"));
    }
}
