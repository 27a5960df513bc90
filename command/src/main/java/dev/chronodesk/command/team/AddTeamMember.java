package dev.chronodesk.command.team;

import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.team.TeamId;
import java.util.Set;

/** Makes a person a member of a team. */
public record AddTeamMember(@Field("The team.") TeamId teamId, @Field("The person.") ProfileId profileId)
        implements TeamCommand {

    public AddTeamMember {
        var shape = new Shape();
        shape.required("teamId", teamId);
        shape.required("profileId", profileId);
        shape.check();
    }

    @Override
    public Set<ProfileId> people() {
        return Set.of(profileId);
    }
}
