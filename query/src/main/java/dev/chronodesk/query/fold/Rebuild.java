package dev.chronodesk.query.fold;

import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.Lease;
import dev.chronodesk.query.fold.Build.Begun;
import dev.chronodesk.query.fold.Generation.Names;
import dev.chronodesk.query.fold.Generation.Stopped;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the read tables anew from the log, beside the ones that are read, and puts them in their place in one moment.
 * A service on the same database goes on meanwhile; its follower is ended for that moment and finds its way back.
 */
public final class Rebuild {

    private static final Logger LOG = LoggerFactory.getLogger(Rebuild.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Told where it begins, and after every batch. */
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
    private final ReadModel model;
    private final String version;
    private final Names place;
    private final Build next;
    private final int batchSize;

    public Rebuild(DataSource fold, EventLog log, ReadModel model, int batchSize) {
        this.fold = fold;
        this.log = log;
        this.model = model;
        this.version = model.version();
        this.place = Generation.names(version);
        this.next = new Build(place.next(), model, log, batchSize);
        this.batchSize = batchSize;
    }

    /**
     * Rebuilds, and returns when readers see the new tables.
     *
     * @return the position that they stand at
     * @throws RebuildFailedException with position and reason when an event cannot be folded
     */
    public long run(Progress progress) throws InterruptedException {
        return on(fold, connection -> beside(connection, null, Begun.IS_DROPPED, progress));
    }

    /**
     * The same, and of every other version nothing is left: what was folded before an erasure is gone when this
     * returns. Their nodes build anew, and show what is offered meanwhile.
     */
    public long everywhere(Progress progress) throws InterruptedException {
        return on(fold, connection -> {
            var position = beside(connection, null, Begun.IS_DROPPED, progress);
            new Generation(place, model, log).offerNow(connection);
            var versions = new OtherVersions(version);
            for (var other : versions.others(connection)) versions.drop(connection, other);
            return position;
        });
    }

    /** Work on a session of the fold's login. */
    @FunctionalInterface
    interface Folding<T> {
        T on(Connection connection) throws SQLException, Stopped, InterruptedException;
    }

    /** Does that, and says as {@link RebuildFailedException} why it could not. */
    static <T> T on(DataSource fold, Folding<T> folding) throws InterruptedException {
        try (var connection = fold.getConnection()) {
            return folding.on(connection);
        } catch (SQLException e) {
            throw new RebuildFailedException("the database cannot be asked: " + e.getMessage(), e);
        } catch (FoldException e) {
            throw new RebuildFailedException(String.valueOf(e.getMessage()), e);
        } catch (Stopped e) {
            throw new RebuildFailedException(
                    "the event at position " + e.position() + " cannot be folded: " + e.reason(), e);
        }
    }

    /**
     * The same on a connection that may be the follower already, and stays it.
     *
     * @param following its lease, if it is
     * @throws FoldException when the new tables are not what was folded; they are dropped
     */
    long beside(Connection connection, @Nullable Lease following, Begun begun, Progress progress)
            throws SQLException, Stopped, InterruptedException {
        try (var rebuilding = Following.takeRebuild(fold, connection, version)
                .orElseThrow(() -> new RebuildFailedException("another rebuild is running on this database"))) {
            return build(connection, following, rebuilding, begun, progress);
        }
    }

    private long build(
            Connection connection, @Nullable Lease following, Lease rebuilding, Begun begun, Progress progress)
            throws SQLException, Stopped, InterruptedException {
        var position = next.begin(connection, rebuilding, begun);
        progress.at(position, Math.max(position, log.head().position()));
        // writers do not wait: come close first, then stop the follower for what is left
        do {
            position = next.advance(connection, rebuilding, position, log.head().position(), progress);
        } while (log.head().position() - position > batchSize);
        finish(connection, rebuilding);
        if (following != null) return promoted(connection, following, rebuilding, position, progress);
        try (var seized = Following.seize(fold, connection, version, PATIENCE)) {
            return promoted(connection, seized, rebuilding, position, progress);
        }
    }

    /** Tables that are not sound are never promoted, and the next build does not go on with them. */
    private void finish(Connection connection, Lease rebuilding) throws SQLException {
        try {
            next.finish(connection, rebuilding);
        } catch (FoldException e) {
            Generation.drop(connection, place.next());
            throw e;
        }
    }

    private long promoted(Connection connection, Lease live, Lease rebuilding, long from, Progress progress)
            throws SQLException, Stopped, InterruptedException {
        var position = next.advance(connection, rebuilding, from, log.head().position(), progress);
        next.promote(connection, live, place);
        try {
            Generation.sweep(connection, place);
        } catch (SQLException e) {
            LOG.info("The old read tables cannot be removed now; whoever follows the log does it", e);
        }
        return position;
    }
}
