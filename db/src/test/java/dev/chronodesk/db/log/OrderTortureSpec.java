package dev.chronodesk.db.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.Database;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.events.codec.EventCodec;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * 64 writers on three nodes, with conflicts, keys that are taken and sessions that are ended in the middle, while
 * readers follow: nobody skips an event, sees one twice, or sees two in another order. For long runs
 * {@code -Dtorture.seconds=600}.
 */
class OrderTortureSpec {

    private static final int WRITERS = 64;
    private static final int READERS = 4;
    private static final int STREAMS = 40;
    private static final int SECONDS = Integer.getInteger("torture.seconds", 5);

    /** A key that everybody uses: all but the first append with it are refused. */
    private static final String TAKEN = "taken";

    private record Seen(long position, UUID eventId) {}

    @Test
    @Timeout(3600)
    void readers_skip_nothing_double_nothing_and_reorder_nothing() throws Exception {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("OrderTortureSpec -Dseed=" + seed + " -Dtorture.seconds=" + SECONDS);
        try (var database = TestDatabase.create();
                var one = database.node();
                var two = database.node();
                var three = database.node();
                var first = log(one);
                var second = log(two);
                var third = log(three);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var logs = List.of(first, second, third);
            var streams = new ArrayList<UUID>();
            for (var i = 0; i < STREAMS; i++) streams.add(Samples.id());
            var acknowledged = ConcurrentHashMap.<UUID>newKeySet();
            var refused = ConcurrentHashMap.<UUID>newKeySet();
            var conflicts = new AtomicInteger();
            var unknown = new AtomicInteger();
            var writing = new AtomicBoolean(true);
            var over = new AtomicBoolean();

            var readers = new ArrayList<Future<List<Seen>>>();
            for (var i = 0; i < READERS; i++) {
                var random = new Random(seed - i);
                var log = logs.get(i % logs.size());
                readers.add(threads.submit(() -> follow(log, random, over)));
            }
            var writers = new ArrayList<Future<?>>();
            for (var i = 0; i < WRITERS; i++) {
                var random = new Random(seed + i);
                var log = logs.get(i % logs.size());
                writers.add(threads.submit((Callable<Void>) () -> {
                    while (writing.get())
                        write(
                                log,
                                streams.get(random.nextInt(STREAMS)),
                                random,
                                acknowledged,
                                refused,
                                conflicts,
                                unknown);
                    return null;
                }));
            }
            var random = new Random(~seed);
            var until = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
            while (System.nanoTime() < until) {
                Thread.sleep(random.nextInt(300));
                endSessions(database);
            }
            writing.set(false);
            try {
                for (var writer : writers) writer.get();
            } finally {
                over.set(true);
            }

            var stored = database.log().storedAfter(0, Integer.MAX_VALUE);
            var expected = stored.stream()
                    .map(event -> new Seen(event.position(), event.eventId()))
                    .toList();
            System.out.printf(
                    "%,d events, %,d appends acknowledged, %,d conflicts, %,d refused, %,d unknown%n",
                    stored.size(), acknowledged.size(), conflicts.get(), refused.size(), unknown.get());
            for (var reader : readers) assertThat(reader.get()).isEqualTo(expected);
            var versions = new HashMap<UUID, Integer>();
            for (var i = 0; i < stored.size(); i++) {
                assertThat(stored.get(i).position()).isEqualTo(i + 1L);
                assertThat(stored.get(i).seq())
                        .isEqualTo(versions.merge(stored.get(i).streamId(), 1, Integer::sum) - 1);
            }
            // as sets: compared one by one, hundreds of thousands would take hours
            var ids = stored.stream().map(StoredEvent::eventId).collect(Collectors.toSet());
            assertThat(ids).hasSameSizeAs(stored);
            var lost = new HashSet<>(acknowledged);
            lost.removeAll(ids);
            assertThat(lost).as("acknowledged and not there").isEmpty();
            var wrong = new HashSet<>(refused);
            wrong.retainAll(ids);
            assertThat(wrong).as("refused and there").isEmpty();
            assertThat(acknowledged).isNotEmpty();
            assertThat(conflicts).hasPositiveValue();
            assertThat(refused).isNotEmpty();
        }
    }

    private static PostgresEventLog log(Database node) {
        return new PostgresEventLog(node.write(), new EventCodec(), node.incarnation(), node.signals());
    }

    private static void write(
            EventLog log,
            UUID stream,
            Random random,
            java.util.Set<UUID> acknowledged,
            java.util.Set<UUID> refused,
            AtomicInteger conflicts,
            AtomicInteger unknown) {
        try {
            var bad = random.nextInt(50) == 0;
            var receipt = Samples.receipt(new UUID(1, 1), bad ? TAKEN : "key " + Samples.id());
            var append = Samples.append(stream, log.version(stream), 1 + random.nextInt(4), receipt);
            var ids = append.events().stream().map(NewEvent::eventId).toList();
            try {
                log.append(append);
                acknowledged.addAll(ids);
            } catch (AppendConflictException e) {
                conflicts.incrementAndGet();
                refused.addAll(ids);
            } catch (ReceiptExistsException e) {
                refused.addAll(ids);
            }
        } catch (LogUnavailableException e) {
            unknown.incrementAndGet();
        }
    }

    /** Everything from the beginning until nothing more comes, as a follower reads it. */
    private static List<Seen> follow(EventLog log, Random random, AtomicBoolean over) throws InterruptedException {
        var seen = new ArrayList<Seen>();
        var position = 0L;
        while (true) {
            var last = over.get();
            try {
                log.awaitAfter(position, Duration.ofMillis(random.nextInt(50)));
                var batch = log.storedAfter(position, 1 + random.nextInt(500));
                for (var event : batch) seen.add(new Seen(event.position(), event.eventId()));
                if (!batch.isEmpty()) position = batch.getLast().position();
                else if (last) return seen;
            } catch (LogUnavailableException e) {
                Thread.sleep(1);
            }
        }
    }

    private static void endSessions(TestDatabase database) throws SQLException {
        try (var connection = database.superuser();
                var statement = connection.createStatement()) {
            statement.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname ="
                    + " current_database() and usename = 'chronodesk_write' and random() < 0.3");
        }
    }
}
