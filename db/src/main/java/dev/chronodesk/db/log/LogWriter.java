package dev.chronodesk.db.log;

import com.zaxxer.hikari.HikariDataSource;
import dev.chronodesk.db.FaultPoints;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends for this node, one call at a time. A caller that finds nobody writing and nothing waiting makes the call
 * itself: two threads handing over to each other would cost it a third of its time. Otherwise a thread of our own does:
 * while it waits for a commit, appends gather, and the next call takes all of them. It survives whatever a batch
 * throws, because every later append depends on it.
 */
final class LogWriter implements AutoCloseable {

    /**
     * What became of an append.
     *
     * @param retried whether an earlier call with it may have been carried out: then a conflict may be with itself
     */
    record Answer(Batch.Fate fate, boolean retried) {}

    /** @param since by the clock of {@link System#nanoTime} */
    private record Pending(Entry entry, CompletableFuture<Answer> answer, long since) {}

    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

    private static final int ATTEMPTS = 4;

    /** The server takes no message beyond 1 GiB, and a big one keeps small ones waiting. */
    private static final long LARGEST_BYTES = 8 << 20;

    /** How long one connection is kept: after a switch of the primary an old one should not stay for ever. */
    private static final long CONNECTION_NANOS = TimeUnit.MINUTES.toNanos(10);

    /** SQLSTATE classes after which nothing of the call is in the log and every other append would fail alike. */
    private static final Set<String> NOTHING_WORKS = Set.of("25", "28", "3D", "42", "53", "55", "58");

    private final DataSource source;
    private final int largestBatch;
    private final Duration patience;
    private final LongConsumer committed;
    private final int capacity;

    /** Nobody waits for anybody here: callers add, the writer takes, and a lock between them would be fought over. */
    private final Queue<Pending> queue = new ConcurrentLinkedQueue<>();

    private final AtomicInteger waiting = new AtomicInteger();

    /** Whoever has it makes the call: the writer's thread, or a caller that is alone. It guards the connection. */
    private final ReentrantLock pen = new ReentrantLock();

    private final Thread thread;
    private final Thread watch;
    private volatile boolean asleep;
    private volatile boolean closing;

    /** What the current call is about, so that it can be given up. */
    private volatile List<Pending> writing = List.of();

    /** Whether the call is made by its caller, who cannot be told anything before it returns. */
    private volatile boolean alone;

    private volatile @Nullable Connection connection;
    private long connectedAt;

    /** @param patience after which a caller is told that the outcome is not known; the append may still be written */
    LogWriter(DataSource source, int capacity, int largestBatch, Duration patience, LongConsumer committed) {
        this.source = source;
        this.largestBatch = largestBatch;
        this.committed = committed;
        this.capacity = capacity;
        this.patience = patience;
        this.thread = Thread.ofPlatform().name("chronodesk-log-writer").daemon().unstarted(this::run);
        this.watch = Thread.ofPlatform().name("chronodesk-log-watch").daemon().unstarted(this::giveUp);
        thread.start();
        watch.start();
    }

    /** Takes an append, or refuses it at once when too many wait. */
    CompletableFuture<Answer> offer(Entry entry) {
        if (closing) throw closing();
        if (waiting.incrementAndGet() > capacity) {
            waiting.decrementAndGet();
            throw new LogUnavailableException("too many appends wait for the log", null);
        }
        var pending = new Pending(entry, new CompletableFuture<>(), System.nanoTime());
        queue.add(pending);
        if (asleep) LockSupport.unpark(thread);
        // close() fails what comes while it drains; this is for what comes after it
        if (closing && !thread.isAlive() && queue.remove(pending)) throw closing();
        return pending.answer();
    }

    /** Takes an append and returns what became of it; in the caller's own thread when it is alone. */
    CompletableFuture<Answer> append(Entry entry) {
        // an interrupted thread breaks the connection that it uses
        if (!asleep || closing || !queue.isEmpty() || Thread.currentThread().isInterrupted() || !pen.tryLock())
            return offer(entry);
        var pending = new Pending(entry, new CompletableFuture<>(), System.nanoTime());
        try {
            if (closing) throw closing();
            writing = List.of(pending);
            alone = true;
            writeOrFail(writing);
        } finally {
            alone = false;
            writing = List.of();
            pen.unlock();
            if (!queue.isEmpty()) LockSupport.unpark(thread);
        }
        return pending.answer();
    }

    private static LogUnavailableException closing() {
        return new LogUnavailableException("the log is closing", null);
    }

    private void run() {
        var batch = new ArrayList<Pending>(largestBatch);
        while (!closing || !queue.isEmpty()) {
            batch.clear();
            pen.lock();
            try {
                take(batch);
                writing = List.copyOf(batch);
                if (!batch.isEmpty()) writeOrFail(batch);
            } finally {
                writing = List.of();
                pen.unlock();
            }
            if (batch.isEmpty()) sleep();
        }
        pen.lock();
        try {
            disconnect();
        } finally {
            pen.unlock();
        }
        LockSupport.unpark(watch);
    }

