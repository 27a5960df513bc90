package dev.chronodesk.query.fold;

import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.Lease;
import dev.chronodesk.query.fold.Generation.Names;
import dev.chronodesk.query.fold.Generation.Stopped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Folds the log into tables that nobody reads yet, as far as somebody says, and checks them. */
final class Build {

    private static final Logger LOG = LoggerFactory.getLogger(Build.class);

    /** What becomes of tables that an earlier build began and did not finish. */
    enum Begun {

        /** Of this version and this log they are gone on with, so that a build that is killed is not lost. */
        GOES_ON,

        /** Nothing that was there before is trusted: it may show a person who was erased since. */
        IS_DROPPED
    }

    /** How many times the events of a batch that is followed are a chunk that is loaded. */
    private static final int BATCHES = 5;

    /**
     * But not more than so many, unless a batch has more: all of it is alive at once, and collectors copy what is
     * alive.
     */
    private static final int CHUNK = 5_000;

    private final Names names;
    private final Generation next;
    private final Loading loading;
    private final int batchSize;

    Build(Names names, ReadModel model, EventLog log, int batchSize) {
        this.names = names;
        this.next = new Generation(names, model, log);
        this.loading = new Loading(next, log, Math.max(batchSize, Math.min(CHUNK, BATCHES * batchSize)));
        this.batchSize = batchSize;
    }

    /** @return the position that the tables stand at */
    long begin(Connection connection, Lease building, Begun begun) throws SQLException {
        var standing = next.standing(connection);
        if (begun == Begun.GOES_ON
                && standing.isPresent()
                && next.isOfThisModel(standing.orElseThrow())
                && next.isOfThisIncarnation(connection, standing.orElseThrow())
                && next.isOfThisHistory(standing.orElseThrow())) {
            var position = standing.orElseThrow().position();
            LOG.info("A build that was begun goes on at position {}", position);
            next.count(connection);
            return position;
        }
        Generation.drop(connection, names);
        next.lay(connection, building);
        return 0;
    }

    /** @return the position that the tables stand at, which is {@code to} */
    long advance(Connection connection, Lease building, long from, long to, Rebuild.Progress progress)
            throws SQLException, Stopped, InterruptedException {
        var told = needing(connection, progress);
        var position = from;
        if (next.isLoading(connection)) position = loading.run(connection, building, from, to, told);
        // what was not loaded: a batch that fails says at which event
        while (position < to) {
            position = next.advance(connection, building, position, (int) Math.min(batchSize, to - position));
            told.at(position, to);
        }
        return position;
    }

    /** Between two chunks, and now and then: a long build must not be taken for one that no node needs. */
    private Rebuild.Progress needing(Connection connection, Rebuild.Progress progress) {
        var touched = new AtomicLong(System.nanoTime());
        return (position, head) -> {
            if (System.nanoTime() - touched.get() > FoldRunner.TOUCH.toNanos()) {
                touched.set(System.nanoTime());
                try {
                    next.touch(connection);
                } catch (SQLException e) {
                    LOG.debug("It cannot be said that the tables are needed", e); // nor can the next chunk be written
                }
            }
            progress.at(position, head);
        };
    }

    /**
     * Makes of filled tables what readers need, and checks them. Done in part by a process that was killed, it is gone
     * on with.
     *
     * @throws FoldException when they are not sound
     */
    void finish(Connection connection, Lease building) throws SQLException {
        next.complete(connection, building);
        next.check(connection);
        next.analyze(connection);
    }

    /** Puts it in the place of that one. */
    void promote(Connection connection, Lease following, Names place) throws SQLException {
        next.promote(connection, following, place);
    }

    Map<String, Content> contents(Connection connection) throws SQLException {
        return next.contents(connection);
    }
}
