package dev.chronodesk.query.fold;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rows from and to the tables of one generation: one statement a table and kind of change, whatever the batch. */
final class TableStore {

    private static final Column<UUID> PERSON = new Column<>("person", SqlType.UUID, person -> person);

    private final String schema;
    private final List<Table<?, ?>> tables;

    /** @param tables all that are there */
    TableStore(String schema, List<Table<?, ?>> tables) {
        this.schema = schema;
        this.tables = tables;
    }

    /** Reads what is needed. */
    void load(Connection connection, Needs needs, Rows rows) throws SQLException {
        for (var table : needs.tables()) fresh(table, needs, rows);
        var tables = needs.tables().stream()
                .filter(table -> !needs.keys(table).isEmpty())
                .toList();
        var parts = new ArrayList<Part<?>>();
        for (var table : tables) parts.add(select(table, needs));
        if (parts.isEmpty()) return;
        try (var statement = together(connection, parts)) {
            statement.execute();
            for (var table : tables) {
                read(statement.getResultSet(), table, needs, rows);
                statement.getMoreResults();
            }
        }
    }

    private static <K, R extends Record> void fresh(Table<K, R> table, Needs needs, Rows rows) {
        rows.loaded(table, needs.fresh(table), List.of());
    }

    private <K, R extends Record> Part<K> select(Table<K, R> table, Needs needs) {
        return new Part<>(
                "select " + names(table.columns(), "t.") + " from " + qualified(table) + " t join "
                        + unnest(table.keyColumns(), "k") + " on " + matches(table.keyColumns(), "t", "k"),
                table.keyColumns(),
                needs.keys(table),
                null);
    }

    private static <K, R extends Record> void read(ResultSet result, Table<K, R> table, Needs needs, Rows rows)
            throws SQLException {
        var found = new ArrayList<R>();
        while (result.next()) found.add(table.read(new RowReader(result)));
        rows.loaded(table, needs.keys(table), found);
    }

    void write(Connection connection, Rows rows) throws SQLException {
        var parts = new ArrayList<Part<?>>();
        remember(rows, parts);
        if (!rows.erased().isEmpty())
            for (var table : tables) erase(table, unnest(List.of(PERSON), "k"), rows.erased(), parts);
        for (var table : rows.tables()) {
            change(table, rows, parts);
            add(table, rows, parts);
        }
        send(connection, parts);
    }

    /**
     * The same where row security is not forced yet: new rows are copied. What they say about people who were erased is
     * there until {@link #erase(Connection)}.
     */
    void copy(Connection connection, Rows rows) throws SQLException {
        var parts = new ArrayList<Part<?>>();
        remember(rows, parts);
        for (var table : rows.tables()) change(table, rows, parts);
        send(connection, parts);
        for (var table : rows.tables()) copy(connection, table, rows);
    }

    /** Takes away what the tables say about people who were erased; rows are looked through only if there are any. */
    void erase(Connection connection) throws SQLException {
        try (var select = connection.prepareStatement("select exists (select from " + schema + ".erased) as any");
                var row = select.executeQuery()) {
            if (!row.next() || !row.getBoolean("any")) return;
        }
        var parts = new ArrayList<Part<?>>();
        for (var table : tables) erase(table, schema + ".erased k", List.of(), parts);
        send(connection, parts);
    }

    /** Who they are is kept beside the tables: what is written about them later says nothing either. */
    private void remember(Rows rows, List<Part<?>> parts) {
        if (rows.erased().isEmpty()) return;
        parts.add(new Part<>(
                "insert into " + schema + ".erased (person) select k.person from " + unnest(List.of(PERSON), "k")
                        + " on conflict do nothing",
                List.of(PERSON),
                rows.erased(),
                null));
    }

    /**
     * @param from a relation {@code k} with the people
     * @param people the parameter of that relation, empty when it has none
     */
    private <K, R extends Record> void erase(
            Table<K, R> table, String from, Collection<UUID> people, List<Part<?>> parts) {
        var personal = table.personal();
        if (personal == null) return;
        var set = personal.columns().stream()
                .map(column -> column.name() + " = null")
                .collect(Collectors.joining(", "));
        var any = personal.columns().stream()
                .map(column -> "t." + column.name() + " is not null")
                .collect(Collectors.joining(" or "));
        parts.add(new Part<>(
                "update " + qualified(table) + " t set " + set + " from " + from + " where t."
                        + personal.person().name() + " = k.person and (" + any + ")",
                people.isEmpty() ? List.<Column<UUID>>of() : List.of(PERSON),
                people,
                null));
    }

    private <K, R extends Record> void add(Table<K, R> table, Rows rows, List<Part<?>> parts) {
        var inserted = rows.inserted(table);
        if (!inserted.isEmpty()) parts.add(insert(table, inserted));
    }

