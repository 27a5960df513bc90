package dev.chronodesk.query.fold;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/**
 * Who follows the log: one connection at a time, across all nodes. The right is a lock of the very session that folds,
 * so whoever loses it loses the transaction too: PostgreSQL fences, and no clock does.
 */
final class Following {

    /** The bytes of CHRONFOL. */
    private static final long FOLLOW = 0x4348524F4E464F4CL;

    /** The bytes of CHRONREB. */
    private static final long REBUILD = 0x4348524F4E524542L;

    private Following() {}

    /** Whether this connection follows from now on. */
    static boolean tryTake(Connection connection) throws SQLException {
        return tryLock(connection, FOLLOW);
    }

    /** Whether this connection is the one that rebuilds from now on. */
    static boolean tryTakeRebuild(Connection connection) throws SQLException {
        return tryLock(connection, REBUILD);
    }

    static void releaseRebuild(Connection connection) throws SQLException {
        try (var unlock = connection.prepareStatement("select pg_advisory_unlock(?)")) {
            unlock.setLong(1, REBUILD);
            unlock.executeQuery().close();
        }
    }

    /** Takes the right from whoever has it, by ending their session. */
    static void seize(Connection connection, Duration patience) throws SQLException, InterruptedException {
        var until = Instant.now().plus(patience);
        while (!tryTake(connection)) {
            endHolder(connection);
            if (Instant.now().isAfter(until))
                throw new IllegalStateException("the follower of the log cannot be stopped");
            Thread.sleep(10);
        }
    }

    /** Ends the session that follows, if there is one. */
    static void endHolder(Connection connection) throws SQLException {
        try (var end = connection.prepareStatement(
                """
                select pg_terminate_backend(l.pid)
                from pg_catalog.pg_locks l
                where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and l.pid <> pg_backend_pid()
                  and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
                  and l.classid = ? and l.objid = ?
                """)) {
            end.setLong(1, FOLLOW >>> 32);
            end.setLong(2, FOLLOW & 0xFFFF_FFFFL);
            end.executeQuery().close();
        }
    }

    /** Gives everything back that the connection took. */
    static void release(Connection connection) throws SQLException {
        try (var unlock = connection.prepareStatement("select pg_advisory_unlock_all()")) {
            unlock.executeQuery().close();
        }
    }

    private static boolean tryLock(Connection connection, long key) throws SQLException {
        try (var lock = connection.prepareStatement("select pg_try_advisory_lock(?)")) {
            lock.setLong(1, key);
            try (var result = lock.executeQuery()) {
                result.next();
                return result.getBoolean(1);
            }
        }
    }
}
