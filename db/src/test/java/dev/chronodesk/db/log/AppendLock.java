package dev.chronodesk.db.log;

import java.sql.Connection;
import java.sql.SQLException;

/** Holds the append lock, so that what comes meanwhile gathers and goes into one batch. */
final class AppendLock implements AutoCloseable {

    /** As in log.append: the bytes of CHRONLOG. */
    private static final long KEY = 0x4348524F4E4C4F47L;

    private final Connection connection;

    AppendLock(Connection connection) throws SQLException {
        this.connection = connection;
        try (var statement = connection.createStatement()) {
            statement.execute("select pg_advisory_lock(" + KEY + ")");
        }
    }

    /** Returns when somebody waits for the lock. */
    void awaitWaiter() throws SQLException, InterruptedException {
        while (true) {
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery("select exists (select from pg_locks l join pg_database d on"
                            + " d.oid = l.database where d.datname = current_database() and l.locktype = 'advisory'"
                            + " and not l.granted) as waits")) {
                row.next();
                if (row.getBoolean("waits")) return;
            }
            Thread.sleep(5);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
