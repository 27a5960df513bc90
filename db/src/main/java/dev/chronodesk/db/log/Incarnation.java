package dev.chronodesk.db.log;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which history of the log this node works on. A restore, and a change of the primary, begin another one. Every new
 * connection to the database asks first, so nobody works on another primary before this has changed; one that was begun
 * by hand is seen a second later at most.
 */
public final class Incarnation {

    private static final Logger LOG = LoggerFactory.getLogger(Incarnation.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private volatile @Nullable UUID seen;
    private volatile long lookAt = System.nanoTime();

    /** The one that the database of this connection is in; begins it when this is another primary than before. */
    public static UUID of(Connection connection) throws SQLException {
        try (var select = connection.prepareStatement("select log.current_incarnation() as id");
                var row = select.executeQuery()) {
            row.next();
            return row.getObject("id", UUID.class);
        }
    }

    /** What answers and requests name it by. */
    public static String shortName(UUID incarnation) {
        return incarnation.toString().substring(0, 8);
    }

    /** A connection of this database says so. */
    public void see(Connection connection) throws SQLException {
        var now = of(connection);
        var before = seen;
        seen = now;
        lookAt = System.nanoTime() + LOOK_NANOS;
        if (before != null && !before.equals(now))
            LOG.warn("The log is another incarnation now: {} after {}", now, before);
    }

    /** Makes the next one who asks look. */
    void look() {
        lookAt = System.nanoTime();
    }

    /**
     * The one that was seen last, looked up over that login when that was long ago.
     *
     * @throws LogUnavailableException when none was ever seen and the database cannot be asked
     */
    UUID current(DataSource source) {
        var known = seen;
        if (known != null && System.nanoTime() - lookAt < 0) return known;
        try (var connection = source.getConnection()) {
            see(connection);
        } catch (SQLException e) {
            if (known == null) throw new LogUnavailableException("the log does not say which history it is", e);
            LOG.debug("The incarnation cannot be looked up now", e);
            lookAt = System.nanoTime() + LOOK_NANOS;
        }
        var now = seen;
        if (now == null) throw new IllegalStateException("it was just seen");
        return now;
    }
}
