package dev.chronodesk.query.rest;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The views and functions of the exposed schema, as PostgreSQL's own catalogue has them: a new one needs no Java. Kept
 * in memory, and looked at again when something is asked for that it does not know.
 */
final class Catalogue {

    /** What clients call public is this schema. */
    static final String SCHEMA = "api";

    /** A miss costs a look at most this often, whatever anybody asks for. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /**
     * Something with rows.
     *
     * @param columns their types by name, in order
     */
    record Relation(String name, Map<String, String> columns) {

        boolean isJson(String column) {
            var type = columns.get(column);
            return "json".equals(type) || "jsonb".equals(type);
        }
    }

    /**
     * A function that answers rows.
     *
     * @param arguments their types by name, in order
     * @param required how many of them, the first ones, must be given; the others have defaults
     */
    record Routine(String name, Map<String, String> arguments, int required, Relation rows) {

        boolean takes(Set<String> given) {
            return arguments.keySet().containsAll(given)
                    && arguments.keySet().stream().limit(required).allMatch(given::contains);
        }
    }

    private record Content(Map<String, Relation> relations, Map<String, Routine> routines, long loadedAt) {}

    private final DataSource read;
    private volatile @Nullable Content content;

    Catalogue(DataSource read) {
        this.read = read;
    }

    Optional<Relation> relation(String name) throws SQLException {
        var known = loaded().relations().get(name);
        if (known != null) return Optional.of(known);
        return Optional.ofNullable(reloaded().relations().get(name));
    }

    Optional<Routine> routine(String name) throws SQLException {
        var known = loaded().routines().get(name);
        if (known != null) return Optional.of(known);
        return Optional.ofNullable(reloaded().routines().get(name));
    }

    /** Forgets everything: somebody learnt that it is not true any more. */
    void forget() {
        content = null;
    }

    private Content loaded() throws SQLException {
        var now = content;
        return now == null ? load() : now;
    }

    private Content reloaded() throws SQLException {
        var now = content;
        return now == null || System.nanoTime() - now.loadedAt() > PAUSE.toNanos() ? load() : now;
    }

    private synchronized Content load() throws SQLException {
        var now = content;
        if (now != null && System.nanoTime() - now.loadedAt() <= PAUSE.toNanos()) return now;
        try (var connection = read.getConnection()) {
            var fresh = new Content(relations(connection), routines(connection), System.nanoTime());
            content = fresh;
            return fresh;
        }
    }

    private static Map<String, Relation> relations(Connection connection) throws SQLException {
        var columns = new HashMap<String, Map<String, String>>();
        try (var statement = connection.prepareStatement(
                """
                select c.relname, a.attname, format_type(a.atttypid, null) as type
                from pg_catalog.pg_class c
                  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                  join pg_catalog.pg_attribute a on a.attrelid = c.oid
                where n.nspname = ? and c.relkind in ('v', 'm') and left(c.relname, 1) <> '_'
                  and a.attnum > 0 and not a.attisdropped
                order by c.relname, a.attnum
                """)) {
            statement.setString(1, SCHEMA);
            try (var result = statement.executeQuery()) {
                while (result.next())
                    columns.computeIfAbsent(text(result.getString(1)), unseen -> new LinkedHashMap<>())
                            .put(text(result.getString(2)), text(result.getString(3)));
            }
        }
        var relations = new HashMap<String, Relation>();
        columns.forEach((name, types) -> relations.put(name, new Relation(name, types)));
        return relations;
    }

    /** Functions that return a table and cannot change anything. */
    private static Map<String, Routine> routines(Connection connection) throws SQLException {
        var arguments = new HashMap<String, Map<String, String>>();
        var results = new HashMap<String, Map<String, String>>();
        var required = new HashMap<String, Integer>();
        try (var statement = connection.prepareStatement(
                """
                select p.proname, a.mode::text, a.name, format_type(a.type, null) as type,
                    p.pronargs - p.pronargdefaults as required
                from pg_catalog.pg_proc p
                  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
                  cross join lateral unnest(p.proargmodes, p.proargnames, p.proallargtypes) with ordinality
                    as a(mode, name, type, place)
                where n.nspname = ? and p.prokind = 'f' and p.proretset and p.provolatile in ('s', 'i')
                  and left(p.proname, 1) <> '_'
                order by p.proname, a.place
                """)) {
            statement.setString(1, SCHEMA);
            try (var result = statement.executeQuery()) {
                while (result.next()) {
                    required.put(text(result.getString(1)), result.getInt(5));
                    var into = text(result.getString(2)).equals("t") ? results : arguments;
                    into.computeIfAbsent(text(result.getString(1)), unseen -> new LinkedHashMap<>())
                            .put(text(result.getString(3)), text(result.getString(4)));
                }
            }
        }
        var routines = new HashMap<String, Routine>();
        results.forEach((name, columns) -> routines.put(
                name,
                new Routine(
                        name,
                        arguments.getOrDefault(name, Map.of()),
                        required.getOrDefault(name, 0),
                        new Relation(name, columns))));
        return routines;
    }

    private static String text(@Nullable String value) {
        return Objects.requireNonNull(value, "the catalogue names everything");
    }
}
