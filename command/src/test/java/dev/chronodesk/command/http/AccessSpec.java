package dev.chronodesk.command.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.chronodesk.command.Desk;
import dev.chronodesk.command.authorization.Access;
import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.gateway.Catalogue;
import dev.chronodesk.command.profile.AssignRole;
import dev.chronodesk.command.profile.ChangeEmail;
import dev.chronodesk.command.profile.RegisterProfile;
import dev.chronodesk.command.team.AddTeamMember;
import dev.chronodesk.command.team.CreateTeam;
import dev.chronodesk.command.ticket.CreateTicket;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.port.Figures;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.team.TeamId;
import dev.chronodesk.events.ticket.TicketId;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every cell of the access matrix, through the door and the aggregates behind it. */
class AccessSpec {

    static final Access ACCESS = Access.load();

    static TestDatabase database;
    static Desk desk;
    static Door door;
    static Caller.Known stranger;
    static Caller.Known agent;
    static final Map<Role, Caller.Known> ACTORS = new EnumMap<>(Role.class);
    static final Map<Role, TeamId> TEAMS = new EnumMap<>(Role.class);

    @BeforeAll
    static void open() {
        database = TestDatabase.create();
        desk = new Desk(database);
        desk.computing((call, reader) -> new Figures.Answer(1, "status"));
        door = new Door(desk);
        stranger = desk.person(Role.CUSTOMER);
        agent = desk.person(Role.AGENT);
        for (var role : Role.values()) {
            var actor = role == Role.SERVICE ? new Caller.Known(Desk.IDS.get(), role) : desk.person(role);
            ACTORS.put(role, actor);
            var team = new TeamId(Desk.IDS.get());
            TEAMS.put(role, team);
            desk.send(new CreateTeam(team, "Team of " + role), Senders.SYSTEM);
            if (role != Role.SERVICE) desk.send(new AddTeamMember(team, new ProfileId(actor.id())), Senders.SYSTEM);
        }
    }

    @AfterAll
    static void close() {
        desk.close();
        database.close();
    }

    @Test
    void the_table_speaks_of_every_command_and_of_no_other() {
        assertThat(ACCESS.commands()).isEqualTo(new Catalogue().all().keySet());
    }

    @Test
    void the_table_speaks_of_every_role() {
        assertThat(ACCESS.rules()).allSatisfy(rule -> assertThat(rule.answers()).containsOnlyKeys(Role.values()));
    }

    @TestFactory
    Stream<DynamicTest> every_cell() {
        return ACCESS.rules().stream().flatMap(rule -> rule.answers().entrySet().stream()
                .filter(cell -> !cell.getValue().equals("–"))
                .map(cell -> dynamicTest(
                        cell.getKey() + " sends " + rule.command() + " " + rule.detail() + " to " + rule.of() + ": "
                                + cell.getValue(),
                        () -> check(rule, cell.getKey(), cell.getValue()))));
    }

    static void check(Access.Rule rule, Role role, String expected) {
        var actor = ACTORS.get(role);
        var body = body(rule, role, actor);
        var head = desk.log.head().position();
        var answer = door.as(actor).send(rule.command(), body);
        if (expected.equals("yes")) {
            assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
            return;
        }
        assertThat(answer.status()).as(answer.json().toString()).isEqualTo(Integer.parseInt(expected));
        assertThat(desk.log.head().position()).isEqualTo(head);
        assertThat(door.as(new Caller.Anonymous()).send(rule.command(), body).status())
                .isEqualTo(401);
    }

