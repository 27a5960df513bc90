package dev.chronodesk.command.gateway;

import dev.chronodesk.command.authorization.Facts;
import dev.chronodesk.command.door.Command;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.events.profile.DisplayNameChanged;
import dev.chronodesk.events.profile.EmailChanged;
import dev.chronodesk.events.profile.EmailVerified;
import dev.chronodesk.events.profile.ProfileDeactivated;
import dev.chronodesk.events.profile.ProfileErased;
import dev.chronodesk.events.profile.ProfileEvent;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.ProfileReactivated;
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
        var inactive = new HashSet<ProfileId>();
        for (var person : command.people())
            find(person).ifPresent(found -> {
                people.put(person, found.role());
                if (!found.active()) inactive.add(person);
            });
        var existing = new HashSet<TeamId>();
        for (var team : command.teams()) if (exists(team)) existing.add(team);
        return new Facts(people, inactive, existing, null);
    }

    /**
     * Somebody as they are now.
     *
     * @param active neither deactivated nor erased
     */
    record Person(Role role, boolean active, boolean erased) {}

    /** Who has that id; empty when nobody has. */
    Optional<Person> find(ProfileId person) {
        @Nullable Role role = null;
        var active = true;
        var erased = false;
        for (var recorded : log.stream(person.value(), 0)) {
            if (!(recorded.event() instanceof ProfileEvent event)) return Optional.empty();
            switch (event) {
                case ProfileRegistered e -> role = e.role();
                case RoleAssigned e -> role = e.to();
                case ProfileDeactivated _ -> active = false;
                case ProfileReactivated _ -> active = true;
                case ProfileErased _ -> erased = true;
                case DisplayNameChanged _, EmailChanged _, EmailVerified _ -> {}
            }
        }
        return role == null ? Optional.empty() : Optional.of(new Person(role, active && !erased, erased));
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
