package dev.chronodesk.query.fold;

import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.Lease;
import dev.chronodesk.db.log.Signals;
import dev.chronodesk.query.fold.Generation.Standing;
import dev.chronodesk.query.fold.Generation.Stopped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
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
public final class FoldRunner implements LiveViews, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FoldRunner.class);
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

    /** How often a node says that it lives, and how often it looks for tables that nobody needs. */
    static final Duration TOUCH = Duration.ofSeconds(5);

    private static final Duration TIDY = Duration.ofSeconds(20);

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
    private final String version;
    private final Generation live;
    private final Duration kept;
    private final @Nullable Signals signals;
    private final Duration look;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private volatile long position;
    private volatile String views;
    private volatile boolean following;
    private volatile boolean closed;
    private volatile FoldStatus.@Nullable Failure failure;
    private volatile FoldStatus.@Nullable Building building;
    private long lookedAt = System.nanoTime() - LOOK_BESIDE_HINTS.toNanos();
    private @Nullable Thread thread;

    /** When this node was started, by the database's clock; null before, and when there is nothing more to offer. */
    private volatile @Nullable Instant offering;

    /** When this node last said that it lives, and looked after other versions. */
    private long touched = System.nanoTime() - TOUCH.toNanos();

    private long tidied = System.nanoTime();

    /** Without other nodes that give hints. */
    public FoldRunner(DataSource fold, EventLog log, ReadModel model, int batchSize) {
        this(fold, log, model, batchSize, null);
    }

    /** @param signals by which nodes tell each other that the tables have moved */
    public FoldRunner(DataSource fold, EventLog log, ReadModel model, int batchSize, @Nullable Signals signals) {
        this(fold, log, model, batchSize, Duration.ofHours(1), signals);
    }

    /** @param kept how long tables of another version stay after the last node of it */
    public FoldRunner(
            DataSource fold, EventLog log, ReadModel model, int batchSize, Duration kept, @Nullable Signals signals) {
        this.fold = fold;
        this.log = log;
        this.model = model;
        this.batchSize = batchSize;
        this.kept = kept;
        this.version = model.version();
        this.views = model.views();
        this.live = new Generation(Generation.names(version), model, log);
        this.signals = signals;
        this.look = signals == null ? LOOK : LOOK_BESIDE_HINTS;
    }

    /** Makes the read tables if there are none of any version, so that readers find them, and begins to follow. */
    public void start() {
        if (thread != null) throw new IllegalStateException("started already");
        try (var connection = fold.getConnection()) {
            offering = Generation.now(connection);
            var taken = Following.take(fold, connection, version);
            // whoever comes second finds them made
            if (taken.isPresent()) {
                try (var lease = taken.orElseThrow()) {
                    if (live.standing(connection).isEmpty()
                            && Generation.offeredVersion(connection).isEmpty()) first(connection, lease);
                }
            }
            look(connection);
        } catch (SQLException e) {
            LOG.warn("The read tables cannot be looked at yet", e);
        }
        if (signals != null) signals.on(Signals.Subject.LIVE, this::hinted);
        thread = Thread.ofPlatform().name("fold").daemon(true).start(this::run);
    }

    /** Empty tables before the first event: nothing was there before. */
    private void first(Connection connection, Lease lease) throws SQLException {
        live.create(connection, lease);
        offer(connection);
    }

    /** Once after its start a node makes its version the one that is read in SQL, unless one came after it. */
    private void offer(Connection connection) throws SQLException {
        var begun = offering;
        if (begun == null) return;
        if (live.offer(connection, begun)) offering = null;
    }

    @Override
    public String views() {
        return views;
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

    /** Where what this node shows stands: its own tables, or what another version offers until there are some. */
    private void look(Connection connection) throws SQLException {
        var standing = live.standing(connection);
        if (standing.isPresent()) {
            views = model.views();
            at(standing.orElseThrow().position());
        } else {
            lookElsewhere(connection);
        }
    }

    private void lookElsewhere(Connection connection) throws SQLException {
        var offered = Generation.offeredPosition(connection);
        if (offered.isEmpty()) return;
        views = Generation.OFFERED;
        at(offered.getAsLong());
    }

    private void run() {
        while (!closed) {
            var pause = PAUSE;
            try (var connection = fold.getConnection()) {
                var taken = Following.take(fold, connection, version);
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
        if (standing.isPresent()) usable(connection, lease, standing.orElseThrow());
        else if (Generation.offeredVersion(connection).isEmpty()) first(connection, lease);
        else {
            lookElsewhere(connection);
            rebuilt(connection, lease, "not there in version " + version, Build.Begun.GOES_ON);
        }
        var from = live.standing(connection).orElseThrow();
        views = model.views();
        following = true;
        at(from.position());
        while (!closed) {
            lookAfter(connection);
            var reached = live.advance(connection, lease, position, batchSize);
            mended(reached);
            if (reached != position) {
                at(reached);
                if (signals != null) signals.tell(Signals.Subject.LIVE);
            } else {
                offer(connection);
                // an erasure by another version's program leaves nothing of this one's tables
                if (!log.awaitAfter(position, IDLE) && live.standing(connection).isEmpty())
                    throw new SQLException("the tables that are followed were dropped", "40001");
            }
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
        if (views.equals(model.views())) lookAfter(connection);
    }

    /** Says now and then that its tables are needed, and drops those that no node needs. */
    private void lookAfter(Connection connection) throws SQLException {
        var now = System.nanoTime();
        if (now - touched > Math.min(TOUCH.toNanos(), kept.toNanos() / 4)) {
            touched = now;
            live.touch(connection);
        }
        if (now - tidied > Math.min(TIDY.toNanos(), kept.toNanos() / 4)) {
            tidied = now;
            new OtherVersions(version).tidy(connection, kept);
            Generation.sweep(connection, Generation.names(version));
        }
    }
}
