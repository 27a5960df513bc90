package dev.chronodesk.query.fold;

import dev.chronodesk.db.log.Lease;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Who folds into the live read tables of a version, who rebuilds them, and who builds those of the past: one session
 * each, across all nodes.
 */
final class Following {

    private static final String LIVE = "live ";
    private static final String REBUILD = "rebuild ";
    private static final String THEN = "as-of";

    private Following() {}

    /** The right to follow with the tables of that version, for this connection, unless another one has it. */
    static Optional<Lease> take(DataSource fold, Connection connection, String version) throws SQLException {
        return Lease.take(fold, connection, LIVE + version);
    }

    /** The right to rebuild those, for this connection, unless another one has it. */
    static Optional<Lease> takeRebuild(DataSource fold, Connection connection, String version) throws SQLException {
        return Lease.take(fold, connection, REBUILD + version);
    }

    /** The right to build tables as of a position, for this connection, unless another one has it. */
    static Optional<Lease> takeThen(DataSource fold, Connection connection) throws SQLException {
        return Lease.take(fold, connection, THEN);
    }

    /** Takes the right to follow from whoever has it, by ending their session. */
    static Lease seize(DataSource fold, Connection connection, String version, Duration patience)
            throws SQLException, InterruptedException {
        var until = System.nanoTime() + patience.toNanos();
        while (true) {
            var lease = Lease.seize(fold, connection, LIVE + version);
            if (lease.isPresent()) return lease.orElseThrow();
            if (System.nanoTime() - until > 0)
                throw new IllegalStateException("the follower of the log cannot be stopped");
            Thread.sleep(10);
        }
    }
}
