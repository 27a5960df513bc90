package dev.chronodesk.query.team;

import static dev.chronodesk.query.fold.Versions.follows;

import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.team.TeamCreated;
import dev.chronodesk.events.team.TeamEvent;
import dev.chronodesk.events.team.TeamMemberAdded;
import dev.chronodesk.query.fold.Needs;
import dev.chronodesk.query.fold.Projection;
import dev.chronodesk.query.fold.Rows;
import dev.chronodesk.query.fold.Table;
import java.util.List;

/** Teams and their members. */
public final class TeamProjection implements Projection<TeamEvent> {

    @Override
    public Class<TeamEvent> events() {
        return TeamEvent.class;
    }

    @Override
    public List<Table<?, ?>> tables() {
        return List.of(TeamRow.TABLE, TeamMemberRow.TABLE);
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public void needs(TeamEvent event, Needs needs) {
        needs.row(TeamRow.TABLE, event.teamId().value());
    }

    @Override
    public void fold(Recorded<TeamEvent> recorded, Rows rows) {
        switch (recorded.event()) {
            case TeamCreated e -> {
                follows(recorded, 0);
                rows.insert(TeamRow.TABLE, new TeamRow(e.teamId().value(), e.name(), recorded.occurredAt(), 1));
            }
            case TeamMemberAdded e -> {
                var team = rows.get(TeamRow.TABLE, e.teamId().value());
                follows(recorded, team.version());
                rows.update(TeamRow.TABLE, team.touched());
                rows.insert(
                        TeamMemberRow.TABLE,
                        new TeamMemberRow(e.teamId().value(), e.profileId().value(), recorded.occurredAt()));
            }
        }
    }
}
