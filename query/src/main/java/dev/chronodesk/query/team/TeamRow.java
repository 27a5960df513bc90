package dev.chronodesk.query.team;

import dev.chronodesk.query.fold.SqlType;
import dev.chronodesk.query.fold.Table;
import java.time.Instant;
import java.util.UUID;

/**
 * A team.
 *
 * @param version how many events it has
 */
public record TeamRow(UUID id, String name, Instant createdAt, int version) {

    public static final Table<UUID, TeamRow> TABLE = Table.keyedBy("teams", "id", SqlType.UUID, TeamRow::id)
            .column("name", SqlType.TEXT, TeamRow::name)
            .column("created_at", SqlType.TIMESTAMP, TeamRow::createdAt)
            .column("version", SqlType.INT, TeamRow::version)
            .readBy(in -> new TeamRow(in.uuid(), in.text(), in.instant(), in.integer()));

    TeamRow touched() {
        return new TeamRow(id, name, createdAt, version + 1);
    }
}
