package dev.chronodesk.query.rest;

import dev.chronodesk.db.caller.Caller;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/** PostgreSQL's refusals as the client contract answers them. */
final class SqlErrors {

    private SqlErrors() {}

    static RestException answer(SQLException e, Caller caller) {
        if (e instanceof SQLTransientConnectionException)
            return new RestException(
                    504, "PGRST003", "Timed out acquiring connection from connection pool.", null, null);
        var state = e.getSQLState() == null ? "XX000" : e.getSQLState();
        var status = status(state, caller);
        var said = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
        if (said == null) return new RestException(status, state, "the database cannot be asked", null, null);
        return new RestException(status, state, shortened(said.getMessage(), state), said.getDetail(), said.getHint());
    }

    private static String shortened(@Nullable String text, String state) {
        return RestException.shortened(text == null ? state : text);
    }

    private static int status(String state, Caller caller) {
        // what a function raises with a status of its own; 5xx would make clients try again
        if (state.matches("PT[1-4]\\d\\d")) return Integer.parseInt(state.substring(2));
        return switch (state) {
            case "42501" -> caller instanceof Caller.Anonymous ? 401 : 403;
            case "23503", "23505" -> 409;
            case "42P01", "42883" -> 404;
            case "25006" -> 405;
            case "42P17", "53400" -> 500;
            case "P0001" -> 400;
            default ->
                switch (state.substring(0, Math.min(2, state.length()))) {
                    case "08", "53" -> 503;
                    case "28" -> 403;
                    case "40", "54", "55", "57", "58", "P0", "XX" -> 500;
                    default -> 400;
                };
        };
    }
}
