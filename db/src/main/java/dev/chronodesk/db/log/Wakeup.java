package dev.chronodesk.db.log;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells followers that the log has grown. Appends of this node say so at once; for those of other nodes one of the
 * waiting followers asks the database from time to time, for all of them.
 */
final class Wakeup {

    private static final Logger LOG = LoggerFactory.getLogger(Wakeup.class);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final LongSupplier head;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();
    private long reached;
    private @Nullable UUID of;
    private long askAt;
    private boolean closed;

    Wakeup(LongSupplier head) {
        this.head = head;
        this.askAt = System.nanoTime();
    }

    void reached(long position) {
        lock.lock();
        try {
            if (position <= reached) return;
            reached = position;
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Another node hints that the log has grown: whoever waits asks now. */
    void look() {
        lock.lock();
        try {
            askAt = System.nanoTime();
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A log of another incarnation may be shorter than what was reached. */
    void of(UUID incarnation) {
        lock.lock();
        try {
            if (incarnation.equals(of)) return;
            if (of != null) reached = 0;
            of = incarnation;
            askAt = System.nanoTime();
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean awaitAfter(long position, Duration patience) throws InterruptedException {
        var until = System.nanoTime() + patience.toNanos();
        while (true) {
            lock.lockInterruptibly();
            try {
                while (true) {
                    if (reached > position) return true;
                    var now = System.nanoTime();
                    if (now - askAt >= 0) break;
                    if (now - until >= 0 || closed) return false;
                    grown.awaitNanos(Math.min(askAt - now, until - now));
                }
                askAt = System.nanoTime() + POLL_NANOS;
            } finally {
                lock.unlock();
            }
            ask();
        }
    }

    /** Outside the lock, so that an append never waits for it. */
    private void ask() {
        try {
            reached(head.getAsLong());
        } catch (LogUnavailableException e) {
            LOG.debug("The head of the log cannot be read now", e);
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
