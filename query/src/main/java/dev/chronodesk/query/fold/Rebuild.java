package dev.chronodesk.query.fold;

import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.query.fold.Generation.Stopped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the read tables anew from the log, beside the ones that are read, and puts them in their place in one moment.
 * A service on the same database goes on meanwhile; its follower is ended for that moment and finds its way back.
 */
public final class Rebuild {

    private static final Logger LOG = LoggerFactory.getLogger(Rebuild.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Told after every batch. */
    @FunctionalInterface
    public interface Progress {
        void at(long position, long head);
    }

    /** The log cannot be folded, or another rebuild is running. The tables that were there are untouched. */
    public static final class RebuildFailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RebuildFailedException(String message, Throwable cause) {
            super(message, cause);
        }

        RebuildFailedException(String message) {
            super(message);
        }
    }

    private final DataSource fold;
    private final EventLog log;
    private final Generation next;
    private final int batchSize;

    public Rebuild(DataSource fold, EventLog log, ReadModel model, int batchSize) {
        this.fold = fold;
        this.log = log;
        this.next = new Generation(Generation.NEXT, model, log);
        this.batchSize = batchSize;
    }

    /**
     * Rebuilds, and returns when readers see the new tables.
     *
     * @return the position that they stand at
     * @throws RebuildFailedException with position and reason when an event cannot be folded
     */
    public long run(Progress progress) throws InterruptedException {
        try (var connection = fold.getConnection()) {
            try {
                return beside(connection, progress);
            } finally {
                if (connection.isValid(1)) Following.release(connection);
            }
        } catch (SQLException e) {
            throw new RebuildFailedException("the database cannot be asked: " + e.getMessage(), e);
        } catch (Stopped e) {
            throw new RebuildFailedException(
                    "the event at position " + e.position() + " cannot be folded: " + e.reason(), e);
        }
    }

    /** The same on a connection that may be the follower already, and stays it. */
    long beside(Connection connection, Progress progress) throws SQLException, Stopped, InterruptedException {
        if (!Following.tryTakeRebuild(connection))
            throw new RebuildFailedException("another rebuild is running on this database");
        try {
            return build(connection, progress);
        } finally {
            if (connection.isValid(1)) Following.releaseRebuild(connection);
        }
    }

    private long build(Connection connection, Progress progress) throws SQLException, Stopped, InterruptedException {
        Generation.drop(connection, Generation.NEXT);
        next.create(connection);
        var position = 0L;
        // writers do not wait: come close first, then stop the follower for what is left
        do {
            position = catchUp(connection, position, log.head().position(), progress);
        } while (log.head().position() - position > batchSize);
        next.analyze(connection);
        Following.seize(connection, PATIENCE);
        position = catchUp(connection, position, log.head().position(), progress);
        next.promote(connection);
        try {
            Generation.drop(connection, Generation.RETIRED);
        } catch (SQLException e) {
            LOG.info("The old read tables are still being read; the next rebuild removes them", e);
        }
        return position;
    }

    private long catchUp(Connection connection, long from, long head, Progress progress) throws SQLException, Stopped {
        var position = from;
        while (position < head) {
            position = next.advance(connection, position, (int) Math.min(batchSize, head - position));
            progress.at(position, head);
        }
        return position;
    }
}
