package dev.chronodesk.bench;

import dev.chronodesk.db.log.Append;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.NewEvent;
import dev.chronodesk.events.Metadata;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.codec.EncodedEvent;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketId;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.postgresql.PGConnection;

/**
 * Many events at once: an import through the log beside COPY of the same bytes into a table with the same columns and
 * keys, and reading the log from its beginning with decoding beside a plain loop over the same rows. In turns, medians.
 */
final class BulkAndTail {

    private static final int EVENTS_OF_AN_APPEND = 500;
    private static final int IMPORTERS = 3;
    private static final int PAGE = 10_000;

    private final Server server;
    private final EventLog log;
    private final int events;
    private final List<ProfileId> people;

    private BulkAndTail(Server server, EventLog log, int events, List<ProfileId> people) {
        this.server = server;
        this.log = log;
        this.events = events;
        this.people = people;
    }

    /** @param arguments events of each measurement (200,000) and how many of each (5) */
    public static void main(String[] arguments) throws Exception {
        var events = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200_000;
        var repetitions = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        try (var server = new Server();
                var ours = new OurContender(server)) {
            new BulkAndTail(server, ours.log(), events, ours.people(1_000)).run(repetitions);
        }
    }

    private void run(int repetitions) throws Exception {
        System.out.printf(
                "PostgreSQL %s, fsync on, %d processors, %d x %,d events, medians%n",
                server.version(), Runtime.getRuntime().availableProcessors(), repetitions, events);
        var imported = new ArrayList<Double>();
        var copied = new ArrayList<Double>();
        var read = new ArrayList<Double>();
        var readCpu = new ArrayList<Double>();
        var selected = new ArrayList<Double>();
        var selectedCpu = new ArrayList<Double>();
        try (var connection = plain()) {
            for (var i = -1; i < repetitions; i++) {
                var from = log.head().position();
                var importing = seconds(this::importAll);
                var bytes = copyBytes(from);
                var copying = seconds(() -> copy(connection, bytes));
                var cpu = cpuSeconds();
                var reading = seconds(() -> tail(from));
                var readingCpu = cpuSeconds() - cpu;
                cpu = cpuSeconds();
                var selecting = seconds(() -> select(connection, from));
                var selectingCpu = cpuSeconds() - cpu;
                // the first turn warms up
                if (i < 0) continue;
                imported.add(events / importing);
                copied.add(events / copying);
                read.add(events / reading);
                readCpu.add(events / readingCpu);
                selected.add(events / selecting);
                selectedCpu.add(events / selectingCpu);
            }
        }
        print("import through the log, encoding in it", imported);
        print("COPY of the same bytes, encoded before", copied);
        System.out.printf("  = %.2f x%n", Figures.median(imported) / Figures.median(copied));
        print("tail read with decoding, one thread", read);
        print("  for each second of this process's time", readCpu);
        print("plain SELECT loop, one thread", selected);
        print("  for each second of this process's time", selectedCpu);
        System.out.printf("  = %.2f x%n", Figures.median(read) / Figures.median(selected));
    }

    private static void print(String what, List<Double> rates) {
        System.out.printf("%-48s %,12.0f events/s%n", what, Figures.median(rates));
    }

    private static double seconds(Callable<?> work) throws Exception {
        var from = System.nanoTime();
        work.call();
        return (System.nanoTime() - from) / 1e9;
    }

