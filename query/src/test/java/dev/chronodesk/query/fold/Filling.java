package dev.chronodesk.query.fold;

import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Event;
import dev.chronodesk.query.LiveSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * The rows that a history folds to, written by COPY: many in little time, and none of them is in the log. The history
 * must have every event of each stream that is in it. The fold's login may not: COPY is refused under row-level
 * security.
 */
public final class Filling {

    private final Rows rows;

    private Filling(Rows rows) {
        this.rows = rows;
    }

    public static Filling of(ReadModel model, List<Recorded<Event>> history) {
        var rows = Rows.ofWholeHistory();
        for (var recorded : history)
            for (var projection : model.projections()) Generation.fold(projection, recorded, rows);
        return new Filling(rows);
    }

    /** Into the tables of the generation that is read, as somebody whom row-level security lets pass. */
    public void intoLive(Connection administrator) throws SQLException {
        new TableStore(LiveSchema.TABLES, List.of()).copy(administrator, rows);
    }
}
