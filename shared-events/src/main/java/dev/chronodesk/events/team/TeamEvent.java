package dev.chronodesk.events.team;

import dev.chronodesk.events.Event;
import dev.chronodesk.events.StreamType;
import java.util.UUID;

/** Everything that can have happened to a team. */
public sealed interface TeamEvent extends Event permits TeamCreated, TeamMemberAdded {

    TeamId teamId();

    @Override
    default UUID streamId() {
        return teamId().value();
    }

    @Override
    default StreamType streamType() {
        return StreamType.TEAM;
    }
}
