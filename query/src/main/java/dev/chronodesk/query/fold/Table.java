package dev.chronodesk.query.fold;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A read table: what its columns are called and how a row is written to and read from them. A test holds it, the row's
 * record and the table in PostgreSQL together.
 *
 * @param <K> key of a row
 * @param <R> row, a record whose components are the table's columns
 */
public final class Table<K, R extends Record> {

    /** Makes a row of the columns in their order. */
    @FunctionalInterface
    public interface Reading<R> {
        R read(RowReader in) throws SQLException;
    }

    /**
     * What a table says about people.
     *
     * @param person whom a row is about
     * @param columns that are null once that person is erased
     * @param without the row with those columns null
     */
    record Personal<R>(Column<R> person, List<Column<R>> columns, UnaryOperator<R> without) {

        /** The row, or what is left of it when it is about one of them. */
        R unless(Set<UUID> erased, R row) {
            return erased.contains(person.value().apply(row)) ? without.apply(row) : row;
        }
    }

    private final String name;
    private final List<Column<K>> keyColumns;
    private final Function<R, K> key;
    private final List<Column<R>> columns;
    private final List<Column<R>> constants;
    private final @Nullable Personal<R> personal;
    private final Reading<R> reading;

    private Table(Declaration<K, R> declaration, Reading<R> reading) {
        this.name = declaration.name;
        this.keyColumns = List.copyOf(declaration.keyColumns);
        this.key = declaration.key;
        this.columns = List.copyOf(declaration.columns);
        this.constants = List.copyOf(declaration.constants);
        this.personal = declaration.personal;
        this.reading = reading;
    }

    /** A table whose key is one column of that type, declared first. */
    public static <K, R extends Record> Declaration<K, R> keyedBy(
            String name, String column, SqlType type, Function<R, K> key) {
        var declaration = new Declaration<K, R>(name, key);
        declaration.keyColumns.add(new Column<>(column, type, k -> k));
        declaration.columns.add(new Column<>(column, type, key::apply));
        return declaration;
    }

    /** A table whose key is several columns. */
    public static <K extends Record, R extends Record> Declaration<K, R> keyedByMany(
            String name, List<Column<K>> keyColumns, Function<R, K> key) {
        var declaration = new Declaration<K, R>(name, key);
        for (var column : keyColumns) {
            declaration.keyColumns.add(column);
            declaration.columns.add(new Column<>(
                    column.name(), column.type(), row -> column.value().apply(key.apply(row))));
        }
        return declaration;
    }

    public String name() {
        return name;
    }

    public List<Column<K>> keyColumns() {
        return keyColumns;
    }

    public List<Column<R>> columns() {
        return columns;
    }

    /** The columns of which a row keeps its first value for ever, its key left out. */
    List<Column<R>> constants() {
        return constants;
    }

    /** What it says about people, or null when that is nothing. */
    @Nullable
    Personal<R> personal() {
        return personal;
    }

    public K key(R row) {
        return key.apply(row);
    }

    R read(RowReader in) throws SQLException {
        return reading.read(in);
    }

    @Override
    public String toString() {
        return name;
    }

    /** Collects a table's columns. */
    public static final class Declaration<K, R extends Record> {
        private final String name;
        private final Function<R, K> key;
        private final List<Column<K>> keyColumns = new ArrayList<>();
        private final List<Column<R>> columns = new ArrayList<>();
        private final List<Column<R>> constants = new ArrayList<>();
        private @Nullable Personal<R> personal;

        private Declaration(String name, Function<R, K> key) {
            this.name = name;
            this.key = key;
        }

        public Declaration<K, R> column(String column, SqlType type, Function<R, @Nullable Object> value) {
            columns.add(new Column<>(column, type, value));
            return this;
        }

        /** A column of which a row keeps its first value for ever: no change of the row writes it again. */
        public Declaration<K, R> constant(String column, SqlType type, Function<R, @Nullable Object> value) {
            column(column, type, value);
            constants.add(columns.getLast());
            return this;
        }

        /**
         * Columns about a person: null from their erasure on, in the rows that are there and in those that come later.
         *
         * @param person the column that says who it is
         * @param without the row with those columns null
         */
        public Declaration<K, R> about(String person, UnaryOperator<R> without, String... columns) {
            personal = new Personal<>(
                    declared(person), Stream.of(columns).map(this::declared).toList(), without);
            return this;
        }

        private Column<R> declared(String name) {
            return columns.stream()
                    .filter(column -> column.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }

        public Table<K, R> readBy(Reading<R> reading) {
            return new Table<>(this, reading);
        }
    }
}
