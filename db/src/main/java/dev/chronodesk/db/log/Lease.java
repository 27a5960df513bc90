package dev.chronodesk.db.log;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to work under a follower's name, for one session at a time across all nodes. It ends with the session, when
 * it is given up, or when it is not renewed in time by the database's clock; no other clock counts. Whoever takes it
 * next ends the session that had it, and raises the fencing number that every transaction checks: a process that was
 * frozen and wakes up can write nothing any more.
 */
public final class Lease implements AutoCloseable {

    /** How long it lasts unless it is renewed. */
    public static final Duration TIME = Duration.ofSeconds(3);

    private static final Duration RENEWAL = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    private final DataSource source;
    private final String follower;
    private final UUID owner;
    private final long fence;
    private final Thread renewing;
    private volatile boolean lost;

    private Lease(DataSource source, String follower, UUID owner, long fence) {
        this.source = source;
        this.follower = follower;
        this.owner = owner;
        this.fence = fence;
        this.renewing =
                Thread.ofPlatform().name("lease-" + follower).daemon(true).start(this::renew);
    }

    /**
     * Takes the lease for that session, unless somebody else has it.
     *
     * @param source where it is renewed, on connections beside the session: a long statement must not lose it
     * @param session in autocommit mode; it alone may write under the follower's name
     */
    public static Optional<Lease> take(DataSource source, Connection session, String follower) throws SQLException {
        return take(source, session, follower, false);
    }

    /** Takes the lease from whoever has it, by ending their session; empty when another taker was quicker. */
    public static Optional<Lease> seize(DataSource source, Connection session, String follower) throws SQLException {
        return take(source, session, follower, true);
    }

    private static Optional<Lease> take(DataSource source, Connection session, String follower, boolean byForce)
            throws SQLException {
        var owner = UUID.randomUUID();
        try (var take = session.prepareStatement("select log.take_lease(?, ?, make_interval(secs => ?), ?) as fence")) {
            take.setString(1, follower);
            take.setObject(2, owner);
            take.setDouble(3, seconds());
            take.setBoolean(4, byForce);
            try (var row = take.executeQuery()) {
                row.next();
                var fence = row.getLong("fence");
                return row.wasNull() ? Optional.empty() : Optional.of(new Lease(source, follower, owner, fence));
            }
        }
    }

    private static double seconds() {
        return TIME.toMillis() / 1e3;
    }

    /**
     * Checks in the session's transaction that the lease is still ours, and keeps it so until the commit: to be called
     * last, so that a taker waits for no more than that.
     *
     * @throws LeaseLostException when it is not
     */
    public void check(Connection session) throws SQLException {
        try (var check = session.prepareStatement(
                """
                select l.fence
                from log.lease l
                where l.follower = ? and l.owner = ? and l.fence = ? and l.backend_pid = pg_backend_pid()
                    and l.incarnation = (select i.id from log.incarnation i order by i.number desc limit 1)
                for share of l
                """)) {
            check.setString(1, follower);
            check.setObject(2, owner);
            check.setLong(3, fence);
            try (var row = check.executeQuery()) {
                if (row.next()) return;
            }
        }
        lost = true;
        throw new LeaseLostException(follower);
    }

    /** Whether it is known to be somebody else's, or of another incarnation of the log. */
    public boolean isLost() {
        return lost;
    }

    private void renew() {
        try {
            while (!lost) {
                Thread.sleep(RENEWAL);
                try {
                    lost = !renewed();
                } catch (SQLException e) {
                    LOG.debug("The lease of {} could not be renewed now", follower, e);
                }
            }
        } catch (InterruptedException e) {
            LOG.trace("given up");
        }
    }

    private boolean renewed() throws SQLException {
        try (var connection = source.getConnection();
                var renew = connection.prepareStatement(
                        "select log.renew_lease(?, ?, ?, make_interval(secs => ?)) as ours")) {
            renew.setString(1, follower);
            renew.setObject(2, owner);
            renew.setLong(3, fence);
            renew.setDouble(4, seconds());
            try (var row = renew.executeQuery()) {
                row.next();
                return row.getBoolean("ours");
            }
        }
    }

    /** Gives it up, so that the next one need not wait. */
    @Override
    public void close() {
        renewing.interrupt();
        if (lost) return;
        lost = true;
        try (var connection = source.getConnection();
                var release = connection.prepareStatement("select log.give_up_lease(?, ?, ?)")) {
            release.setString(1, follower);
            release.setObject(2, owner);
            release.setLong(3, fence);
            release.execute();
        } catch (SQLException e) {
            LOG.debug("The lease of {} could not be given up; it expires", follower, e);
        }
    }
}
