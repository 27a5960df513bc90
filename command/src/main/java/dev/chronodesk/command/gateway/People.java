package dev.chronodesk.command.gateway;

import dev.chronodesk.command.authorization.Facts;
import dev.chronodesk.command.door.Command;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.events.profile.DisplayNameChanged;
import dev.chronodesk.events.profile.ProfileEvent;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.ProfileRegistered;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.profile.RoleAssigned;
import dev.chronodesk.events.team.TeamCreated;
import dev.chronodesk.events.team.TeamId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads from the log, without a lock, who somebody is and whether a team exists. */
final class People {

    private static final int TEAMS = 10_000;

    private final EventLog log;

    private UUID incarnation;

    /** Teams that were seen: a team that exists never ceases to, as long as the log is the same. */
    private final Map<TeamId, Boolean> teams = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TeamId, Boolean> eldest) {
            return size() > TEAMS;
        }
    };

    People(EventLog log) {
        this.log = log;
        this.incarnation = log.incarnation();
    }

    /** What the command's decision needs to know of others. */
    Facts facts(Command command) {
        if (command.people().isEmpty() && command.teams().isEmpty()) return Facts.NONE;
        var people = new HashMap<ProfileId, Role>();
        for (var person : command.people()) role(person).ifPresent(role -> people.put(person, role));
        var existing = new HashSet<TeamId>();
        for (var team : command.teams()) if (exists(team)) existing.add(team);
        return new Facts(people, existing);
    }

    /** The person's role now, or empty when nobody has that id. */
    Optional<Role> role(ProfileId person) {
        @Nullable Role role = null;
        for (var recorded : log.stream(person.value(), 0)) {
            if (!(recorded.event() instanceof ProfileEvent event)) return Optional.empty();
            role = switch (event) {
                case ProfileRegistered e -> e.role();
                case RoleAssigned e -> e.to();
                case DisplayNameChanged _ -> role;
            };
        }
        return Optional.ofNullable(role);
    }

    private boolean exists(TeamId team) {
        var now = log.incarnation();
        synchronized (teams) {
            if (!now.equals(incarnation)) {
                teams.clear();
                incarnation = now;
            }
            if (teams.containsKey(team)) return true;
        }
        var stream = log.stream(team.value(), 0);
        if (stream.isEmpty() || !(stream.getFirst().event() instanceof TeamCreated)) return false;
        synchronized (teams) {
            teams.put(team, true);
        }
        return true;
    }
}
