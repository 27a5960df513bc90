package dev.chronodesk.command.ticket;

import static dev.chronodesk.command.Refusals.refused;

import dev.chronodesk.command.Fixtures;
import dev.chronodesk.command.authorization.Act;
import dev.chronodesk.command.authorization.Facts;
import dev.chronodesk.command.door.DoorRefusal.AlreadyExists;
import dev.chronodesk.command.door.DoorRefusal.NotFound;
import dev.chronodesk.command.door.DoorRefusal.OccurredBeforeLast;
import dev.chronodesk.command.door.DoorRefusal.UnknownPerson;
import dev.chronodesk.command.door.DoorRefusal.UnknownTeam;
import dev.chronodesk.command.door.DoorRefusal.VersionMismatch;
import dev.chronodesk.command.ticket.TicketRejection.AssigneeNotStaff;
import dev.chronodesk.command.ticket.TicketRejection.IllegalTransition;
import dev.chronodesk.command.ticket.TicketRejection.RequesterRequired;
import dev.chronodesk.command.ticket.TicketRejection.StaffOnly;
import dev.chronodesk.command.ticket.TicketRejection.TicketClosed;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.team.TeamId;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.CommentId;
import dev.chronodesk.events.ticket.MovedToTeam;
import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.PriorityChanged;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.StatusChanged;
import dev.chronodesk.events.ticket.TicketAssigned;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketEvent;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.TicketType;
import dev.chronodesk.events.ticket.TicketUnassigned;
import dev.chronodesk.events.ticket.Visibility;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.axonframework.test.aggregate.FixtureConfiguration;
import org.axonframework.test.aggregate.ResultValidator;
import org.axonframework.test.aggregate.TestExecutor;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TicketSpec {

    static final TicketId TICKET = new TicketId(UUID.randomUUID());
    static final TeamId TEAM = new TeamId(UUID.randomUUID());
    static final ProfileId REQUESTER = new ProfileId(UUID.randomUUID());
    static final ProfileId AGENT = new ProfileId(UUID.randomUUID());
    static final ProfileId OTHER_AGENT = new ProfileId(UUID.randomUUID());
    static final ProfileId STRANGER = new ProfileId(UUID.randomUUID());

    final FixtureConfiguration<Ticket> fixture = Fixtures.of(Ticket.class);

    @Nested
    class Creating {

        @Test
        void a_customer_opens_a_ticket_for_themselves() {
            fixture.givenNoPriorActivity()
                    .when(
                            new CreateTicket(
                                    TICKET,
                                    "Printer on fire",
                                    "It really is",
                                    null,
                                    null,
                                    TicketType.INCIDENT,
                                    List.of(" hot ", "hot", "printer"),
                                    null),
                            by(REQUESTER, Role.CUSTOMER))
                    .expectEvents(new TicketCreated(
                            TICKET,
                            REQUESTER,
                            Personal.of("Printer on fire"),
                            Personal.of("It really is"),
                            Priority.NORMAL,
                            TicketType.INCIDENT,
                            List.of("hot", "printer"),
                            null));
        }

        @Test
        void an_agent_opens_one_for_somebody_in_a_team_and_a_hurry() {
            when(
                            creating(REQUESTER, Priority.URGENT, TEAM),
                            by(AGENT, Role.AGENT, facts(Map.of(REQUESTER, Role.CUSTOMER), Set.of(TEAM))))
                    .expectEvents(new TicketCreated(
                            TICKET,
                            REQUESTER,
                            Personal.of("Subject"),
                            Personal.of("Description"),
                            Priority.URGENT,
                            null,
                            List.of(),
                            TEAM));
        }

        @Test
        void a_customer_names_no_requester() {
            when(creating(REQUESTER, null, null), by(REQUESTER, Role.CUSTOMER))
                    .expectException(refused(new StaffOnly("requesterId")))
                    .expectNoEvents();
        }

        @Test
        void a_customer_sets_no_priority() {
            when(creating(null, Priority.URGENT, null), by(REQUESTER, Role.CUSTOMER))
                    .expectException(refused(new StaffOnly("priority")))
                    .expectNoEvents();
        }

        @Test
        void a_customer_chooses_no_team() {
            when(creating(null, null, TEAM), by(REQUESTER, Role.CUSTOMER))
                    .expectException(refused(new StaffOnly("teamId")))
                    .expectNoEvents();
        }

        @Test
        void the_requester_must_exist() {
            when(creating(REQUESTER, null, null), by(AGENT, Role.AGENT))
                    .expectException(refused(new UnknownPerson("requesterId")))
                    .expectNoEvents();
        }

        @Test
        void the_team_must_exist() {
            when(creating(null, null, TEAM), by(AGENT, Role.AGENT))
                    .expectException(refused(new UnknownTeam("teamId")))
                    .expectNoEvents();
        }

        @Test
        void a_key_is_nobody_and_names_the_requester() {
            when(creating(null, null, null), by(AGENT, Role.SERVICE))
                    .expectException(refused(new RequesterRequired()))
                    .expectNoEvents();
        }

        @Test
        void a_ticket_that_is_expected_to_be_there_is_not_created() {
            when(creating(null, null, null), expecting(2))
                    .expectException(refused(new VersionMismatch(TICKET.value(), 2, 0)))
                    .expectNoEvents();
        }

        ResultValidator<Ticket> when(CreateTicket command, Map<String, ?> circumstances) {
            return fixture.givenNoPriorActivity().when(command, circumstances);
        }

        CreateTicket creating(ProfileId requester, Priority priority, TeamId team) {
            return new CreateTicket(TICKET, "Subject", "Description", requester, priority, null, null, team);
        }
    }

    @Nested
    class Commenting {

        static final CommentId COMMENT = new CommentId(UUID.randomUUID());

        @Test
        void the_requester_says_something() {
            at(Status.OPEN).when(open("Water?"), by(REQUESTER, Role.CUSTOMER)).expectEvents(added(REQUESTER, "Water?"));
        }

        @ParameterizedTest
        @EnumSource(names = {"PENDING", "ON_HOLD", "SOLVED"})
        void the_requesters_public_comment_reopens(Status status) {
            at(status)
                    .when(open("Still burning"), by(REQUESTER, Role.CUSTOMER))
                    .expectEvents(added(REQUESTER, "Still burning"), new StatusChanged(TICKET, status, Status.OPEN));
        }

        @Test
        void the_requesters_comment_leaves_a_new_ticket_new() {
            at(Status.NEW).when(open("Hello?"), by(REQUESTER, Role.CUSTOMER)).expectEvents(added(REQUESTER, "Hello?"));
        }

        @Test
        void the_first_public_comment_of_staff_opens_a_new_ticket() {
            at(Status.NEW)
                    .when(open("Coming"), by(AGENT, Role.AGENT))
                    .expectEvents(added(AGENT, "Coming"), new StatusChanged(TICKET, Status.NEW, Status.OPEN));
        }

        @Test
        void an_automation_is_no_answer() {
            at(Status.NEW)
                    .when(
                            open("We have your mail"),
                            Map.of(
                                    Act.NAME,
                                    new Act(AGENT.value(), Role.AGENT, AGENT.value(), true, "c", "k", null, null),
                                    Facts.NAME,
                                    Facts.NONE))
                    .expectEvents(added(AGENT, "We have your mail"));
        }

        @ParameterizedTest
        @EnumSource(names = {"PENDING", "ON_HOLD", "SOLVED"})
        void a_public_comment_of_staff_leaves_the_status(Status status) {
            at(status).when(open("Any news?"), by(AGENT, Role.AGENT)).expectEvents(added(AGENT, "Any news?"));
        }

        @ParameterizedTest
        @EnumSource(names = {"NEW", "PENDING", "SOLVED"})
        void an_internal_note_leaves_the_status(Status status) {
            at(status)
                    .when(new AddComment(TICKET, COMMENT, "Insured?", Visibility.INTERNAL), by(AGENT, Role.AGENT))
                    .expectEvents(
                            new CommentAdded(TICKET, COMMENT, AGENT, Personal.of("Insured?"), Visibility.INTERNAL));
        }

        @Test
        void a_customer_writes_no_internal_note() {
            at(Status.OPEN)
                    .when(new AddComment(TICKET, COMMENT, "Psst", Visibility.INTERNAL), by(REQUESTER, Role.CUSTOMER))
                    .expectException(refused(new StaffOnly("visibility")))
                    .expectNoEvents();
        }

        @Test
        void somebody_elses_ticket_is_not_there() {
            at(Status.OPEN)
                    .when(open("Me too"), by(STRANGER, Role.CUSTOMER))
                    .expectException(refused(new NotFound()))
                    .expectNoEvents();
        }

        @Test
        void a_comment_is_added_once() {
            fixture.given(created(), added(REQUESTER, "Water?"))
                    .when(open("Water?"), by(REQUESTER, Role.CUSTOMER))
                    .expectException(refused(new AlreadyExists("commentId")))
                    .expectNoEvents();
        }

        static AddComment open(String body) {
            return new AddComment(TICKET, COMMENT, body, Visibility.PUBLIC);
        }

        static CommentAdded added(ProfileId author, String body) {
            return new CommentAdded(TICKET, COMMENT, author, Personal.of(body), Visibility.PUBLIC);
        }
    }

    @Nested
    class Assigning {

        @Test
        void staff_become_responsible() {
            at(Status.NEW)
                    .when(new AssignTicket(TICKET, AGENT), naming(AGENT, Role.AGENT))
                    .expectEvents(new TicketAssigned(TICKET, null, AGENT));
        }

        @Test
        void one_hands_over_to_another() {
            assigned()
                    .when(new AssignTicket(TICKET, OTHER_AGENT), naming(OTHER_AGENT, Role.ADMIN))
                    .expectEvents(new TicketAssigned(TICKET, AGENT, OTHER_AGENT));
        }

        @Test
        void whoever_is_responsible_already_stays_so() {
            assigned()
                    .when(new AssignTicket(TICKET, AGENT), naming(AGENT, Role.AGENT))
                    .expectNoEvents();
        }

        @Test
        void nobody_is_no_assignee() {
            at(Status.NEW)
                    .when(new AssignTicket(TICKET, STRANGER), by(AGENT, Role.AGENT))
                    .expectException(refused(new UnknownPerson("assigneeId")))
                    .expectNoEvents();
        }

        @ParameterizedTest
        @EnumSource(names = {"CUSTOMER", "AUDITOR", "ANALYST"})
        void only_staff_are_assignees(Role role) {
            at(Status.NEW)
                    .when(new AssignTicket(TICKET, STRANGER), naming(STRANGER, role))
                    .expectException(refused(new AssigneeNotStaff()))
                    .expectNoEvents();
        }

        @Test
        void a_customer_of_another_ticket_learns_nothing() {
            at(Status.NEW)
                    .when(new AssignTicket(TICKET, AGENT), by(STRANGER, Role.CUSTOMER))
                    .expectException(refused(new NotFound()))
                    .expectNoEvents();
        }
    }

    @Nested
    class Unassigning {

        @Test
        void nobody_is_responsible_any_more() {
            assigned()
                    .when(new UnassignTicket(TICKET), by(AGENT, Role.AGENT))
                    .expectEvents(new TicketUnassigned(TICKET, AGENT));
        }

        @Test
        void nobody_was_responsible() {
            at(Status.OPEN)
                    .when(new UnassignTicket(TICKET), by(AGENT, Role.AGENT))
                    .expectNoEvents();
        }

        @Test
        void a_customer_of_another_ticket_learns_nothing() {
            assigned()
                    .when(new UnassignTicket(TICKET), by(STRANGER, Role.CUSTOMER))
                    .expectException(refused(new NotFound()))
                    .expectNoEvents();
        }
    }

    @Nested
    class Moving {

        @Test
        void another_team_gets_it_and_the_assignee_stays() {
            fixture.given(created(), new TicketAssigned(TICKET, null, AGENT))
                    .when(new MoveToTeam(TICKET, TEAM), by(AGENT, Role.AGENT, facts(Map.of(), Set.of(TEAM))))
                    .expectEvents(new MovedToTeam(TICKET, null, TEAM));
        }

        @Test
        void the_team_has_it_already() {
            fixture.given(created(), new MovedToTeam(TICKET, null, TEAM))
                    .when(new MoveToTeam(TICKET, TEAM), by(AGENT, Role.AGENT, facts(Map.of(), Set.of(TEAM))))
                    .expectNoEvents();
        }

        @Test
        void the_team_must_exist() {
            at(Status.NEW)
                    .when(new MoveToTeam(TICKET, TEAM), by(AGENT, Role.AGENT))
                    .expectException(refused(new UnknownTeam("teamId")))
                    .expectNoEvents();
        }

        @Test
        void a_customer_of_another_ticket_learns_nothing() {
            at(Status.NEW)
                    .when(new MoveToTeam(TICKET, TEAM), by(STRANGER, Role.CUSTOMER))
                    .expectException(refused(new NotFound()))
                    .expectNoEvents();
        }
    }

    @Nested
    class ChangingTheStatus {

        @ParameterizedTest
        @EnumSource
        void every_step_of_the_state_machine_and_no_other(Status from) {
            for (var to : Status.values()) {
                var result = new TicketSpec().at(from).when(new ChangeStatus(TICKET, to), by(AGENT, Role.AGENT));
                if (to == from) result.expectSuccessfulHandlerExecution().expectNoEvents();
                else if (from.next().contains(to)) result.expectEvents(new StatusChanged(TICKET, from, to));
                else
                    result.expectException(refused(new IllegalTransition(from, to, from.next())))
                            .expectNoEvents();
            }
        }

        @Test
        void a_customer_of_another_ticket_learns_nothing() {
            at(Status.NEW)
                    .when(new ChangeStatus(TICKET, Status.OPEN), by(STRANGER, Role.CUSTOMER))
                    .expectException(refused(new NotFound()))
                    .expectNoEvents();
        }

        @Test
        void the_version_must_be_the_expected_one() {
            at(Status.OPEN)
                    .when(new ChangeStatus(TICKET, Status.SOLVED), expecting(1))
                    .expectException(refused(new VersionMismatch(TICKET.value(), 1, 2)))
                    .expectNoEvents();
        }

        @Test
        void the_expected_version_passes() {
            at(Status.OPEN)
                    .when(new ChangeStatus(TICKET, Status.SOLVED), expecting(2))
                    .expectEvents(new StatusChanged(TICKET, Status.OPEN, Status.SOLVED));
        }

        @Test
        void nothing_happens_before_the_last_event() {
            var last = Instant.parse("2026-01-01T09:00:00Z");
            for (var seconds : List.of(-1, 0, 1)) {
                var result = Fixtures.of(Ticket.class)
                        .givenCurrentTime(last)
                        .andGiven(created())
                        .when(
                                new ChangeStatus(TICKET, Status.OPEN),
                                Map.of(
                                        Act.NAME,
                                        new Act(
                                                AGENT.value(),
                                                Role.AGENT,
                                                AGENT.value(),
                                                false,
                                                "c",
                                                "k",
                                                last.plusSeconds(seconds),
                                                null),
                                        Facts.NAME,
                                        Facts.NONE));
                if (seconds < 0)
                    result.expectException(refused(new OccurredBeforeLast(last)))
                            .expectNoEvents();
                else result.expectEvents(new StatusChanged(TICKET, Status.NEW, Status.OPEN));
            }
        }
    }

    @Nested
    class ChangingThePriority {

        @Test
        void it_hurries_more() {
            at(Status.OPEN)
                    .when(new ChangePriority(TICKET, Priority.URGENT), by(AGENT, Role.AGENT))
                    .expectEvents(new PriorityChanged(TICKET, Priority.NORMAL, Priority.URGENT));
        }

        @Test
        void it_hurries_so_already() {
            at(Status.OPEN)
                    .when(new ChangePriority(TICKET, Priority.NORMAL), by(AGENT, Role.AGENT))
                    .expectNoEvents();
        }

        @Test
        void a_customer_of_another_ticket_learns_nothing() {
            at(Status.NEW)
                    .when(new ChangePriority(TICKET, Priority.HIGH), by(STRANGER, Role.CUSTOMER))
                    .expectException(refused(new NotFound()))
                    .expectNoEvents();
        }
    }

    @Nested
    class Closed {

        @Test
        void nothing_changes_any_more() {
            var circumstances = by(AGENT, Role.AGENT, facts(Map.of(OTHER_AGENT, Role.AGENT), Set.of(TEAM)));
            for (var command : List.of(
                    new AddComment(TICKET, new CommentId(UUID.randomUUID()), "Hm", Visibility.PUBLIC),
                    new AddComment(TICKET, new CommentId(UUID.randomUUID()), "Hm", Visibility.INTERNAL),
                    new AssignTicket(TICKET, OTHER_AGENT),
                    new UnassignTicket(TICKET),
                    new MoveToTeam(TICKET, TEAM),
                    new ChangePriority(TICKET, Priority.HIGH)))
                Fixtures.of(Ticket.class)
                        .given(closed())
                        .when(command, circumstances)
                        .expectException(refused(new TicketClosed()))
                        .expectNoEvents();
        }

        @Test
        void what_is_so_already_is_no_change() {
            for (var command : List.of(
                    new AssignTicket(TICKET, AGENT),
                    new ChangeStatus(TICKET, Status.CLOSED),
                    new ChangePriority(TICKET, Priority.NORMAL)))
                Fixtures.of(Ticket.class)
                        .given(closed())
                        .when(command, naming(AGENT, Role.AGENT))
                        .expectSuccessfulHandlerExecution()
                        .expectNoEvents();
        }

        static List<TicketEvent> closed() {
            return List.of(
                    created(),
                    new TicketAssigned(TICKET, null, AGENT),
                    new StatusChanged(TICKET, Status.NEW, Status.SOLVED),
                    new StatusChanged(TICKET, Status.SOLVED, Status.CLOSED));
        }
    }

    static TicketCreated created() {
        return new TicketCreated(
                TICKET,
                REQUESTER,
                Personal.of("Printer on fire"),
                Personal.erased(),
                Priority.NORMAL,
                null,
                List.of(),
                null);
    }

    TestExecutor<Ticket> at(Status status) {
        var history = new ArrayList<TicketEvent>();
        history.add(created());
        if (status == Status.CLOSED) history.add(new StatusChanged(TICKET, Status.NEW, Status.SOLVED));
        var before = status == Status.CLOSED ? Status.SOLVED : Status.NEW;
        if (status != Status.NEW) history.add(new StatusChanged(TICKET, before, status));
        return fixture.given(history);
    }

    TestExecutor<Ticket> assigned() {
        return fixture.given(created(), new TicketAssigned(TICKET, null, AGENT));
    }

    static Map<String, ?> by(ProfileId person, Role role) {
        return by(person, role, Facts.NONE);
    }

    static Map<String, ?> by(ProfileId person, Role role, Facts facts) {
        var act = new Act(person.value(), role, person.value(), false, "command", "key", null, null);
        return Map.of(Act.NAME, act, Facts.NAME, facts);
    }

    static Map<String, ?> expecting(int version) {
        var act = new Act(AGENT.value(), Role.AGENT, AGENT.value(), false, "command", "key", null, version);
        return Map.of(Act.NAME, act, Facts.NAME, Facts.NONE);
    }

    static Map<String, ?> naming(ProfileId person, Role role) {
        return by(AGENT, Role.AGENT, facts(Map.of(person, role), Set.of()));
    }

    static Facts facts(Map<ProfileId, Role> people, Set<TeamId> teams) {
        return new Facts(people, teams);
    }
}
