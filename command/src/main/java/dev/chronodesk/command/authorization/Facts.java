package dev.chronodesk.command.authorization;

import dev.chronodesk.db.port.Figures.Answer;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.team.TeamId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What other streams say about the people and teams that a command names. Read without a lock just before deciding, so
 * it is eventually checked: somebody may lose a role in the same moment.
 *
 * @param people the named people who exist, with their roles
 * @param teams the named teams that exist
 * @param figures what the statistics that it asks for say, or null when it asks for none
 */
public record Facts(Map<ProfileId, Role> people, Set<TeamId> teams, @Nullable Answer figures) {

    /** Under this name they travel in the metadata of a message. */
    public static final String NAME = "facts";

    /** For a command that names nobody. */
    public static final Facts NONE = new Facts(Map.of(), Set.of());

    public Facts {
        people = Map.copyOf(people);
        teams = Set.copyOf(teams);
    }

    public Facts(Map<ProfileId, Role> people, Set<TeamId> teams) {
        this(people, teams, null);
    }

    /** The person's role, or empty when nobody has that id. */
    public Optional<Role> role(ProfileId person) {
        return Optional.ofNullable(people.get(person));
    }
}