    private void writeOrFail(List<Pending> batch) {
        try {
            write(batch, false);
        } catch (Throwable anything) {
            // also an Error: this batch's callers learn of it, and the next batch is written
            LOG.error("A batch of {} appends failed", batch.size(), anything);
            fail(batch, anything);
            disconnect();
        }
    }

    private void take(List<Pending> batch) {
        var bytes = 0L;
        while (batch.size() < largestBatch && bytes < LARGEST_BYTES) {
            var next = queue.poll();
            if (next == null) return;
            waiting.decrementAndGet();
            // whoever was told already that it is not known does not have it written any more
            if (next.answer().isDone()) continue;
            batch.add(next);
            bytes += next.entry().bytes();
        }
    }

    /** Until somebody adds something. Looked at again after saying so, or an append could wait for the next one. */
    private void sleep() {
        asleep = true;
        if (queue.isEmpty() && !closing) LockSupport.parkNanos(this, TimeUnit.SECONDS.toNanos(1));
        asleep = false;
    }

    /** Callers wait without a time-out of their own, which would cost each of them more than the wait. */
    private void giveUp() {
        while (thread.isAlive()) {
            LockSupport.parkNanos(this, Math.min(TimeUnit.SECONDS.toNanos(1), patience.toNanos() / 4));
            var latest = System.nanoTime() - patience.toNanos();
            var stuck = false;
            for (var pending : writing) stuck |= giveUp(pending, latest);
            for (var pending : queue) giveUp(pending, latest);
            // a caller that writes itself hears of it when its connection breaks
            if (stuck && alone) breakOff();
        }
    }

    private static boolean giveUp(Pending pending, long latest) {
        return pending.since() - latest < 0
                && pending.answer()
                        .completeExceptionally(new LogUnavailableException(
                                "the append takes too long; its outcome is not known yet", null));
    }

    private void breakOff() {
        var open = connection;
        if (open == null) return;
        try {
            open.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debug("A connection that hangs could not be broken off", e);
        }
    }

    private static void fail(List<Pending> batch, Throwable cause) {
        for (var pending : batch)
            pending.answer().completeExceptionally(new LogUnavailableException("the append failed", cause));
    }

    /** {@code sentBefore}: whether an earlier call with these appends may have been carried out. */
    private void write(List<Pending> pendings, boolean sentBefore) {
        var batch = new Batch(pendings.stream().map(Pending::entry).toList());
        var retried = sentBefore;
        for (var attempt = 1; ; attempt++) {
            try {
                FaultPoints.reached(FaultPoints.APPEND_SENDING);
                var result = batch.append(connected());
                FaultPoints.reached(FaultPoints.APPEND_COMMITTED);
                for (var i = 0; i < pendings.size(); i++)
                    pendings.get(i).answer().complete(new Answer(result.fates().get(i), retried));
                committed.accept(result.head());
                return;
            } catch (SQLException e) {
                if (unknown(e)) {
                    // Sent again it tells: what is in the log already is left out, and found to be its own.
                    retried = true;
                    disconnect();
                    if (attempt < ATTEMPTS && wanted(pendings) && pause(attempt)) continue;
                }
                if (unknown(e) || pendings.size() == 1 || nothingWorks(e)) {
                    LOG.warn("{} appends failed, or their outcome is not known: {}", pendings.size(), e.getMessage());
                    fail(pendings, e);
                    return;
                }
                // the database refuses one of them: the others must not fail with it
                for (var pending : pendings) write(List.of(pending), retried);
                return;
            }
        }
    }

    /** Whether somebody still waits for one of them. */
    private static boolean wanted(List<Pending> pendings) {
        return pendings.stream().anyMatch(pending -> !pending.answer().isDone());
    }

    /** Whether the call may have been carried out although it failed here. */
    private static boolean unknown(SQLException e) {
        var state = e.getSQLState();
        return state == null || state.startsWith("08") || state.startsWith("57P") || state.startsWith("XX");
    }

    private static boolean nothingWorks(SQLException e) {
        var state = e.getSQLState();
        return state != null && NOTHING_WORKS.contains(state.substring(0, 2));
    }

    private static boolean pause(int attempt) {
        try {
            Thread.sleep(25L << attempt);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Connection connected() throws SQLException {
        var open = connection;
        if (open != null && System.nanoTime() - connectedAt < CONNECTION_NANOS) return open;
        if (open != null) {
            connection = null;
            open.close();
        }
        var fresh = source.getConnection();
        connection = fresh;
        connectedAt = System.nanoTime();
        return fresh;
    }

    /** Nobody may use a connection again that broke in the middle of something. */
    private void disconnect() {
        var broken = connection;
        connection = null;
        if (broken == null) return;
        try (broken) {
            if (source.isWrapperFor(HikariDataSource.class))
                source.unwrap(HikariDataSource.class).evictConnection(broken);
            else broken.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debug("A broken connection could not be closed", e);
        }
    }

    /** Refuses new appends, writes those that wait, and returns when the last one is durable. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        var interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        for (var late = queue.poll(); late != null; late = queue.poll())
            late.answer().completeExceptionally(closing());
        if (interrupted) Thread.currentThread().interrupt();
    }
}
