package dev.chronodesk.db.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.TestDatabase;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many callers on two nodes, on streams that they compete for, while connections are killed: what was acknowledged is
 * in the log once, what was refused is not, and the order has no hole. Takes its seed back as {@code -Dseed=…}.
 */
@Timeout(180)
class ConcurrentAppendsSpec {

    private static final int CALLERS = 64;
    private static final int APPENDS = 25;
    private static final int STREAMS = 24;

    private record Acknowledged(UUID stream, List<UUID> eventIds, Appended appended) {}

    @Test
    void nothing_is_lost_doubled_or_reordered() throws Exception {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("ConcurrentAppendsSpec -Dseed=" + seed);
        try (var database = TestDatabase.create();
                var first = new PostgresEventLog(database.database().write(), database.codec());
                var second = new PostgresEventLog(database.database().write(), database.codec(), 1000, 7)) {
            var acknowledged = new ConcurrentLinkedQueue<Acknowledged>();
            var refused = ConcurrentHashMap.<UUID>newKeySet();
            var conflicts = new AtomicInteger();
            var streams = new ArrayList<UUID>();
            for (var i = 0; i < STREAMS; i++) streams.add(Samples.id());
            var running = new AtomicBoolean(true);
            var killer = Thread.ofVirtual().start(() -> kill(database, new Random(seed), running));

            EventLogContract.parallel(CALLERS, number -> {
                var random = new Random(seed + number);
                var log = number % 2 == 0 ? first : second;
                for (var i = 0; i < APPENDS; i++)
                    append(log, streams.get(random.nextInt(STREAMS)), random, acknowledged, refused, conflicts);
                return number;
            });
            running.set(false);
            killer.join();

            System.out.println(acknowledged.size() + " acknowledged, " + conflicts + " conflicts");
            assertThat(acknowledged).hasSizeGreaterThan(CALLERS * APPENDS / 2);
            assertThat(conflicts).hasPositiveValue();
            verify(database, acknowledged, refused);
        }
    }

    /** Appends at the version that is there now, as often as it takes; a lost outcome is found by the same key. */
    private static void append(
            EventLog log,
            UUID stream,
            Random random,
            ConcurrentLinkedQueue<Acknowledged> acknowledged,
            java.util.Set<UUID> refused,
            AtomicInteger conflicts) {
        var count = 1 + random.nextInt(3);
        var receipt = Samples.receipt(new UUID(1, random.nextInt(50)), "key " + Samples.id());
        for (var attempt = 0; attempt < 30; attempt++) {
            var append = Samples.append(stream, version(log, stream), count, receipt);
            var ids = append.events().stream().map(NewEvent::eventId).toList();
            try {
                acknowledged.add(new Acknowledged(stream, ids, log.append(append)));
                return;
            } catch (AppendConflictException e) {
                conflicts.incrementAndGet();
                refused.addAll(ids);
            } catch (ReceiptExistsException e) {
                // an earlier attempt whose outcome was not known
                return;
            } catch (LogUnavailableException e) {
                // unknown: this attempt's events may be there or not, the key tells with the next attempt
            }
        }
    }

    private static int version(EventLog log, UUID stream) {
        while (true) {
            try {
                return log.version(stream);
            } catch (LogUnavailableException e) {
                Thread.onSpinWait();
            }
        }
    }

    private static void kill(TestDatabase database, Random random, AtomicBoolean running) {
        while (running.get()) {
            try (var connection = database.superuser();
                    var statement = connection.createStatement()) {
                Thread.sleep(random.nextInt(150));
                statement.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname ="
                        + " current_database() and usename = 'chronodesk_write' and random() < 0.3");
            } catch (SQLException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void verify(
            TestDatabase database, Iterable<Acknowledged> acknowledged, java.util.Set<UUID> refused) {
        var events = database.log().storedAfter(0, Integer.MAX_VALUE);
        var versions = new HashMap<UUID, Integer>();
        var ids = new HashSet<UUID>();
        var before = Instant.EPOCH;
        Map<Long, StoredEvent> byPosition = new HashMap<>();
        for (var event : events) {
            assertThat(event.position()).isEqualTo(byPosition.size() + 1L);
            assertThat(event.seq()).isEqualTo(versions.getOrDefault(event.streamId(), 0));
            assertThat(event.recordedAt()).isAfterOrEqualTo(before);
            assertThat(ids.add(event.eventId())).as("%s once", event.eventId()).isTrue();
            byPosition.put(event.position(), event);
            versions.put(event.streamId(), event.seq() + 1);
            before = event.recordedAt();
        }
        for (var known : acknowledged)
            for (var i = 0; i < known.eventIds().size(); i++) {
                var stored = byPosition.get(known.appended().firstPosition() + i);
                assertThat(stored.eventId()).isEqualTo(known.eventIds().get(i));
                assertThat(stored.streamId()).isEqualTo(known.stream());
            }
        assertThat(ids).doesNotContainAnyElementsOf(refused);
    }
}
