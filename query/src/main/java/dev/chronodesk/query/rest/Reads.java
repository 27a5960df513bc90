package dev.chronodesk.query.rest;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Runs one read as its caller: one snapshot, read only, with their role and claims, for so long and no longer. */
final class Reads {

    /**
     * What is set is gone with the transaction. The lengths are of no use but one: the driver sends statements together
     * only when it knows that what comes back is short.
     */
    private static final String AS =
            """
            begin isolation level repeatable read, read only;
            select length(set_config('role', ?, true)) + length(set_config('request.jwt.claims', ?, true))
                   + length(set_config('statement_timeout', ?, true));
            """;

    private static final String END = ";\nrollback";

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
    long estimate(SqlRoles.As as, Sql sql) throws SQLException {
        return within(as, new Sql().add("explain ").add(sql), Reads::estimated);
    }

    Answer run(SqlRoles.As as, Sql sql) throws SQLException {
        return within(as, sql, Reads::answer);
    }

    /**
     * Reads, again if need be: while tables are replaced by rebuilt ones, a snapshot from just before may show less
     * than this node has already told.
     */
    Answer fresh(SqlRoles.As as, Sql statement, long least, Duration patience)
            throws SQLException, InterruptedException {
        var until = Instant.now().plus(patience);
        while (true) {
            var answer = run(as, statement);
            if (answer.position() >= least) return answer;
            if (Instant.now().isAfter(until))
                throw new RestException(
                        503, "CD503", "the read tables do not include position " + least + " yet", null, null);
            Thread.sleep(20);
        }
    }

    @FunctionalInterface
    private interface Reading<T> {
        T read(ResultSet first) throws SQLException;
    }

    /**
     * A transaction in two round trips: becoming the caller, then reading and the end. A statement that comes again
     * keeps its plan on the server.
     */
    private <T> T within(SqlRoles.As as, Sql sql, Reading<T> reading) throws SQLException {
        var whole = new Sql()
                .add(AS, as.role(), as.claims(), Long.toString(timeout.toMillis()))
                .add(sql)
                .add(END);
        try (var connection = read.getConnection()) {
            try (var statement = connection.prepareStatement(whole.text())) {
                whole.bind(statement);
                statement.execute(); // begin
                statement.getMoreResults(); // what was set
                statement.getMoreResults();
                try (var rows = Objects.requireNonNull(statement.getResultSet())) {
                    rows.next();
                    return reading.read(rows);
                }
            } catch (SQLException e) {
                end(connection, e);
                throw e;
            }
        }
    }

    /** What failed has left its transaction open, with its role. */
    private static void end(Connection connection, SQLException cause) {
        try (var statement = connection.createStatement()) {
            statement.execute("rollback");
        } catch (SQLException e) {
            cause.addSuppressed(e); // then the connection is lost, and the role with it
        }
    }

    private static Answer answer(ResultSet row) throws SQLException {
        return new Answer(row.getBytes(1), row.getLong(2), row.getObject(3, Long.class), row.getLong(4));
    }

    private static final Pattern PLAN_ROWS = Pattern.compile("rows=(\\d{1,18})");

    /** What stands in the first line, which is the whole plan's. */
    private static long estimated(ResultSet first) throws SQLException {
        var rows = PLAN_ROWS.matcher(String.valueOf(first.getString(1)));
        return rows.find() ? Long.parseLong(rows.group(1)) : 0;
    }
}
