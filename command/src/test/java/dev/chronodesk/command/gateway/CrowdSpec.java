package dev.chronodesk.command.gateway;

import static dev.chronodesk.command.gateway.GatewaySpec.creating;
import static dev.chronodesk.command.gateway.GatewaySpec.parallel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.chronodesk.command.Desk;
import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.door.DoorRefusal.IdempotencyKeyReused;
import dev.chronodesk.command.door.DoorRefusal.UnknownTeam;
import dev.chronodesk.command.door.DoorRefusal.VersionMismatch;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.team.CreateTeam;
import dev.chronodesk.command.ticket.AddComment;
import dev.chronodesk.command.ticket.ChangePriority;
import dev.chronodesk.command.ticket.ChangeStatus;
import dev.chronodesk.command.ticket.MoveToTeam;
import dev.chronodesk.db.Database;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.PostgresEventLog;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.team.TeamId;
import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.Visibility;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many senders at once, on two nodes that share nothing but the database. */
@Timeout(120)
class CrowdSpec {

    private static final int CROWD = 100;

    private TestDatabase database;
    private Node one;
    private Node two;
    private Caller.Known customer;
    private Caller.Known agent;
    private final AtomicInteger turn = new AtomicInteger();

    /** A node as a process has it, with connections and caches of its own. */
    private static final class Node implements AutoCloseable {
        private final Database connections;
        private final PostgresEventLog log;
        private final Desk desk;

        Node(TestDatabase database) {
            connections = database.node();
            log = new PostgresEventLog(
                    connections.write(), database.codec(), connections.incarnation(), connections.signals());
            desk = new Desk(database, log, null);
        }

