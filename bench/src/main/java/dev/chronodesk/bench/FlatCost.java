package dev.chronodesk.bench;

import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Whether commands cost the same when the log is long, and beside a transaction that stays open: the same figures on a
 * new log, after filling it up, and for some minutes beside an open snapshot.
 */
final class FlatCost {

    private static final int TICKETS = 10_000;
    private static final int CALLERS = 256;
    private static final long CHUNK = 250_000;
    private static final int REPETITIONS = 5;
    private static final Duration DURATION = Duration.ofSeconds(5);

    private record Figure(double creates, double comments, double aloneMillis) {

        String beside(Figure before) {
            return "CreateTicket %,.0f/s (%.2f x), AddComment %,.0f/s (%.2f x), one caller p50 %.2f ms (%.2f x)"
                    .formatted(
                            creates,
                            creates / before.creates,
                            comments,
                            comments / before.comments,
                            aloneMillis,
                            aloneMillis / before.aloneMillis);
        }
    }

    private FlatCost() {}

    /** @param arguments events to fill the log up to (10,000,000) and minutes beside an open snapshot (10) */
    public static void main(String[] arguments) throws Exception {
        var events = arguments.length > 0 ? Long.parseLong(arguments[0]) : 10_000_000L;
        var minutes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10;
        try (var server = new Server();
                var ours = new OurContender(server);
                var admin = server.pool(server.url(), 2);
                var connection = admin.getConnection();
                var analyst = admin.getConnection()) {
            System.out.printf(
                    "PostgreSQL %s, fsync on, %d processors, %d callers, %d x %d s each, medians%n",
                    server.version(),
                    Runtime.getRuntime().availableProcessors(),
                    CALLERS,
                    REPETITIONS,
                    DURATION.toSeconds());
            ours.open(TICKETS);
            ClosedLoop.run(CALLERS, DURATION.multipliedBy(2), unused -> ours.create());
            var small = measure(ours);
            System.out.printf("%,12d events: %s%n", count(connection), small.beside(small));
            fill(connection, events);
            ours.warm();
            var large = measure(ours);
            System.out.printf("%,12d events: %s%n", count(connection), large.beside(small));
            besideSnapshot(ours, analyst, minutes);
        }
    }

    private static Figure measure(OurContender ours) throws Exception {
        var creates = new ArrayList<Double>();
        var comments = new ArrayList<Double>();
        var alone = new ArrayList<Double>();
        for (var i = 0; i < REPETITIONS; i++) {
            creates.add(
                    ClosedLoop.run(CALLERS, DURATION, unused -> ours.create()).perSecond());
            ours.warm();
            comments.add(
                    ClosedLoop.run(CALLERS, DURATION, unused -> comment(ours)).perSecond());
            alone.add(ClosedLoop.run(1, DURATION, unused -> ours.create()).p50Micros() / 1e3);
        }
        return new Figure(Figures.median(creates), Figures.median(comments), Figures.median(alone));
    }

    private static void comment(OurContender ours) {
        ours.comment(ThreadLocalRandom.current().nextInt(TICKETS));
    }

    private static long count(Connection connection) throws Exception {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("select coalesce(max(position), 0) from log.event")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Straight into the tables, as bytes of the usual size with the usual ids; nobody reads these. */
    private static void fill(Connection connection, long events) throws Exception {
        var from = System.nanoTime();
        try (var statement = connection.createStatement()) {
            statement.execute("set synchronous_commit = off");
            for (var head = count(connection); head < events; head = count(connection)) {
                statement.execute(
                        """
                        with made as (
                            insert into log.event (
                                position, recorded_at, occurred_at, stream_id, event_id, seq, revision, stream_type,
                                type, payload, metadata
                            )
                            select
                                n, (select max(recorded_at) from log.event where position = %1$d),
                                '2020-01-01'::timestamptz, uuidv7(), uuidv7(), 0, 1, 'ticket', 'TicketCreated',
                                convert_to(rpad('{"filled":"' || md5(n::text) || '"', 450, md5((n * 7)::text)), 'UTF8'),
                                convert_to(rpad('{"filled":"' || md5(n::text) || '"', 250, md5((n * 3)::text)), 'UTF8')
                            from generate_series(%1$d + 1, %2$d) n
                            returning position, recorded_at, event_id
                        )
                        insert into log.receipt (
                            recorded_at, first_position, last_position, principal, key, fingerprint, outcome
                        )
                        select
                            recorded_at, position, position, '00000000-0000-7000-8000-00000000000f', event_id::text,
                            decode(md5(position::text) || md5(event_id::text), 'hex'),
                            convert_to(rpad(event_id::text, 210, md5(position::text)), 'UTF8')
                        from made
                        """
                                .formatted(head, Math.min(events, head + CHUNK)));
            }
            statement.execute("analyze log.event");
            statement.execute("analyze log.receipt");
            statement.execute("checkpoint");
        }
        System.out.printf("filled in %.0f s%n", (System.nanoTime() - from) / 1e9);
    }

    private static void besideSnapshot(OurContender ours, Connection analyst, int minutes) throws Exception {
        analyst.setAutoCommit(false);
        analyst.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        System.out.printf("a snapshot is open at %,d events%n", count(analyst));
        var first = 0.0;
        for (var minute = 1; minute <= minutes; minute++) {
            var creates = ClosedLoop.run(CALLERS, Duration.ofSeconds(25), unused -> ours.create())
                    .perSecond();
            ours.warm();
            var comments = ClosedLoop.run(CALLERS, Duration.ofSeconds(25), unused -> comment(ours))
                    .perSecond();
            var alone = ClosedLoop.run(1, Duration.ofSeconds(5), unused -> ours.create());
            var all = creates + comments;
            if (minute == 1) first = all;
            System.out.printf(
                    "minute %2d: CreateTicket %,.0f/s, AddComment %,.0f/s, one caller p50 %.2f ms; %.2f x the first"
                            + " minute%n",
                    minute, creates, comments, alone.p50Micros() / 1e3, all / first);
        }
        analyst.rollback();
    }
}