    /** Of this process, all threads; the server's own is not in it. */
    private static double cpuSeconds() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime()
                / 1e9;
    }

    private Void importAll() throws Exception {
        try (var threads = Executors.newFixedThreadPool(IMPORTERS)) {
            var appends = new ArrayList<Callable<Object>>();
            for (var done = 0; done < events; done += EVENTS_OF_AN_APPEND)
                appends.add(() -> log.append(new Append(batch(), null)));
            for (var append : threads.invokeAll(appends)) append.get();
        }
        return null;
    }

    private List<NewEvent> batch() {
        var batch = new ArrayList<NewEvent>(EVENTS_OF_AN_APPEND);
        for (var i = 0; i < EVENTS_OF_AN_APPEND; i++) {
            var random = ThreadLocalRandom.current();
            var requester = people.get(random.nextInt(people.size()));
            var event = new TicketCreated(
                    new TicketId(id()),
                    requester,
                    Personal.of(Texts.SUBJECT),
                    Personal.of(Texts.DESCRIPTION),
                    Priority.NORMAL,
                    null,
                    List.of(),
                    null);
            var metadata = new Metadata(
                    requester.value(), Role.CUSTOMER, requester.value(), true, "CreateTicket", id().toString(), null);
            batch.add(new NewEvent(0, id(), Instant.EPOCH, event, metadata));
        }
        return batch;
    }

    private static UUID id() {
        return Uuids.v7(Instant.now(), ThreadLocalRandom.current());
    }

    private Connection plain() throws Exception {
        var pool = server.pool(server.create("bulk"), 1);
        var connection = pool.getConnection();
        try (var statement = connection.createStatement()) {
            statement.execute(
                    """
                    create table event (
                        position bigint not null, recorded_at timestamptz not null, occurred_at timestamptz not null,
                        stream_id uuid not null, event_id uuid not null, seq integer not null,
                        revision smallint not null, stream_type text not null, type text not null,
                        payload bytea not null, metadata bytea not null,
                        constraint event_pk primary key (position),
                        constraint event_stream_seq_key unique (stream_id, seq)
                    )
                    """);
        }
        return connection;
    }

    /** The rows that were imported last, in the format of COPY. */
    private byte[] copyBytes(long from) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.write("PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1));
        out.writeInt(0);
        out.writeInt(0);
        for (var position = from; ; ) {
            var page = log.storedAfter(position, PAGE);
            if (page.isEmpty()) break;
            for (var stored : page) {
                out.writeShort(11);
                out.writeInt(8);
                out.writeLong(stored.position());
                out.writeInt(8);
                out.writeLong(0);
                out.writeInt(8);
                out.writeLong(0);
                uuid(out, stored.streamId());
                uuid(out, stored.eventId());
                out.writeInt(4);
                out.writeInt(stored.seq());
                out.writeInt(2);
                out.writeShort(stored.revision());
                field(out, stored.streamType().getBytes(StandardCharsets.UTF_8));
                var encoded = new EncodedEvent(stored.type(), stored.revision(), stored.payload());
                field(out, encoded.type().getBytes(StandardCharsets.UTF_8));
                field(out, encoded.payload());
                field(out, stored.metadata());
            }
            position = page.getLast().position();
        }
        out.writeShort(-1);
        return bytes.toByteArray();
    }

    private static void uuid(DataOutputStream out, UUID id) throws IOException {
        out.writeInt(16);
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
    }

    private static void field(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static Void copy(Connection connection, byte[] bytes) throws Exception {
        var copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("copy event from stdin binary");
        copy.writeToCopy(bytes, 0, bytes.length);
        copy.endCopy();
        return null;
    }

    private Void tail(long from) {
        var count = 0;
        for (var position = from; ; ) {
            var page = log.after(position, PAGE);
            if (page.isEmpty()) break;
            count += page.size();
            position = page.getLast().position();
        }
        if (count < events) throw new IllegalStateException("only " + count + " events");
        return null;
    }

    private Void select(Connection connection, long from) throws Exception {
        var count = 0;
        try (var select = connection.prepareStatement(
                """
                select position, stream_id, seq, stream_type, type, revision, event_id, recorded_at, occurred_at,
                    payload, metadata
                from event where position > ? order by position limit ?
                """)) {
            for (var position = from; ; ) {
                select.setLong(1, position);
                select.setInt(2, PAGE);
                var before = count;
                try (var rows = select.executeQuery()) {
                    while (rows.next()) {
                        position = rows.getLong(1);
                        rows.getObject(2, UUID.class);
                        rows.getInt(3);
                        rows.getString(4);
                        rows.getString(5);
                        rows.getInt(6);
                        rows.getObject(7, UUID.class);
                        rows.getTimestamp(8);
                        rows.getTimestamp(9);
                        rows.getBytes(10);
                        rows.getBytes(11);
                        count++;
                    }
                }
                if (count == before) break;
            }
        }
        if (count < events) throw new IllegalStateException("only " + count + " rows");
        return null;
    }
}
