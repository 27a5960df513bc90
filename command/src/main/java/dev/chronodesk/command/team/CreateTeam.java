package dev.chronodesk.command.team;

import dev.chronodesk.command.door.Command;
import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.events.team.TeamId;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes a team. Two teams may have the same name. */
public record CreateTeam(
        @Field("The new team's id, version 7 recommended; made when left out.") @Nullable TeamId teamId,
        @Field(value = "What it is called.", example = "Second line", min = 1, max = CreateTeam.MAX_NAME) String name)
        implements TeamCommand {

    /** Unicode code points of a team's name. */
    public static final int MAX_NAME = 255;

    public CreateTeam {
        var shape = new Shape();
        shape.text("name", name, 1, MAX_NAME);
        shape.check();
    }

    @Override
    public boolean creates() {
        return true;
    }

    @Override
    public Command identified(Supplier<UUID> ids) {
        return teamId != null ? this : new CreateTeam(new TeamId(ids.get()), name);
    }

    @Override
    public Map<String, UUID> makes() {
        return Map.of(
                "teamId", Objects.requireNonNull(teamId, "made at the door").value());
    }
}
