package dev.chronodesk.query.fold;

import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.query.Desk;
import dev.chronodesk.query.LiveSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is in read tables, to be compared. */
final class Tables {

    private Tables() {}

    /** One hash a table over all its rows in the order of their texts, and the position. */
    static Map<String, String> hashes(Desk desk) throws SQLException {
        return hashes(desk, LiveSchema.TABLES);
    }

    /** The same of the tables in that schema. */
    static Map<String, String> hashes(Desk desk, String schema) throws SQLException {
        var hashes = new LinkedHashMap<String, String>();
        try (var connection = desk.database().superuser()) {
            for (var table : model().tables())
                hashes.put(
                        table.name(),
                        text(
                                connection,
                                "select count(*) || ' rows ' || md5(coalesce(string_agg(t::text, E'\\n"
                                        + "' order by t::text), '')) from " + schema + "." + table.name() + " t"));
            hashes.put("position", text(connection, "select position::text from " + schema + ".generation"));
        }
        return hashes;
    }

    /** Indexes, constraints, row security, policies and rights of the live tables and views, a line each. */
    static List<String> made(Desk desk) throws SQLException {
        var made = new ArrayList<String>();
        try (var connection = desk.database().superuser();
                var statement = connection.createStatement();
                var result = statement.executeQuery(
                        LiveSchema.named(
                                """
                        select indexdef from pg_indexes where schemaname = 'live'
                        union all
                        select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
                        from pg_constraint where connamespace = 'live'::regnamespace
                        union all
                        select concat_ws(' ', oid::regclass, relrowsecurity, relforcerowsecurity, reloptions::text, relacl::text)
                        from pg_class where relnamespace in ('live'::regnamespace, 'api'::regnamespace) and relkind in ('r', 'v')
                        union all
                        select concat_ws(' ', oid::regprocedure, proacl::text)
                        from pg_proc where pronamespace in ('live'::regnamespace, 'api'::regnamespace)
                        union all
                        select concat_ws(' ', nspname, nspacl::text) from pg_namespace where nspname in ('live', 'api')
                        union all
                        select concat_ws(' ', tablename, policyname, roles, cmd, qual, with_check)
                        from pg_policies where schemaname = 'live'
                        order by 1
                        """))) {
            while (result.next()) made.add(result.getString(1));
        }
        return made;
    }

    /** The rows of every table, read as the fold reads them. */
    static Map<String, Set<Record>> stored(Desk desk) throws SQLException {
        var stored = new LinkedHashMap<String, Set<Record>>();
        try (var connection = desk.database().superuser()) {
            for (var table : model().tables()) stored.put(table.name(), rows(connection, table));
        }
        return stored;
    }

    private static <K, R extends Record> Set<Record> rows(Connection connection, Table<K, R> table)
            throws SQLException {
        var rows = new HashSet<Record>();
        var names = String.join(", ", table.columns().stream().map(Column::name).toList());
        try (var statement = connection.createStatement();
                var result =
                        statement.executeQuery("select " + names + " from " + LiveSchema.TABLES + "." + table.name())) {
            while (result.next()) rows.add(table.read(new RowReader(result)));
        }
        return rows;
    }

    /** The rows that the same projections make of the whole log in memory. */
    static Map<String, Set<Record>> folded(EventLog log) {
        var rows = Rows.ofWholeHistory();
        for (var recorded : log.after(0, Integer.MAX_VALUE))
            for (var projection : model().projections()) Generation.fold(projection, recorded, rows);
        var folded = new LinkedHashMap<String, Set<Record>>();
        for (var table : model().tables()) folded.put(table.name(), new HashSet<>(all(rows, table)));
        return folded;
    }

    private static <K, R extends Record> List<R> all(Rows rows, Table<K, R> table) {
        return rows.all(table);
    }

    private static ReadModel model() {
        return dev.chronodesk.query.ReadTables.model(new dev.chronodesk.events.codec.EventCodec());
    }

    static String text(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            result.next();
            return String.valueOf(result.getString(1));
        }
    }
}
