package dev.chronodesk.query.fold;

import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.Lease;
import dev.chronodesk.query.fold.Generation.Names;
import dev.chronodesk.query.fold.Generation.Stopped;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
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

    private final Names names;
    private final Generation next;
    private final int batchSize;

    Build(Names names, ReadModel model, EventLog log, int batchSize) {
        this.names = names;
        this.next = new Generation(names, model, log);
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
        next.create(connection, building);
        return 0;
    }

    /** @return the position that the tables stand at, which is {@code to} */
    long advance(Connection connection, Lease building, long from, long to, Rebuild.Progress progress)
            throws SQLException, Stopped {
        var position = from;
        while (position < to) {
            position = next.advance(connection, building, position, (int) Math.min(batchSize, to - position));
            progress.at(position, to);
        }
        return position;
    }

    /**
     * Checks what was built, and prepares it for readers.
     *
     * @throws FoldException when they are not sound
     */
    void finish(Connection connection) throws SQLException {
        next.check(connection);
        next.analyze(connection);
    }

    /** Puts it in the place of the live one. */
    void promote(Connection connection, Lease following) throws SQLException {
        next.promote(connection, following);
    }

    Map<String, Content> contents(Connection connection) throws SQLException {
        return next.contents(connection);
    }
}
