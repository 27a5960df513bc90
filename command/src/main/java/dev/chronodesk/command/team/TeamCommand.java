package dev.chronodesk.command.team;

import dev.chronodesk.command.door.Command;
import dev.chronodesk.events.StreamType;
import dev.chronodesk.events.team.TeamId;
import java.util.UUID;
import org.axonframework.modelling.command.TargetAggregateIdentifier;
import org.jspecify.annotations.Nullable;

/** What can be asked of a team. */
public sealed interface TeamCommand extends Command permits CreateTeam, AddTeamMember {

    @TargetAggregateIdentifier
    @Nullable
    TeamId teamId();

    @Override
    default StreamType kind() {
        return StreamType.TEAM;
    }

    @Override
    default @Nullable UUID target() {
        var id = teamId();
        return id == null ? null : id.value();
    }
}