        @Override
        public void close() {
            desk.close();
            log.close();
            connections.close();
        }
    }

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        one = new Node(database);
        two = new Node(database);
        customer = one.desk.person(Role.CUSTOMER);
        agent = one.desk.person(Role.AGENT);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
        database.close();
    }

    private Desk eitherNode() {
        return turn.getAndIncrement() % 2 == 0 ? one.desk : two.desk;
    }

    private TicketId solvedTicket() {
        var ticket = one.desk.ticket(customer);
        one.desk.send(new ChangeStatus(ticket, Status.SOLVED), agent);
        // both nodes remember it
        two.desk.send(new ChangeStatus(ticket, Status.SOLVED), agent);
        return ticket;
    }

    @Test
    void a_hundred_comments_on_one_ticket_from_two_nodes_are_all_taken() throws Exception {
        var ticket = one.desk.ticket(customer);
        var outcomes = parallel(
                CROWD, () -> eitherNode().send(new AddComment(ticket, null, "Me too", Visibility.PUBLIC), customer));
        assertThat(one.log.version(ticket.value())).isEqualTo(1 + CROWD);
        assertThat(outcomes)
                .extracting(outcome -> outcome.streams().getFirst().version())
                .doesNotHaveDuplicates();
    }

    @Test
    void a_hundred_retries_of_one_key_on_two_nodes_append_once_and_are_answered_alike() throws Exception {
        var head = one.log.head().position();
        var terms = Terms.PLAIN.withKey(UUID.randomUUID().toString());
        var outcomes = parallel(CROWD, () -> eitherNode().gateway.send(creating(null), customer, terms));
        assertThat(one.log.head().position()).isEqualTo(head + 1);
        assertThat(outcomes.stream().map(GatewaySpec::unreplayed).distinct()).hasSize(1);
        assertThat(outcomes).filteredOn(outcome -> !outcome.replayed()).hasSize(1);
    }

    @Test
    void a_hundred_bodies_under_one_key_are_one_command_and_refusals() throws Exception {
        var head = one.log.head().position();
        var ticket = one.desk.ticket(customer);
        var terms = Terms.PLAIN.withKey(UUID.randomUUID().toString());
        var thrown = parallel(CROWD, () -> {
            var body = "Body " + turn.get();
            return catchThrowable(() ->
                    eitherNode().gateway.send(new AddComment(ticket, null, body, Visibility.PUBLIC), customer, terms));
        });
        assertThat(one.log.head().position()).isEqualTo(head + 2);
        assertThat(thrown.stream().filter(Objects::nonNull)).isNotEmpty().allSatisfy(each -> assertThat(
                        ((CommandRefusedException) each).reason())
                .isInstanceOf(IdempotencyKeyReused.class));
    }

    @Test
    void of_two_changes_that_exclude_each_other_the_second_is_decided_on_what_the_first_did() throws Exception {
        for (var round = 0; round < 15; round++) {
            var ticket = solvedTicket();
            var version = one.log.version(ticket.value());
            var to = new AtomicInteger();
            var thrown = parallel(2, () -> {
                var closing = to.getAndIncrement() == 0;
                return catchThrowable(() -> (closing ? one : two)
                        .desk.send(new ChangeStatus(ticket, closing ? Status.CLOSED : Status.OPEN), agent));
            });
            assertThat(one.log.version(ticket.value())).isEqualTo(version + 1);
            assertThat(thrown).filteredOn(Objects::isNull).hasSize(1);
            assertThat(thrown).filteredOn(Objects::nonNull).allSatisfy(each -> assertThat(each)
                    .isInstanceOf(CommandRefusedException.class));
        }
    }

    @Test
    void a_hundred_changes_of_one_ticket_make_as_many_events_as_were_answered_with_one() throws Exception {
        var ticket = one.desk.ticket(customer);
        var before = one.log.version(ticket.value());
        var priorities = List.of(Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.URGENT);
        var outcomes = parallel(CROWD, () -> {
            var which = turn.get();
            return eitherNode().send(new ChangePriority(ticket, priorities.get(which % 4)), agent);
        });
        var changed = outcomes.stream().filter(outcome -> !outcome.unchanged()).count();
        assertThat(one.log.version(ticket.value())).isEqualTo(before + changed);
    }

    @Test
    void of_a_crowd_that_expects_one_version_one_acts_and_the_others_are_told_the_new_one() throws Exception {
        var ticket = one.desk.ticket(customer);
        var terms = new Terms(null, 1, null, null, false, false);
        var thrown = parallel(
                20,
                () -> catchThrowable(() -> eitherNode()
                        .gateway
                        .send(new AddComment(ticket, null, "First", Visibility.PUBLIC), customer, terms)));
        assertThat(one.log.version(ticket.value())).isEqualTo(2);
        assertThat(thrown).filteredOn(Objects::isNull).hasSize(1);
        assertThat(thrown).filteredOn(Objects::nonNull).allSatisfy(each -> assertThat(
                        ((CommandRefusedException) each).reason())
                .isEqualTo(new VersionMismatch(ticket.value(), 1, 2)));
    }

    @Test
    void a_ticket_that_everybody_writes_on_does_not_hold_up_another_one() throws Exception {
        var hot = one.desk.ticket(customer);
        var cold = one.desk.ticket(customer);
        var over = new AtomicBoolean();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var i = 0; i < CROWD; i++)
                threads.execute(() -> {
                    while (!over.get())
                        eitherNode().send(new AddComment(hot, null, "Me too", Visibility.PUBLIC), customer);
                });
            var slowest = 0L;
            for (var i = 0; i < 30; i++) {
                var began = System.nanoTime();
                one.desk.send(new AddComment(cold, null, "Calm", Visibility.PUBLIC), customer);
                slowest = Math.max(slowest, System.nanoTime() - began);
            }
            over.set(true);
            assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(2));
        }
        assertThat(one.log.version(cold.value())).isEqualTo(31);
    }

    @Test
    void what_was_remembered_of_a_history_that_was_lost_decides_nothing() throws Exception {
        var ticket = solvedTicket();
        var team = new TeamId(Desk.IDS.get());
        one.desk.send(new CreateTeam(team, "Ghosts"), one.desk.person(Role.ADMIN));
        two.desk.send(new MoveToTeam(one.desk.ticket(customer), team), agent);
        var known = two.log.incarnation();
        var version = two.log.version(ticket.value());

        // as after a failover that lost the solving and the team, and on which something else happened since:
        // the ticket has as many events as before, but is open
        execute("alter table log.event disable trigger event_append_only;"
                + "update log.event set payload = convert_to(replace(convert_from(payload, 'UTF8'), 'solved', 'open'),"
                + " 'UTF8') where stream_id = '" + ticket + "' and type = 'StatusChanged';"
                + "update log.event set stream_id = gen_random_uuid() where stream_id = '" + team + "';"
                + "alter table log.event enable always trigger event_append_only;"
                + "select log.begin_incarnation()");
        var until = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (two.log.incarnation().equals(known)) {
            assertThat(System.nanoTime()).isLessThan(until);
            Thread.sleep(10);
        }

        assertThat(two.log.version(ticket.value())).isEqualTo(version);
        // an open ticket cannot be closed; a solved one could
        assertThatThrownBy(() -> two.desk.send(new ChangeStatus(ticket, Status.CLOSED), agent))
                .isInstanceOf(CommandRefusedException.class);
        assertThat(two.desk.send(new ChangeStatus(ticket, Status.SOLVED), agent).unchanged())
                .isFalse();
        assertThatThrownBy(() -> two.desk.send(new MoveToTeam(ticket, team), agent))
                .isInstanceOfSatisfying(CommandRefusedException.class, refused -> assertThat(refused.reason())
                        .isInstanceOf(UnknownTeam.class));
    }

    private void execute(String sql) throws SQLException {
        try (var connection = database.superuser();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
