package dev.chronodesk.query.fold;

import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.Lease;
import dev.chronodesk.db.log.Signals;
import dev.chronodesk.db.port.LiveTables;
import dev.chronodesk.query.fold.Generation.Standing;
import dev.chronodesk.query.fold.Generation.Stopped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log and keeps the live read tables. One node at a time folds; the others watch and take over. What cannot
 * be folded stops it loudly: nothing is skipped, and the log goes on taking commands.
 */
public final class FoldRunner implements LiveTables, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FoldRunner.class);
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

    /** How often a long build says how far it is. */
    private static final Duration REPORT = Duration.ofSeconds(10);

    /** How often waiters look without a hint for what another node has folded. */
    private static final Duration LOOK = Duration.ofMillis(25);

    /** The same while other nodes give hints: only for hints that are lost. */
    private static final Duration LOOK_BESIDE_HINTS = Duration.ofMillis(200);

    private final DataSource fold;
    private final EventLog log;
    private final ReadModel model;
    private final int batchSize;
    private final Generation live;
    private final @Nullable Signals signals;
    private final Duration look;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private volatile long position;
    private volatile boolean following;
    private volatile boolean closed;
    private volatile FoldStatus.@Nullable Failure failure;
    private volatile FoldStatus.@Nullable Building building;
    private long lookedAt = System.nanoTime() - LOOK_BESIDE_HINTS.toNanos();
    private @Nullable Thread thread;

    /** Without other nodes that give hints. */
    public FoldRunner(DataSource fold, EventLog log, ReadModel model, int batchSize) {
        this(fold, log, model, batchSize, null);
    }

    /** @param signals by which nodes tell each other that the tables have moved */
    public FoldRunner(DataSource fold, EventLog log, ReadModel model, int batchSize, @Nullable Signals signals) {
        this.fold = fold;
        this.log = log;
        this.model = model;
        this.batchSize = batchSize;
        this.live = new Generation(Generation.LIVE, model, log);
        this.signals = signals;
        this.look = signals == null ? LOOK : LOOK_BESIDE_HINTS;
    }

    /** Makes the read tables if there are none, so that readers find them, and begins to follow. */
    public void start() {
        if (thread != null) throw new IllegalStateException("started already");
        try (var connection = fold.getConnection()) {
            var taken = Following.take(fold, connection);
            // whoever comes second finds them made
            if (taken.isPresent()) {
                try (var lease = taken.orElseThrow()) {
                    if (live.standing(connection).isEmpty()) live.create(connection, lease);
                }
            }
            look(connection);
        } catch (SQLException e) {
            LOG.warn("The read tables cannot be looked at yet", e);
        }
        if (signals != null) signals.on(Signals.Subject.LIVE, this::hinted);
        thread = Thread.ofPlatform().name("fold").daemon(true).start(this::run);
    }

    public boolean isRunning() {
        return thread != null && !closed;
    }

    /** Stops after the batch that is being folded. */
    @Override
    public void close() {
        closed = true;
        var running = thread;
        if (running == null) return;
        running.interrupt();
        try {
            running.join(Duration.ofSeconds(30));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How far the tables are and what stops them. */
    public FoldStatus status() {
        return new FoldStatus(position, log.head().position(), following, failure, building);
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public boolean await(long wanted, Duration patience) throws InterruptedException {
        var until = System.nanoTime() + patience.toNanos();
        while (position < wanted) {
            var left = until - System.nanoTime();
            if (left <= 0) return false;
            if (!following) lookNow();
            lock.lockInterruptibly();
            try {
                // another node's progress is looked for, our own is told
                if (position < wanted) moved.awaitNanos(following ? left : Math.min(left, look.toNanos()));
            } finally {
                lock.unlock();
            }
        }
        return true;
    }

    private void at(long reached) {
        lock.lock();
        try {
            position = reached;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Another node says that the tables have moved: whoever waits looks now. */
    private void hinted() {
        lock.lock();
        try {
            lookedAt = System.nanoTime() - look.toNanos();
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Looks where another node has the tables; many waiters look once. */
    private void lookNow() {
        if (!lock.tryLock()) return;
        try {
            if (System.nanoTime() - lookedAt < look.toNanos()) return;
            lookedAt = System.nanoTime();
            try (var connection = fold.getConnection()) {
                look(connection);
            } catch (SQLException e) {
                LOG.debug("The read tables cannot be looked at", e);
            }
        } finally {
            lock.unlock();
        }
    }

    private void look(Connection connection) throws SQLException {
        var standing = live.standing(connection);
        if (standing.isPresent()) at(standing.orElseThrow().position());
    }

    private void run() {
        while (!closed) {
            var pause = PAUSE;
            try (var connection = fold.getConnection()) {
                var taken = Following.take(fold, connection);
                if (taken.isPresent()) {
                    try (var lease = taken.orElseThrow()) {
                        follow(connection, lease);
                    } finally {
                        following = false;
                    }
                } else {
                    watch(connection);
                }
            } catch (Stopped e) {
                at(e.position() - 1);
                fail(e.position(), e.reason(), e);
                pause = AFTER_FAILURE;
            } catch (FoldException e) {
                fail(position, String.valueOf(e.getMessage()), e);
                pause = AFTER_FAILURE;
            } catch (InterruptedException e) {
                if (closed) return;
            } catch (SQLException e) {
                if (closed) return;
                if (Generation.isPassing(e)) {
                    LOG.warn("Folding is interrupted and will be tried again", e);
                } else {
                    fail(position, String.valueOf(e.getMessage()), e);
                    pause = AFTER_FAILURE;
                }
            } catch (RuntimeException e) {
                if (closed) return;
                LOG.warn("Folding is interrupted and will be tried again", e);
            }
            pause(pause);
        }
    }

    private void pause(Duration pause) {
        if (closed) return;
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            LOG.debug("woken to stop");
        }
    }

    private void fail(long at, String reason, Exception e) {
        var before = failure;
        var now = new FoldStatus.Failure(at, reason);
        failure = now;
        if (!now.equals(before))
            LOG.error(
                    "Folding stops at position {}: {}. Read tables stay as they are until this is mended.",
                    at,
                    reason,
                    e);
    }

    /** What stopped the fold is over when it got past it, or to the end. */
    private void mended(long reached) {
        var before = failure;
        if (before == null || (reached != position && reached < before.position())) return;
        LOG.info("Folding goes on at position {}", reached);
        failure = null;
    }

    private void follow(Connection connection, Lease lease) throws SQLException, Stopped, InterruptedException {
        var standing = live.standing(connection);
        if (standing.isEmpty()) live.create(connection, lease);
        else usable(connection, lease, standing.orElseThrow());
        var from = live.standing(connection).orElseThrow();
        following = true;
        at(from.position());
        while (!closed) {
            var reached = live.advance(connection, lease, position, batchSize);
            mended(reached);
            if (reached != position) {
                at(reached);
                if (signals != null) signals.tell(Signals.Subject.LIVE);
            } else if (!log.awaitAfter(position, IDLE) && !connection.isValid(5))
                throw new SQLException("the session that follows was ended", "08006");
            if (lease.isLost()) throw new SQLException("another node follows, or the log is another one", "40001");
        }
    }

    /** Tables of another version, or of another log, are built anew; nothing is followed blindly. */
    private void usable(Connection connection, Lease lease, Standing standing)
            throws SQLException, Stopped, InterruptedException {
        // what is known of the log's length may be of its last incarnation
        log.incarnation();
        if (!live.isOfThisModel(standing)) {
            // what was begun and not finished is of this version too: it goes on where it stands
            rebuilt(connection, lease, "of another version", Build.Begun.GOES_ON);
        } else if (!live.isOfThisHistory(standing)) {
            rebuilt(
                    connection,
                    lease,
                    "of another history: the log has another event at position " + standing.position() + ", or none",
                    Build.Begun.IS_DROPPED);
        } else if (!live.isOfThisIncarnation(connection, standing)) {
            LOG.info("The log is another incarnation, with the same events up to position {}", standing.position());
            live.adopt(connection, lease);
        }
    }

    private void rebuilt(Connection connection, Lease lease, String why, Build.Begun begun)
            throws SQLException, Stopped, InterruptedException {
        LOG.warn("The read tables are {}: building new ones. Those that are there are read meanwhile", why);
        var meter = new BuildMeter();
        try {
            new Rebuild(fold, log, model, batchSize).beside(connection, lease, begun, meter);
        } finally {
            building = null;
        }
        LOG.info("The read tables are built anew");
    }

    /** Shows in the status and, now and then, in the log how far a build is. */
    private final class BuildMeter implements Rebuild.Progress {

        private final long began = System.nanoTime();
        private long first = -1;
        private long reported = began;

        @Override
        public void at(long reached, long head) {
            var now = System.nanoTime();
            if (first < 0) first = reached;
            var seconds = (now - began) / 1e9;
            var rate = seconds > 0 ? Math.round((reached - first) / seconds) : 0;
            building = new FoldStatus.Building(reached, head, rate);
            if (now - reported < REPORT.toNanos()) return;
            reported = now;
            LOG.info("Building read tables: position {} of {}, {} events/s", reached, head, rate);
        }
    }

    /** Another node follows; this one knows where, and takes over when it may. */
    private void watch(Connection connection) throws SQLException {
        failure = null;
        look(connection);
    }
}
