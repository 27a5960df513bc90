package dev.chronodesk.query.fold;

import dev.chronodesk.db.keys.PersonKeys;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.Lease;
import dev.chronodesk.db.log.LogUnavailableException;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.query.fold.Build.Begun;
import dev.chronodesk.query.fold.Generation.Names;
import dev.chronodesk.query.fold.Generation.Standing;
import dev.chronodesk.query.fold.Generation.Stopped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Read tables as they were: the same folds over the log up to a position, into schemas of their own. One is built at a
 * time on all nodes; what is built is kept for whoever asks for the same position, until nobody has used it for a
 * while.
 *
 * <p>What was built before somebody's key was destroyed may show them: no node reads it from that moment on, and it is
 * dropped. So nobody who erases has to know which tables there are.
 */
public final class AsOf implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AsOf.class);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration TIDY = Duration.ofMinutes(1);

    /** Made to be compared, and dropped at once; never read by anybody. */
    private static final Names REPLAY = new Names("replay", "api_replay");

    /** How it stands with tables. */
    public enum State {
        WAITING,
        BUILDING,
        READY,
        FAILED
    }

    /**
     * Tables as of a position.
     *
     * @param at the position that they have reached
     * @param bytes that they take on disk, with their indexes
     * @param failure why they were not built, or null
     * @param usedAt when somebody last asked for them or read them, about; null before they are begun
     */
    public record Tables(
            long position, State state, long at, long bytes, @Nullable String failure, @Nullable Instant usedAt) {

        private static Tables waiting(long position) {
            return new Tables(position, State.WAITING, 0, 0, null, null);
        }
    }

    /**
     * How much there may be.
     *
     * @param tables positions that there are tables of at once
     * @param bytes that all of them take on disk, those of other versions too
     * @param unused how long nobody uses tables before they are dropped
     */
    public record Bounds(int tables, long bytes, Duration unused) {}

    /** There is as much as there may be. */
    public static final class TooManyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManyException(String message) {
            super(message, null, false, false);
        }
    }

    /** While they were built they became larger than there is place for. */
    private static final class TooLargeException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooLargeException(String message) {
            super(message, null, false, false);
        }
    }

    /** What is written beside the tables. */
    private record Kept(
            Standing standing, @Nullable Long erasures, boolean ready, @Nullable String failure, Instant usedAt) {}

    private final DataSource fold;
    private final EventLog log;
    private final PersonKeys keys;
    private final String version;
    private final ReadModel model;
    private final int batchSize;
    private final Bounds bounds;

    /** Positions that this node builds or will build. */
    private final Set<Long> queued = ConcurrentHashMap.newKeySet();

    /** When this node last wrote down that tables are used, by its own clock. */
    private final Map<Long, Long> touched = new ConcurrentHashMap<>();

    private final ExecutorService building;
    private final ScheduledExecutorService tidying;
    private volatile boolean closed;

    public AsOf(DataSource fold, EventLog log, PersonKeys keys, ReadModel model, int batchSize, Bounds bounds) {
        this.fold = fold;
        this.log = log;
        this.keys = keys;
        this.version = model.version();
        this.model = model.with(new ReadModel.Script(AsOf.class, "as_of.sql"));
        this.batchSize = batchSize;
        this.bounds = bounds;
        this.building = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("as-of").daemon(true).factory());
        this.tidying = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("as-of-tidy").daemon(true).factory());
    }

    /** Begins to drop what nobody uses or may use any more. */
    public AsOf start() {
        var every = Math.max(10, Math.min(TIDY.toMillis(), bounds.unused().toMillis() / 10));
        var unusedFuture = tidying.scheduleWithFixedDelay(this::tidy, 0, every, TimeUnit.MILLISECONDS);
        return this;
    }

    /** Of this version: another one has its own. */
    private Names names(long position) {
        return new Names("asof_" + version + "_" + position, "api_asof_" + version + "_" + position);
    }

    /** The schema of their views. */
    public String views(long position) {
        return names(position).views();
    }

    /** For building: what is open then is measured up to the last event, and not up to today. */
    private Names namesThen(Names names, long position) {
        var now = position == 0
                ? Instant.EPOCH
                : log.storedAfter(position - 1, 1).getFirst().recordedAt();
        return new Names(
                names.tables(),
                names.views(),
                "timestamptz '" + now + "'",
                Generation.names(version).views());
    }

    /**
     * Has tables built, unless they are there.
     *
     * @param position not beyond the head
     * @throws TooManyException when one of the others must be dropped first
     */
    public synchronized Tables ask(long position) {
        var all = all();
        var there = all.stream().filter(one -> one.position() == position).findFirst();
        if (there.isPresent() && there.orElseThrow().state() == State.READY) {
            touch(position);
            return there.orElseThrow();
        }
        if (there.isEmpty()) hasPlace(all);
        // also when another node builds them: should it end, this one goes on
        if (queued.add(position)) building.execute(() -> build(position));
        return there.filter(one -> one.state() != State.FAILED).orElseGet(() -> Tables.waiting(position));
    }

    private void hasPlace(List<Tables> all) {
        if (all.size() >= bounds.tables())
            throw new TooManyException("there are tables as of " + bounds.tables()
                    + " positions already, which is chronodesk.query.as-of-tables; drop one first");
        var bytes = asking(AsOf::bytes);
        if (bytes >= bounds.bytes())
            throw new TooManyException("the tables of the past take " + bytes
                    + " bytes, and chronodesk.query.as-of-size is " + bounds.bytes() + "; drop some first");
    }

    /** What all tables of the past take, of whatever version. */
    private static long bytes(Connection connection) throws SQLException {
        return bytes(connection, "^asof_");
    }

    private static long bytes(Connection connection, String schemas) throws SQLException {
        try (var select = connection.prepareStatement(
                "select coalesce(sum(pg_total_relation_size(c.oid)), 0) from pg_class c join pg_namespace n on n.oid ="
                        + " c.relnamespace where n.nspname ~ ? and c.relkind = 'r'")) {
            select.setString(1, schemas);
            try (var row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** All that there are or will be, in the order of their positions. */
    public List<Tables> all() {
        var erasures = keys.erasures();
        return asking(connection -> {
            var positions = new TreeSet<>(queued);
            positions.addAll(positions(connection));
            var all = new ArrayList<Tables>();
            for (var position : positions)
                tables(connection, position, erasures).ifPresent(all::add);
            return all;
        });
    }

    /** Those as of that position; empty when nobody asked for them, or when they were dropped. */
    public Optional<Tables> find(long position) {
        var erasures = keys.erasures();
        return asking(connection -> tables(connection, position, erasures));
    }

    /** The same, for somebody who reads them now. */
    public Optional<Tables> use(long position) {
        var found = find(position);
        if (found.isPresent() && found.orElseThrow().state() == State.READY) touch(position);
        return found;
    }

    /**
     * The role that somebody had at that position, of which there are tables; empty when they were nobody yet, or
     * inactive.
     */
    public Optional<Role> roleThen(long position, UUID profile) {
        return asking(connection -> {
            try (var select = connection.prepareStatement(
                    "select role from " + names(position).tables() + ".profiles where id = ? and active")) {
                select.setObject(1, profile);
                try (var row = select.executeQuery()) {
                    return row.next() ? Optional.of(Role.of(row.getString("role"))) : Optional.<Role>empty();
                }
            } catch (SQLException e) {
                if (isGone(e)) return Optional.empty();
                throw e;
            }
        });
    }

    private Optional<Tables> tables(Connection connection, long position, long erasures) throws SQLException {
        var kept = kept(connection, position);
        if (kept.isEmpty() || !isReadable(connection, position, kept.orElseThrow(), erasures))
            return queued.contains(position) ? Optional.of(Tables.waiting(position)) : Optional.empty();
        var known = kept.orElseThrow();
        var state = known.ready()
                ? State.READY
                : known.failure() == null || queued.contains(position) ? State.BUILDING : State.FAILED;
        return Optional.of(new Tables(
                position,
                state,
                known.standing().position(),
                bytes(connection, "^" + names(position).tables() + "$"),
                known.failure(),
                known.usedAt()));
    }

    private boolean isReadable(Connection connection, long position, Kept kept, long erasures) throws SQLException {
        return !isOver(connection, position, kept, erasures)
                && generation(position).isOfThisModel(kept.standing());
    }

    /** Whether they may show somebody who was erased, or are of another log. No node reads them any more. */
    private boolean isOver(Connection connection, long position, Kept kept, long erasures) throws SQLException {
        return (kept.erasures() != null && kept.erasures() != erasures)
                || !generation(position).isOfThisIncarnation(connection, kept.standing());
    }

    private Generation generation(long position) {
        return new Generation(names(position), model, log);
    }

    private Optional<Kept> kept(Connection connection, long position) throws SQLException {
        try {
            return written(connection, position);
        } catch (SQLException e) {
            // dropped between two statements
            if (isGone(e)) return Optional.empty();
            throw e;
        }
    }

    private static boolean isGone(SQLException e) {
        return "42P01".equals(e.getSQLState()) || "3F000".equals(e.getSQLState());
    }

    private Optional<Kept> written(Connection connection, long position) throws SQLException {
        var standing = generation(position).standing(connection);
        if (standing.isEmpty()) return Optional.empty();
        try (var select = connection.prepareStatement("select erasures, ready, failure, used_at from "
                        + names(position).tables() + ".as_of");
                var row = select.executeQuery()) {
            row.next();
            var erasures = row.getLong("erasures");
            return Optional.of(new Kept(
                    standing.orElseThrow(),
                    row.wasNull() ? null : Long.valueOf(erasures),
                    row.getBoolean("ready"),
                    row.getString("failure"),
                    row.getTimestamp("used_at").toInstant()));
        }
    }

    private List<Long> positions(Connection connection) throws SQLException {
        var prefix = "asof_" + version + "_";
        return Generation.schemas(connection, "^" + prefix + "\\d+$").stream()
                .map(schema -> Long.valueOf(schema.substring(prefix.length())))
                .toList();
    }

    /** Writes down now and then that they are used. */
    private void touch(long position) {
        var now = System.nanoTime();
        var before = touched.get(position);
        if (before != null && now - before < bounds.unused().toNanos() / 10) return;
        touched.put(position, now);
        asking(connection -> {
            try {
                change(connection, position, "used_at = clock_timestamp()", null);
            } catch (SQLException e) {
                if (!isGone(e)) throw e;
            }
            return position;
        });
    }

    private void change(Connection connection, long position, String what, @Nullable Object value) throws SQLException {
        try (var update =
                connection.prepareStatement("update " + names(position).tables() + ".as_of set " + what)) {
            if (value != null) update.setObject(1, value);
            update.executeUpdate();
        }
    }

    private void build(long position) {
        try {
            while (!closed && !isDone(position)) Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            LOG.debug("woken to stop");
        } finally {
            queued.remove(position);
        }
    }

    /** Tries once; whether there is no need to try again. */
    private boolean isDone(long position) throws InterruptedException {
        try (var connection = fold.getConnection()) {
            var taken = Following.takeThen(fold, connection);
            if (taken.isEmpty()) return false;
            try (var lease = taken.orElseThrow()) {
                build(connection, lease, position);
                return true;
            }
        } catch (CancellationException e) {
            return true;
        } catch (Stopped e) {
            return fail(position, "the event at position " + e.position() + " cannot be folded: " + e.reason(), e);
        } catch (FoldException | TooLargeException e) {
            return fail(position, String.valueOf(e.getMessage()), e);
        } catch (SQLException e) {
            if (!Generation.isPassing(e)) return fail(position, String.valueOf(e.getMessage()), e);
            LOG.warn("The build of tables as of {} is interrupted and will be tried again", position, e);
            return false;
        } catch (RuntimeException e) {
            LOG.warn("The build of tables as of {} is interrupted and will be tried again", position, e);
            return false;
        }
    }

    private boolean fail(long position, String reason, Exception e) throws InterruptedException {
        try (var connection = fold.getConnection()) {
            // whoever dropped them meanwhile does not want to know
            if (kept(connection, position).isEmpty()) return true;
            LOG.warn("Tables as of {} cannot be built: {}", position, reason, e);
            change(connection, position, "failure = ?", reason);
            return true;
        } catch (SQLException again) {
            LOG.debug("The failure of a build cannot be written down", again);
            return false;
        }
    }

    private void build(Connection connection, Lease lease, long position)
            throws SQLException, Stopped, InterruptedException {
        var erasures = heeded();
        var before = kept(connection, position);
        var goesOn = before.isPresent()
                && before.orElseThrow().failure() == null
                && Long.valueOf(erasures).equals(before.orElseThrow().erasures())
                && isReadable(connection, position, before.orElseThrow(), erasures);
        if (goesOn && before.orElseThrow().ready()) return;
        check(position);
        var build = new Build(namesThen(names(position), position), model, log, batchSize);
        var at = build.begin(connection, lease, goesOn ? Begun.GOES_ON : Begun.IS_DROPPED);
        change(connection, position, "erasures = ?", erasures);
        try {
            build.advance(connection, lease, at, position, (reached, to) -> {
                check(position);
                touch(position);
                isWithin();
            });
            build.finish(connection, lease);
            isWithin();
        } catch (TooLargeException e) {
            // what is known of it stays, and takes no place
            build.begin(connection, lease, Begun.IS_DROPPED);
            throw e;
        }
        change(connection, position, "ready = true, used_at = clock_timestamp()", null);
        LOG.info("There are tables as of position {}", position);
    }

    private void isWithin() {
        var bytes = asking(AsOf::bytes);
        if (bytes > bounds.bytes())
            throw new TooLargeException("with them the tables of the past take " + bytes
                    + " bytes, and chronodesk.query.as-of-size is " + bounds.bytes());
    }

    private void check(long position) {
        if (closed || !queued.contains(position)) throw new CancellationException("nobody wants them any more");
    }

    /** How many were erased, once this node can open nothing of any of them. */
    private long heeded() throws InterruptedException {
        var erasures = keys.erasures();
        while (keys.heeded() < erasures) Thread.sleep(PAUSE);
        return erasures;
    }

    /**
     * Folds the log up to there once more, looks at what came out, and keeps nothing of it.
     *
     * @return what is in each table
     * @throws Rebuild.RebuildFailedException with position and reason when an event cannot be folded
     */
    public Map<String, Content> replay(long position, Rebuild.Progress progress) throws InterruptedException {
        return Rebuild.on(fold, connection -> {
            try (var lease = Lease.take(fold, connection, REPLAY.tables())
                    .orElseThrow(
                            () -> new Rebuild.RebuildFailedException("another replay is running on this database"))) {
                heeded();
                var names = namesThen(REPLAY, position);
                var build = new Build(names, model, log, batchSize);
                try {
                    var at = build.begin(connection, lease, Begun.IS_DROPPED);
                    progress.at(at, position);
                    build.advance(connection, lease, at, position, progress);
                    return build.contents(connection);
                } finally {
                    Generation.drop(connection, names);
                }
            }
        });
    }

    /** Drops them, also when they are being built; whether there were any. */
    public boolean drop(long position) {
        var wanted = queued.remove(position);
        var there = asking(connection -> dropped(connection, position));
        return wanted || there;
    }

    private boolean dropped(Connection connection, long position) throws SQLException {
        touched.remove(position);
        var there = generation(position).standing(connection).isPresent();
        Generation.drop(connection, names(position));
        return there;
    }

    /** Drops what is over, and what nobody has used for long. */
    void tidy() {
        try {
            var erasures = keys.erasures();
            asking(connection -> {
                for (var position : positions(connection)) {
                    var kept = kept(connection, position);
                    if (kept.isPresent()
                            && (isOver(connection, position, kept.orElseThrow(), erasures)
                                    || isUnused(connection, position))) dropped(connection, position);
                }
                dropReplayed(connection);
                return erasures;
            });
        } catch (RuntimeException e) {
            // somebody reads them still, or the database is away
            if (!closed) LOG.debug("Tables of the past could not be tidied up", e);
        }
    }

    /** What a replay left that was killed. */
    private void dropReplayed(Connection connection) throws SQLException {
        if (new Generation(REPLAY, model, log).standing(connection).isEmpty()) return;
        var taken = Lease.take(fold, connection, REPLAY.tables());
        if (taken.isEmpty()) return;
        var lease = taken.orElseThrow();
        try {
            Generation.drop(connection, REPLAY);
        } finally {
            lease.close();
        }
    }

    private boolean isUnused(Connection connection, long position) throws SQLException {
        try (var select = connection.prepareStatement("select used_at < clock_timestamp() - make_interval(secs => ?)"
                + " as unused from " + names(position).tables() + ".as_of")) {
            select.setDouble(1, bounds.unused().toMillis() / 1e3);
            try (var row = select.executeQuery()) {
                return row.next() && row.getBoolean("unused");
            }
        }
    }

    @FunctionalInterface
    private interface Asking<T> {
        T ask(Connection connection) throws SQLException;
    }

    private <T> T asking(Asking<T> asking) {
        try (var connection = fold.getConnection()) {
            return asking.ask(connection);
        } catch (SQLException e) {
            throw new LogUnavailableException("the tables of the past cannot be asked for", e);
        }
    }

    /** Stops a build after the batch that is being folded; whoever asks for it again goes on with it. */
    @Override
    public void close() {
        closed = true;
        building.shutdownNow();
        tidying.shutdownNow();
        try {
            if (!building.awaitTermination(30, TimeUnit.SECONDS)) LOG.warn("A build of tables does not stop");
            if (!tidying.awaitTermination(30, TimeUnit.SECONDS)) LOG.warn("The tables of the past are still tidied up");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
