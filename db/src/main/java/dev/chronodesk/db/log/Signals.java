package dev.chronodesk.db.log;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the nodes on one database tell each other: that there is something to look for. A hint may be missing, late or
 * doubled, so whoever gets one looks, and looks from time to time without one too. Sent over a connection of its own,
 * after the commit that it is about, many at once: a notification inside the append would serialise the commits.
 */
public final class Signals implements AutoCloseable {

    /** What a hint is about. */
    public enum Subject {
        /** The log has grown. */
        LOG,
        /** The live read tables have moved. */
        LIVE,
        /** A new incarnation of the log has begun. */
        INCARNATION;

        private String payload() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Makes connections that belong to no pool. */
    @FunctionalInterface
    public interface Connecting {
        Connection connect() throws SQLException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
    private static final String CHANNEL = "chronodesk";
    private static final String LISTENER = "chronodesk_listener";

    /** Between two hints of this node: what comes meanwhile goes together. */
    private static final long GATHER_MILLIS = 2;

    /** Without another node on the database nobody is told anything; so often is looked whether there is one. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A connection that says nothing for so long is asked whether it is still there. */
    private static final int SILENCE_MILLIS = 5_000;

    private static final long AGAIN_MILLIS = 500;

    private final Connecting connecting;
    private final Map<Subject, List<Runnable>> listeners = new EnumMap<>(Subject.class);
    private final Set<Subject> waiting = EnumSet.noneOf(Subject.class);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition told = lock.newCondition();
    private final Thread telling =
            Thread.ofPlatform().name("signals-tell").daemon().unstarted(this::tellOthers);
    private final Thread listening =
            Thread.ofPlatform().name("signals-listen").daemon().unstarted(this::listen);
    private volatile int tellingPid;
    private volatile int listeningPid;
    private volatile boolean closed;
    private volatile @Nullable Connection listener;

    public Signals(Connecting connecting) {
        this.connecting = connecting;
        for (var subject : Subject.values()) listeners.put(subject, new CopyOnWriteArrayList<>());
    }

    /** Runs that when another node hints at the subject, and when a hint may have been missed. It must be quick. */
    public void on(Subject subject, Runnable listener) {
        heard(subject).add(listener);
        start(listening);
    }

    private List<Runnable> heard(Subject subject) {
        var list = listeners.get(subject);
        if (list == null) throw new IllegalStateException("every subject has its listeners");
        return list;
    }

    /** Hints the other nodes at the subject, soon. Never waits, never fails. */
    public void tell(Subject subject) {
        lock.lock();
        try {
            if (waiting.add(subject)) told.signal();
        } finally {
            lock.unlock();
        }
        start(telling);
    }

    private void start(Thread thread) {
        if (thread.getState() != Thread.State.NEW) return;
        lock.lock();
        try {
            if (thread.getState() == Thread.State.NEW && !closed) thread.start();
        } finally {
            lock.unlock();
        }
    }

    private Set<Subject> takeWaiting() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty()) told.await();
            var taken = EnumSet.copyOf(waiting);
            waiting.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void tellOthers() {
        while (!closed) {
            try (var connection = connecting.connect()) {
                tellingPid = pid(connection);
                execute(connection, "set synchronous_commit to off");
                tellOver(connection);
            } catch (SQLException e) {
                LOG.debug("Other nodes cannot be told now", e);
                pause();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void tellOver(Connection connection) throws SQLException, InterruptedException {
        var lookAt = System.nanoTime();
        var others = false;
        while (!closed) {
            var subjects = takeWaiting();
            if (System.nanoTime() - lookAt >= 0) {
                others = anybodyElse(connection);
                lookAt = System.nanoTime() + LOOK_NANOS;
            }
            if (others)
                try (var notify = connection.prepareStatement(
                        "select pg_notify('" + CHANNEL + "', s.subject) from unnest(?::text[]) as s (subject)")) {
                    notify.setArray(
                            1,
                            connection.createArrayOf(
                                    "text",
                                    subjects.stream().map(Subject::payload).toArray()));
                    notify.execute();
                }
            Thread.sleep(GATHER_MILLIS);
        }
    }

    private boolean anybodyElse(Connection connection) throws SQLException {
        try (var select = connection.prepareStatement(
                """
                select exists (
                    select from pg_catalog.pg_stat_activity a
                    where a.application_name = ? and a.datname = current_database() and a.pid <> ?
                ) as others
                """)) {
            select.setString(1, LISTENER);
            select.setInt(2, listeningPid);
            try (var row = select.executeQuery()) {
                row.next();
                return row.getBoolean("others");
            }
        }
    }

    private void listen() {
        while (!closed) {
            try (var connection = connecting.connect()) {
                listener = connection;
                listeningPid = pid(connection);
                execute(connection, "set application_name to " + LISTENER);
                execute(connection, "listen " + CHANNEL);
                for (var subject : Subject.values()) hint(subject);
                while (!closed) listenOver(connection);
            } catch (SQLException e) {
                if (closed) return;
                LOG.debug("Other nodes cannot be heard now", e);
                pause();
            }
        }
    }

    private void listenOver(Connection connection) throws SQLException {
        var heard = connection.unwrap(PGConnection.class).getNotifications(SILENCE_MILLIS);
        if (heard == null || heard.length == 0) {
            if (!closed && !connection.isValid(5)) throw new SQLException("the connection is gone", "08006");
            return;
        }
        var payloads = Arrays.stream(heard)
                .filter(notification -> notification.getPID() != tellingPid)
                .map(notification -> notification.getParameter())
                .collect(Collectors.toSet());
        for (var subject : Subject.values()) if (payloads.contains(subject.payload())) hint(subject);
    }

    private void hint(Subject subject) {
        for (var each : heard(subject)) {
            try {
                each.run();
            } catch (RuntimeException e) {
                LOG.warn("A hint about {} came to nothing", subject, e);
            }
        }
    }

    private static int pid(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void pause() {
        try {
            Thread.sleep(AGAIN_MILLIS);
        } catch (InterruptedException e) {
            LOG.trace("woken to stop");
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        telling.interrupt();
        listening.interrupt();
        var open = listener;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.trace("gone already", e);
            }
        }
    }
}
