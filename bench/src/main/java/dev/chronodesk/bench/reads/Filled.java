package dev.chronodesk.bench.reads;

import dev.chronodesk.bench.Server;
import dev.chronodesk.db.log.PostgresEventLog;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.query.LiveSchema;
import dev.chronodesk.query.MadeDesk;
import dev.chronodesk.query.ReadTables;
import dev.chronodesk.query.fold.Filling;
import dev.chronodesk.query.fold.FoldRunner;
import dev.chronodesk.query.fold.ReadModel;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The live read tables of a made desk, beside an empty log: the tables say that they stand at position 0, and the rows
 * have positions that no log reaches. What was interrupted goes on where it was.
 */
final class Filled {

    private static final int CHUNK = 2_000;

    /** Above everything that a service on these tables may append. */
    private static final long BEFORE = 1_000_000_000L;

    private final Connection connection;
    private final MadeDesk desk;
    private final ReadModel model;

    private Filled(Connection connection, MadeDesk desk, ReadModel model) {
        this.connection = connection;
        this.desk = desk;
        this.model = model;
    }

    /** @param comments of a ticket on average */
    static MadeDesk make(Server server, int tickets, int comments) throws Exception {
        var desk = new MadeDesk(42, tickets, comments);
        var model = ReadTables.model(new EventCodec());
        tables(server, model);
        try (var pool = server.pool(server.url(), 1);
                var connection = pool.getConnection()) {
            var from = System.nanoTime();
            new Filled(connection, desk, model)
                    .fill(tickets + " tickets, " + comments + " comments, read model " + model.fingerprint());
            System.out.printf(
                    "%,d tickets, %d comments each on average, made in %.0f s; %s%n",
                    tickets, comments, (System.nanoTime() - from) / 1e9, size(connection));
        }
        return desk;
    }

    /** A follower makes them, and finds nothing to fold. */
    private static void tables(Server server, ReadModel model) throws InterruptedException {
        try (var log = new PostgresEventLog(server.database().write(), new EventCodec());
                var runner = new FoldRunner(server.database().fold(), log, model, 1_000)) {
            runner.start();
            while (!runner.status().following()) Thread.sleep(20);
        }
    }

    private static String size(Connection connection) throws SQLException {
        return text(connection, "select pg_size_pretty(pg_database_size(current_database()))") + " on the disk, of it "
                + text(
                        connection,
                        "select string_agg(relname || ' ' || pg_size_pretty(pg_total_relation_size(oid)), ', '"
                                + " order by pg_total_relation_size(oid) desc)"
                                + " from pg_class where relnamespace = '" + LiveSchema.TABLES
                                + "'::regnamespace and relkind = 'r'"
                                + " and pg_total_relation_size(oid) > 100 * 1024 * 1024");
    }

    private void fill(String what) throws Exception {
        execute("set synchronous_commit to off");
        execute("create table if not exists made (what text not null, done integer not null, position bigint not"
                + " null)");
        execute("create table if not exists made_index (definition text not null)");
        if (text(connection, "select count(*) from made").equals("0")) begin(what);
        if (!text(connection, "select what from made").equals(what))
            throw new IllegalStateException(
                    "the directory holds " + text(connection, "select what from made") + ", not " + what);
        tickets();
        indexes();
        execute("vacuum analyze");
        execute("checkpoint");
    }

    /** Without the indexes that are no constraints: they are made at the end, which takes a part of the time. */
    private void begin(String what) throws SQLException {
        connection.setAutoCommit(false);
        var people = desk.people(BEFORE);
        Filling.of(model, people).intoLive(connection);
        execute(
                """
                insert into made_index (definition)
                select pg_get_indexdef(i.indexrelid)
                from pg_index i join pg_class c on c.oid = i.indexrelid
                where c.relnamespace = '%s'::regnamespace
                  and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
                """
                        .formatted(LiveSchema.TABLES));
        for (var index : names(
                """
                select i.indexrelid::regclass::text
                from pg_index i join pg_class c on c.oid = i.indexrelid
                where c.relnamespace = '%s'::regnamespace
                  and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
                """
                        .formatted(LiveSchema.TABLES))) execute("drop index " + index);
        execute("insert into made (what, done, position) values ('" + what + "', 0, " + (BEFORE + people.size()) + ")");
        connection.commit();
        connection.setAutoCommit(true);
    }

    private record Made(Filling filling, int until, long position) {}

    /** The next ones are made while some are written. */
    private void tickets() throws Exception {
        var done = Integer.parseInt(text(connection, "select done from made"));
        var position = Long.parseLong(text(connection, "select position from made"));
        if (done == desk.tickets()) return;
        connection.setAutoCommit(false);
        try (var maker = Executors.newSingleThreadExecutor()) {
            Future<Made> next = make(maker, done, position);
            while (done < desk.tickets()) {
                var made = next.get();
                done = made.until();
                if (done < desk.tickets()) next = make(maker, done, made.position());
                made.filling().intoLive(connection);
                execute("update made set done = " + done + ", position = " + made.position());
                connection.commit();
                if (done % 100_000 == 0) System.out.printf("%,d tickets%n", done);
            }
        }
        connection.setAutoCommit(true);
    }

    private Future<Made> make(java.util.concurrent.ExecutorService maker, int from, long position) {
        return maker.submit(() -> {
            var until = Math.min(desk.tickets(), from + CHUNK);
            var history = desk.tickets(from, until, position);
            return new Made(Filling.of(model, history), until, position + history.size());
        });
    }

    private void indexes() throws SQLException {
        execute("set maintenance_work_mem to '1GB'");
        connection.setAutoCommit(false);
        for (var definition : names("select definition from made_index")) {
            execute(definition);
            try (var delete = connection.prepareStatement("delete from made_index where definition = ?")) {
                delete.setString(1, definition);
                delete.executeUpdate();
            }
            connection.commit();
        }
        connection.setAutoCommit(true);
    }

    private List<String> names(String sql) throws SQLException {
        var names = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) names.add(rows.getString(1));
        }
        return names;
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    private void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
