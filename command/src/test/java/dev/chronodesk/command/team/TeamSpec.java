package dev.chronodesk.command.team;

import static dev.chronodesk.command.Refusals.refused;

import dev.chronodesk.command.Fixtures;
import dev.chronodesk.command.authorization.Act;
import dev.chronodesk.command.authorization.Facts;
import dev.chronodesk.command.door.DoorRefusal.UnknownPerson;
import dev.chronodesk.command.door.DoorRefusal.VersionMismatch;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.team.TeamCreated;
import dev.chronodesk.events.team.TeamId;
import dev.chronodesk.events.team.TeamMemberAdded;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.axonframework.test.aggregate.FixtureConfiguration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a team decides. Who may send it at all is in the access matrix and its specification. */
class TeamSpec {

    static final TeamId TEAM = new TeamId(UUID.randomUUID());
    static final ProfileId MEMBER = new ProfileId(UUID.randomUUID());

    final FixtureConfiguration<Team> team = Fixtures.of(Team.class);

    @Nested
    class Creating {

        @Test
        void a_team_is_there() {
            team.givenNoPriorActivity()
                    .when(new CreateTeam(TEAM, "Second line"), knowing())
                    .expectEvents(new TeamCreated(TEAM, "Second line"));
        }

        @Test
        void one_that_is_expected_to_be_there_is_not_created() {
            team.givenNoPriorActivity()
                    .when(new CreateTeam(TEAM, "Second line"), circumstances(1))
                    .expectException(refused(new VersionMismatch(TEAM.value(), 1, 0)))
                    .expectNoEvents();
        }
    }

    @Nested
    class AddingAMember {

        @Test
        void somebody_belongs_to_it() {
            team.given(new TeamCreated(TEAM, "Second line"))
                    .when(new AddTeamMember(TEAM, MEMBER), knowing(MEMBER))
                    .expectEvents(new TeamMemberAdded(TEAM, MEMBER));
        }

        @Test
        void twice_is_once() {
            team.given(new TeamCreated(TEAM, "Second line"), new TeamMemberAdded(TEAM, MEMBER))
                    .when(new AddTeamMember(TEAM, MEMBER), knowing(MEMBER))
                    .expectSuccessfulHandlerExecution()
                    .expectNoEvents();
        }

        @Test
        void nobody_is_no_member() {
            team.given(new TeamCreated(TEAM, "Second line"))
                    .when(new AddTeamMember(TEAM, MEMBER), knowing())
                    .expectException(refused(new UnknownPerson("profileId")))
                    .expectNoEvents();
        }

        @Test
        void the_version_must_be_the_expected_one() {
            team.given(new TeamCreated(TEAM, "Second line"))
                    .when(new AddTeamMember(TEAM, MEMBER), circumstances(2, MEMBER))
                    .expectException(refused(new VersionMismatch(TEAM.value(), 2, 1)))
                    .expectNoEvents();
        }
    }

    static Map<String, ?> knowing(ProfileId... people) {
        return circumstances(null, people);
    }

    static Map<String, ?> circumstances(Integer version, ProfileId... people) {
        var admin = UUID.randomUUID();
        var known = new HashMap<ProfileId, Role>();
        for (var person : people) known.put(person, Role.CUSTOMER);
        return Map.of(
                Act.NAME,
                new Act(admin, Role.ADMIN, admin, false, "command", "key", null, version),
                Facts.NAME,
                new Facts(known, Set.of()));
    }
}
