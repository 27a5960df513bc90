package dev.chronodesk.bench.reads;

import dev.chronodesk.bench.Figures;
import dev.chronodesk.bench.Server;
import dev.chronodesk.db.keys.KeySettings;
import dev.chronodesk.db.keys.PersonKeys;
import dev.chronodesk.db.log.Append;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.NewEvent;
import dev.chronodesk.db.log.PostgresEventLog;
import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.query.LiveSchema;
import dev.chronodesk.query.MadeDesk;
import dev.chronodesk.query.QuerySettings;
import dev.chronodesk.query.ReadTables;
import dev.chronodesk.query.fold.Rebuild;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * How many events a second all read tables are built of, and what reads of the ones that are there cost meanwhile. The
 * log is filled through its own door, with personal values encrypted.
 */
final class RebuildRate {

    private static final int EVENTS_OF_A_TICKET = 7;
    private static final int CHUNK = 1_000;
    private static final int EVENTS_OF_AN_APPEND = 500;
    private static final int IMPORTERS = 3;
    private static final int READS_A_SECOND = 100;
    private static final int SECONDS_ALONE = 15;

    private final Server server;
    private final EventLog log;
    private final EventCodec codec;

    private RebuildRate(Server server, EventLog log, EventCodec codec) {
        this.server = server;
        this.log = log;
        this.codec = codec;
    }

    /** @param arguments how many events (1,000,000), and a directory that is kept with its log, or nothing */
    public static void main(String[] arguments) throws Exception {
        var events = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
        var kept = arguments.length > 1 && !arguments[1].isEmpty();
        try (var server = kept ? Server.kept(Path.of(arguments[1])) : new Server();
                var keys = PersonKeys.open(server.database().keys(), new KeySettings(null, server.keys()))) {
            var codec = new EventCodec(keys);
            try (var log = new PostgresEventLog(server.database().write(), codec)) {
                new RebuildRate(server, log, codec).run(events);
            }
        }
    }

    private void run(int events) throws Exception {
        System.out.printf(
                "PostgreSQL %s, %d processors%n",
                server.version(), Runtime.getRuntime().availableProcessors());
        var from = System.nanoTime();
        if (log.head().position() == 0) fill(events);
        System.out.printf(
                "%,d events in the log, filled in %.0f s%n", log.head().position(), (System.nanoTime() - from) / 1e9);
        System.out.printf("built alone                %,10.0f events/s%n", rebuild());
        var alone = new ArrayList<Double>();
        var enough = new AtomicBoolean();
        try (var reading = Executors.newSingleThreadExecutor()) {
            var reads = reading.submit(() -> read(server.database().read(), alone, enough));
            Thread.sleep(SECONDS_ALONE * 1_000L);
            enough.set(true);
            reads.get();
        }
        var meanwhile = new ArrayList<Double>();
        enough.set(false);
        try (var reading = Executors.newSingleThreadExecutor()) {
            var reads = reading.submit(() -> read(server.database().read(), meanwhile, enough));
            try {
                System.out.printf("built anew beside readers  %,10.0f events/s%n", rebuild());
            } finally {
                enough.set(true);
            }
            reads.get();
        }
        System.out.printf("%nlists of 50 tickets, %d a second, ms %8s %8s %8s%n", READS_A_SECOND, "p50", "p99", "max");
        print("nothing else running", alone);
        print("while tables are built anew", meanwhile);
        System.out.printf("p99 = %.1f x%n", Figures.at(0.99, meanwhile) / Figures.at(0.99, alone));
    }

    private static void print(String what, List<Double> millis) {
        System.out.printf(
                "%-37s %8.2f %8.2f %8.2f%n",
                what, Figures.median(millis), Figures.at(0.99, millis), Figures.at(1, millis));
    }

    /** Each importer takes tickets of its own, so that a ticket's events stay in order. */
    private void fill(int events) throws Exception {
        var desk = new MadeDesk(42, events / EVENTS_OF_A_TICKET, 2);
        append(desk.people(0));
        var left = new AtomicLong(events - log.head().position());
        var next = new AtomicLong();
        try (var threads = Executors.newFixedThreadPool(IMPORTERS)) {
            var importers = new ArrayList<Callable<Object>>();
            for (var i = 0; i < IMPORTERS; i++)
                importers.add(() -> {
                    while (left.get() > 0) {
                        var from = (int) next.getAndAdd(CHUNK);
                        if (from >= desk.tickets()) break;
                        var history = desk.tickets(from, Math.min(desk.tickets(), from + CHUNK), 0);
                        append(history);
                        left.addAndGet(-history.size());
                    }
                    return left;
                });
            for (var importer : threads.invokeAll(importers)) importer.get();
        }
    }

    private void append(List<Recorded<Event>> history) {
        for (var from = 0; from < history.size(); from += EVENTS_OF_AN_APPEND) {
            var batch = history.subList(from, Math.min(history.size(), from + EVENTS_OF_AN_APPEND));
            log.append(new Append(
                    batch.stream()
                            .map(recorded -> new NewEvent(
                                    recorded.seq(),
                                    recorded.eventId(),
                                    recorded.occurredAt(),
                                    recorded.event(),
                                    recorded.metadata()))
                            .toList(),
                    null));
        }
    }

    /** Events a second. */
    private double rebuild() throws InterruptedException {
        var from = System.nanoTime();
        var position = new Rebuild(
                        server.database().fold(),
                        log,
                        ReadTables.model(codec),
                        QuerySettings.defaults().batchSize())
                .run((at, head) -> {});
        return position / ((System.nanoTime() - from) / 1e9);
    }

    /** Lists begin at a steady rate, however long those before take; times count from when they should have begun. */
    private static int read(DataSource read, List<Double> millis, AtomicBoolean enough) throws SQLException {
        var begin = System.nanoTime();
        for (var i = 0; !enough.get(); i++) {
            var due = begin + i * 1_000_000_000L / READS_A_SECOND;
            while (System.nanoTime() < due) LockSupport.parkNanos(due - System.nanoTime());
            try (var connection = read.getConnection()) {
                connection.setAutoCommit(false);
                try (var statement = connection.createStatement()) {
                    statement.execute("set local role chronodesk_agent");
                    try (var rows = statement.executeQuery(
                            """
                            select id, number, subject, status, priority, requester_id, assignee_id, team_id, updated_at
                            from %s.tickets order by updated_at desc, id desc limit 50
                            """
                                    .formatted(LiveSchema.VIEWS))) {
                        while (rows.next()) rows.getString(3);
                    }
                }
                connection.rollback();
            }
            millis.add((System.nanoTime() - due) / 1e6);
        }
        return millis.size();
    }
}