    private <K, R extends Record> void copy(Connection connection, Table<K, R> table, Rows rows) throws SQLException {
        var inserted = rows.inserted(table);
        if (!inserted.isEmpty()) CopyRows.into(connection, qualified(table), table.columns(), inserted);
    }

    private static void send(Connection connection, List<Part<?>> parts) throws SQLException {
        if (parts.isEmpty()) return;
        try (var statement = together(connection, parts)) {
            statement.execute();
            for (var part : parts) {
                var changed = statement.getUpdateCount();
                if (part.mustHit() != null && changed != part.rows().size())
                    throw new FoldException(part.mustHit() + " lost a row while it was folded");
                statement.getMoreResults();
            }
        }
    }

    private <K, R extends Record> void change(Table<K, R> table, Rows rows, List<Part<?>> parts) {
        var removed = rows.removed(table);
        if (!removed.isEmpty()) parts.add(remove(table, removed));
        var updated = rows.updated(table);
        if (!updated.isEmpty()) parts.add(update(table, updated));
    }

    /** Plain inserts: a row that is already there means that something was folded twice, and must not pass. */
    private <K, R extends Record> Part<R> insert(Table<K, R> table, List<R> rows) {
        return new Part<>(
                "insert into " + qualified(table) + " (" + names(table.columns(), "") + ") select " + values(table)
                        + " from " + unnest(table.columns(), "v"),
                table.columns(),
                rows,
                null);
    }

    private <K, R extends Record> Part<R> update(Table<K, R> table, List<R> rows) {
        var keys = table.keyColumns().stream().map(Column::name).collect(Collectors.toSet());
        var sent = table.columns().stream()
                .filter(column -> !table.constants().contains(column))
                .toList();
        var set = sent.stream()
                .filter(column -> !keys.contains(column.name()))
                .map(column -> column.name() + " = " + value(column))
                .collect(Collectors.joining(", "));
        return new Part<>(
                "update " + qualified(table) + " t set " + set + " from " + unnest(sent, "v") + " where "
                        + matches(table.keyColumns(), "t", "v"),
                sent,
                rows,
                table);
    }

    private <K, R extends Record> Part<K> remove(Table<K, R> table, List<K> keys) {
        return new Part<>(
                "delete from " + qualified(table) + " t using " + unnest(table.keyColumns(), "k") + " where "
                        + matches(table.keyColumns(), "t", "k"),
                table.keyColumns(),
                keys,
                null);
    }

    /**
     * One statement of several.
     *
     * @param rows whose columns are its parameters, an array each
     * @param mustHit the table of which it must change each of those rows, or null
     */
    private record Part<T>(String sql, List<Column<T>> columns, Collection<T> rows, @Nullable Table<?, ?> mustHit) {

        int bind(Connection connection, PreparedStatement statement, int from) throws SQLException {
            var parameter = from;
            for (var column : columns) {
                var values = new Object[rows.size()];
                var row = 0;
                for (var value : rows)
                    values[row++] = wire(column.type(), column.value().apply(value));
                statement.setArray(
                        ++parameter, connection.createArrayOf(column.type().wire(), values));
            }
            return parameter;
        }
    }

    /**
     * All of them sent at once: what comes in while a fold waits for an answer waits for the next fold, and a fold of a
     * few events is mostly waiting.
     */
    private static PreparedStatement together(Connection connection, List<Part<?>> parts) throws SQLException {
        var statement =
                connection.prepareStatement(parts.stream().map(Part::sql).collect(Collectors.joining(";\n")));
        var parameter = 0;
        for (var part : parts) parameter = part.bind(connection, statement, parameter);
        return statement;
    }

    private String qualified(Table<?, ?> table) {
        return schema + "." + table.name();
    }

    private static String names(List<? extends Column<?>> columns, String prefix) {
        return columns.stream().map(column -> prefix + column.name()).collect(Collectors.joining(", "));
    }

    private <K, R extends Record> String values(Table<K, R> table) {
        var personal = table.personal();
        return table.columns().stream()
                .map(column -> personal == null || !personal.columns().contains(column)
                        ? value(column)
                        : "case when not exists (select from " + schema + ".erased e where e.person = v."
                                + personal.person().name() + ") then " + value(column) + " end")
                .collect(Collectors.joining(", "));
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

    @SuppressWarnings("NullAway") // an array's element may be null, which Object[] cannot say here
    static @Nullable Object wire(SqlType type, @Nullable Object value) {
        if (value == null) return null;
        return switch (type) {
            case TEXTS -> ArrayText.of((List<?>) value);
            case JSON -> Json.write(value);
            case TIMESTAMP -> Timestamps.text((Instant) value);
            case UUID, TEXT, INT, BIGINT, BOOLEAN -> value;
        };
    }
}
