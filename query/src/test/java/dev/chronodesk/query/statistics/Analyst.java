package dev.chronodesk.query.statistics;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.events.metric.Definition;
import dev.chronodesk.events.schedule.ScheduleId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks as an analyst does: by the read login, under row-level security. */
record Analyst(TestDatabase database) {

    /** A transaction of that role. */
    Connection connection() throws SQLException {
        var connection = database.database().read().getConnection();
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("set local role chronodesk_analyst");
        }
        return connection;
    }

    /** The answer's rows in text; {@code null} as that word. */
    List<List<String>> ask(String sql) throws SQLException {
        try (var connection = connection()) {
            return rows(connection, sql);
        }
    }

    static List<List<String>> rows(Connection connection, String sql) throws SQLException {
        var rows = new ArrayList<List<String>>();
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            var columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                var row = new ArrayList<String>();
                for (var i = 1; i <= columns; i++) row.add(String.valueOf(result.getString(i)));
                rows.add(row);
            }
        }
        return rows;
    }

    /** The call of a function that takes a metric; without a schedule in calendar time. */
    static String call(String function, String metric, Instant since, Instant until, @Nullable ScheduleId schedule) {
        return "select * from api." + function + "('" + metric + "', '" + since + "', '" + until + "'"
                + (schedule == null ? "" : ", '" + schedule + "'") + ")";
    }

    /** The same by a definition that need not be the one in force. */
    static String call(
            String function, Definition definition, Instant since, Instant until, @Nullable ScheduleId schedule) {
        var call = call(function, definition.metric(), since, until, schedule);
        return call.substring(0, call.length() - 1) + ", \"version\" => " + definition.version() + ")";
    }
}
