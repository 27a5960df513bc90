package dev.chronodesk.command.authorization;

import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.door.DoorRefusal.InactivePerson;
import dev.chronodesk.command.door.DoorRefusal.UnknownPerson;
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
 * @param inactive those of them who were deactivated or erased
 * @param teams the named teams that exist
 * @param figures what the statistics that it asks for say, or null when it asks for none
 */
public record Facts(Map<ProfileId, Role> people, Set<ProfileId> inactive, Set<TeamId> teams, @Nullable Answer figures) {

    /** Under this name they travel in the metadata of a message. */
    public static final String NAME = "facts";

    /** For a command that names nobody. */
    public static final Facts NONE = new Facts(Map.of(), Set.of());

    public Facts {
        people = Map.copyOf(people);
        inactive = Set.copyOf(inactive);
        teams = Set.copyOf(teams);
    }

    public Facts(Map<ProfileId, Role> people, Set<TeamId> teams) {
        this(people, Set.of(), teams, null);
    }

    /**
     * The role of a person whom something new may concern.
     *
     * @throws CommandRefusedException naming the field when nobody has that id, or they were deactivated or erased
     */
    public Role active(ProfileId person, String field) {
        var role = role(person).orElseThrow(() -> new CommandRefusedException(new UnknownPerson(field)));
        if (inactive.contains(person)) throw new CommandRefusedException(new InactivePerson(field));
        return role;
    }

    /** The person's role, or empty when nobody has that id. */
    public Optional<Role> role(ProfileId person) {
        return Optional.ofNullable(people.get(person));
    }
}
