package dev.chronodesk.query.rest;

import dev.chronodesk.db.caller.Caller;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

/** Runs one read as its caller: one snapshot, read only, with their role and claims, for so long and no longer. */
final class Reads {

    /** Two statements in one round trip; what is set is gone with the transaction. */
    private static final String BEGIN_AS =
            """
            set transaction isolation level repeatable read, read only;
            select set_config('role', ?, true), set_config('request.jwt.claims', ?, true),
                   set_config('statement_timeout', ?, true), set_config('search_path', '', true)
            """;

    /**
     * What came back.
     *
     * @param body UTF-8 as PostgreSQL wrote it; null when there is no row to write
     * @param page how many rows are in it
     * @param total how many there are, or null when nobody asked
     * @param position of the tables in the snapshot of the rows
     */
    @SuppressWarnings("ArrayRecordComponent") // passed on as it is
    record Answer(byte @Nullable [] body, long page, @Nullable Long total, long position) {}

    private final DataSource read;
    private final Duration timeout;

    Reads(DataSource read, Duration timeout) {
        this.read = read;
        this.timeout = timeout;
    }

    /** How many rows the planner thinks that statement has. */
    long estimate(Caller caller, Sql sql) throws SQLException {
        return within(caller, connection -> estimated(connection, sql));
    }

    Answer run(Caller caller, Sql sql) throws SQLException {
        return within(caller, connection -> answer(connection, sql));
    }

    /**
     * Reads, again if need be: while tables are replaced by rebuilt ones, a snapshot from just before may show less
     * than this node has already told.
     */
    Answer fresh(Caller caller, Sql statement, long least, Duration patience)
            throws SQLException, InterruptedException {
        var until = Instant.now().plus(patience);
        while (true) {
            var answer = run(caller, statement);
            if (answer.position() >= least) return answer;
            if (Instant.now().isAfter(until))
                throw new RestException(
                        503, "CD503", "the read tables do not include position " + least + " yet", null, null);
            Thread.sleep(20);
        }
    }

    @FunctionalInterface
    private interface Asking<T> {
        T ask(Connection connection) throws SQLException;
    }

    private <T> T within(Caller caller, Asking<T> asking) throws SQLException {
        try (var connection = read.getConnection()) {
            connection.setAutoCommit(false);
            try {
                become(connection, caller);
                return asking.ask(connection);
            } finally {
                connection.rollback();
            }
        }
    }

    private void become(Connection connection, Caller caller) throws SQLException {
        try (var statement = connection.prepareStatement(BEGIN_AS)) {
            statement.setString(1, SqlRoles.role(caller));
            statement.setString(2, SqlRoles.claims(caller));
            statement.setString(3, Long.toString(timeout.toMillis()));
            statement.execute();
        }
    }

    private static Answer answer(Connection connection, Sql sql) throws SQLException {
        try (var statement = connection.prepareStatement(sql.text())) {
            // made for this request alone: never kept on the server
            statement.unwrap(PGStatement.class).setPrepareThreshold(0);
            sql.bind(statement);
            try (var result = statement.executeQuery()) {
                result.next();
                return new Answer(
                        result.getBytes(1), result.getLong(2), result.getObject(3, Long.class), result.getLong(4));
            }
        }
    }

    private static final Pattern PLAN_ROWS = Pattern.compile("rows=(\\d{1,18})");

    /** What stands in the first line, which is the whole plan's. */
    private static long estimated(Connection connection, Sql sql) throws SQLException {
        try (var statement = connection.prepareStatement("explain " + sql.text())) {
            statement.unwrap(PGStatement.class).setPrepareThreshold(0);
            sql.bind(statement);
            try (var result = statement.executeQuery()) {
                result.next();
                var rows = PLAN_ROWS.matcher(String.valueOf(result.getString(1)));
                return rows.find() ? Long.parseLong(rows.group(1)) : 0;
            }
        }
    }
}