    static String body(Access.Rule rule, Role role, Caller.Known actor) {
        return switch (rule.command()) {
            case "CreateTicket" ->
                """
                {"subject": "Printer", "description": "Fire"%s}"""
                        .formatted(
                                switch (rule.of()) {
                                    case "own" -> "";
                                    case "team" ->
                                        ", \"teamId\": \"" + TEAMS.get(role) + "\", \"requesterId\": \"" + stranger.id()
                                                + "\"";
                                    default -> ", \"requesterId\": \"" + stranger.id() + "\"";
                                });
            case "AddComment" ->
                """
                {"ticketId": "%s", "body": "Hm", "visibility": "%s"}"""
                        .formatted(ticket(rule, role, actor), rule.detail());
            case "AssignTicket" ->
                """
                {"ticketId": "%s", "assigneeId": "%s"}"""
                        .formatted(ticket(rule, role, actor), agent.id());
            case "UnassignTicket" -> """
                {"ticketId": "%s"}""".formatted(ticket(rule, role, actor));
            case "MoveToTeam" ->
                """
                {"ticketId": "%s", "teamId": "%s"}"""
                        .formatted(ticket(rule, role, actor), TEAMS.get(Role.AGENT));
            case "ChangeStatus" ->
                """
                {"ticketId": "%s", "status": "solved"}""".formatted(ticket(rule, role, actor));
            case "ChangePriority" ->
                """
                {"ticketId": "%s", "priority": "urgent"}""".formatted(ticket(rule, role, actor));
            case "ChangeDisplayName" ->
                """
                {"profileId": "%s", "displayName": "%s"}"""
                        .formatted(profile(rule, role, actor), UUID.randomUUID());
            case "RegisterProfile" -> """
                {"displayName": "Somebody"}""";
            case "AssignRole" ->
                """
                {"profileId": "%s", "role": "agent"}""".formatted(profile(rule, role, actor));
            case "ChangeEmail", "VerifyEmail" -> {
                var person = profile(rule, role, actor);
                var email = person + "@example.org";
                if (rule.command().equals("VerifyEmail"))
                    desk.send(new ChangeEmail(person, email, false), Senders.SYSTEM);
                yield """
                {"profileId": "%s", "email": "%s"}""".formatted(person, email);
            }
            case "DeactivateProfile", "ReactivateProfile", "ErasePerson" ->
                """
                {"profileId": "%s"}""".formatted(profile(rule, role, actor));
            case "CreateTeam" -> """
                {"name": "Third line"}""";
            case "AddTeamMember" ->
                """
                {"teamId": "%s", "profileId": "%s"}"""
                        .formatted(TEAMS.get(Role.AGENT), stranger.id());
            case "DefineSchedule" ->
                """
                {"name": "Office hours", "zone": "Europe/Berlin", "hours": ["monday 09:00-17:00"]}""";
            case "AdoptDefinition" -> """
                {"definition": "full_resolution/2"}""";
            case "PublishReport" -> """
                {"title": "March", "call": "backlog?at=2026-04-01"}""";
            default -> throw new AssertionError(rule.command() + " has no body here");
        };
    }

    static TicketId ticket(Access.Rule rule, Role role, Caller.Known actor) {
        var id = new TicketId(Desk.IDS.get());
        var owner = rule.of().equals("own") && role != Role.SERVICE ? actor : stranger;
        var team = rule.of().equals("team") ? TEAMS.get(role) : null;
        desk.send(
                new CreateTicket(id, "Printer", "Fire", new ProfileId(owner.id()), null, null, null, team),
                Senders.SYSTEM);
        return id;
    }

    static ProfileId profile(Access.Rule rule, Role role, Caller.Known actor) {
        if (rule.of().equals("own")) return new ProfileId(actor.id());
        var id = new ProfileId(Desk.IDS.get());
        desk.send(new RegisterProfile(id, "Somebody", null), Senders.SYSTEM);
        if (rule.of().equals("team")) desk.send(new AddTeamMember(TEAMS.get(role), id), Senders.SYSTEM);
        return id;
    }

    @Test
    void a_role_counts_as_it_is_now() {
        var person = desk.person(Role.CUSTOMER);
        desk.send(new AssignRole(new ProfileId(person.id()), Role.AGENT), Senders.SYSTEM);
        var body =
                """
                {"subject": "Printer", "description": "Fire", "priority": "high", "onBehalfOf": "%s"}"""
                        .formatted(person.id());
        assertThat(door.as(ACTORS.get(Role.SERVICE)).send("CreateTicket", body).status())
                .isEqualTo(200);
    }
}
