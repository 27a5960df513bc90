package dev.chronodesk.query.team;

import dev.chronodesk.query.fold.Column;
import dev.chronodesk.query.fold.SqlType;
import dev.chronodesk.query.fold.Table;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** A person belongs to a team since then. */
public record TeamMemberRow(UUID teamId, UUID profileId, Instant addedAt) {

    /** Which team and who. */
    public record Key(UUID teamId, UUID profileId) {}

    public static final Table<Key, TeamMemberRow> TABLE = Table.<Key, TeamMemberRow>keyedByMany(
                    "team_members",
                    List.of(
                            new Column<>("team_id", SqlType.UUID, Key::teamId),
                            new Column<>("profile_id", SqlType.UUID, Key::profileId)),
                    row -> new Key(row.teamId(), row.profileId()))
            .column("added_at", SqlType.TIMESTAMP, TeamMemberRow::addedAt)
            .readBy(in -> new TeamMemberRow(in.uuid(), in.uuid(), in.instant()));
}
