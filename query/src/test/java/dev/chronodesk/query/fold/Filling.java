package dev.chronodesk.query.fold;

import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Event;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/**
 * The rows that a history folds to, written by COPY: many in little time, and none of them is in the log. The history
 * must have every event of each stream that is in it. The fold's login may not: COPY is refused under row-level
 * security.
 */
public final class Filling {

    /** Rows of one table, as COPY takes them. */
    @SuppressWarnings("ArrayRecordComponent") // passed on as it is
    private record Part(String table, String columns, byte[] lines) {}

    private final List<Part> parts;

    private Filling(List<Part> parts) {
        this.parts = parts;
    }

    public static Filling of(ReadModel model, List<Recorded<Event>> history) {
        var rows = Rows.ofWholeHistory();
        for (var recorded : history)
            for (var projection : model.projections()) Generation.fold(projection, recorded, rows);
        return new Filling(
                model.tables().stream().map(table -> part(table, rows)).toList());
    }

    private static <K, R extends Record> Part part(Table<K, R> table, Rows rows) {
        var lines = new StringBuilder();
        for (var row : rows.all(table)) {
            var separator = "";
            for (var column : table.columns()) {
                lines.append(separator);
                separator = "\t";
                var value = TableStore.wire(column.type(), column.value().apply(row));
                if (value == null) lines.append("\\N");
                else escaped(lines, value.toString());
            }
            lines.append('\n');
        }
        return new Part(
                table.name(),
                table.columns().stream().map(Column::name).collect(Collectors.joining(", ")),
                lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void escaped(StringBuilder lines, String value) {
        for (var i = 0; i < value.length(); i++) {
            var letter = value.charAt(i);
            switch (letter) {
                case '\\' -> lines.append("\\\\");
                case '\n' -> lines.append("\\n");
                case '\r' -> lines.append("\\r");
                case '\t' -> lines.append("\\t");
                default -> lines.append(letter);
            }
        }
    }

    /** Into the tables of the generation that is read, as somebody whom row-level security lets pass. */
    public void intoLive(Connection administrator) throws SQLException {
        var copies = administrator.unwrap(PGConnection.class).getCopyAPI();
        for (var part : parts) {
            if (part.lines().length == 0) continue;
            var copy = copies.copyIn(
                    "copy " + Generation.LIVE.tables() + "." + part.table() + " (" + part.columns() + ") from stdin");
            copy.writeToCopy(part.lines(), 0, part.lines().length);
            copy.endCopy();
        }
    }
}
