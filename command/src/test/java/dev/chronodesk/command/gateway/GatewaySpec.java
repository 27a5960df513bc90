package dev.chronodesk.command.gateway;

import static dev.chronodesk.command.Desk.IDS;
import static dev.chronodesk.command.Desk.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.chronodesk.command.Desk;
import dev.chronodesk.command.door.Command;
import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.door.DoorRefusal.AlreadyExists;
import dev.chronodesk.command.door.DoorRefusal.Forbidden;
import dev.chronodesk.command.door.DoorRefusal.IdempotencyKeyReused;
import dev.chronodesk.command.door.DoorRefusal.NotFound;
import dev.chronodesk.command.door.DoorRefusal.OccurredBeforeLast;
import dev.chronodesk.command.door.DoorRefusal.OccurredInTheFuture;
import dev.chronodesk.command.door.DoorRefusal.UnknownPerson;
import dev.chronodesk.command.door.DoorRefusal.VersionMismatch;
import dev.chronodesk.command.door.MalformedException;
import dev.chronodesk.command.door.Outcome;
import dev.chronodesk.command.door.Outcome.StreamVersion;
import dev.chronodesk.command.door.Refusal;
import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.profile.AssignRole;
import dev.chronodesk.command.profile.RegisterProfile;
import dev.chronodesk.command.team.AddTeamMember;
import dev.chronodesk.command.team.CreateTeam;
import dev.chronodesk.command.ticket.AddComment;
import dev.chronodesk.command.ticket.AssignTicket;
import dev.chronodesk.command.ticket.ChangePriority;
import dev.chronodesk.command.ticket.ChangeStatus;
import dev.chronodesk.command.ticket.CreateTicket;
import dev.chronodesk.command.ticket.MoveToTeam;
import dev.chronodesk.command.ticket.TicketRejection.IllegalTransition;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.LogUnavailableException;
import dev.chronodesk.db.log.PostgresEventLog;
import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.StreamType;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.profile.RoleAssigned;
import dev.chronodesk.events.team.TeamId;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.CommentId;
import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.StatusChanged;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.Visibility;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The gateway on real PostgreSQL; what one aggregate decides is in its own specification. */
class GatewaySpec {

    static TestDatabase database;
    static Desk desk;
    static Caller.Known admin;
    static Caller.Known agent;
    static Caller.Known customer;

    @BeforeAll
    static void open() {
        database = TestDatabase.create();
        desk = new Desk(database);
        admin = desk.person(Role.ADMIN);
        agent = desk.person(Role.AGENT);
        customer = desk.person(Role.CUSTOMER);
    }

    @AfterAll
    static void close() {
        desk.close();
        database.close();
    }

    @Nested
    class Accepted {

        @Test
        void a_new_tickets_number_is_its_position_and_its_id_is_made() {
            var outcome = desk.send(creating(null), customer);
            var id = (UUID) outcome.result().get("ticketId");
            assertThat(id.version()).isEqualTo(7);
            assertThat(outcome.result()).containsEntry("number", outcome.position());
            assertThat(outcome.streams()).containsExactly(new StreamVersion(StreamType.TICKET, id, 1));
            assertThat(outcome.unchanged()).isFalse();
            assertThat(desk.log.stream(id, 0)).singleElement().satisfies(recorded -> assertThat(recorded.position())
                    .isEqualTo(outcome.position()));
        }

        @Test
        void an_event_keeps_who_acted_and_why() {
            var ticket = desk.ticket(customer);
            var key = "a key " + UUID.randomUUID();
            desk.gateway.send(new ChangeStatus(ticket, Status.OPEN), agent, Terms.PLAIN.withKey(key));
            var metadata = last(ticket).metadata();
            assertThat(metadata.actor()).isEqualTo(agent.id());
            assertThat(metadata.actorRole()).isEqualTo(Role.AGENT);
            assertThat(metadata.sentBy()).isEqualTo(agent.id());
            assertThat(metadata.command()).isEqualTo("ChangeStatus");
            assertThat(metadata.key()).isEqualTo(key);
            assertThat(metadata.automation()).isFalse();
        }

        @Test
        void two_events_of_one_command_stand_side_by_side() {
            var ticket = desk.ticket(customer);
            var outcome = desk.send(new AddComment(ticket, null, "Coming", Visibility.PUBLIC), agent);
            var history = desk.log.stream(ticket.value(), 0);
            assertThat(history)
                    .extracting(recorded -> (Object) recorded.event().getClass())
                    .containsExactly(TicketCreated.class, CommentAdded.class, StatusChanged.class);
            assertThat(history.getLast().position()).isEqualTo(outcome.position());
            assertThat(history.get(1).position()).isEqualTo(outcome.position() - 1);
            assertThat(outcome.streams().getFirst().version()).isEqualTo(3);
        }

        @Test
        void what_is_so_already_appends_nothing_and_says_the_version() {
            var ticket = desk.ticket(customer);
            var head = desk.log.head().position();
            var outcome = desk.send(new ChangePriority(ticket, Priority.NORMAL), agent);
            assertThat(outcome.unchanged()).isTrue();
            assertThat(outcome.position()).isEqualTo(head);
            assertThat(outcome.streams()).containsExactly(new StreamVersion(StreamType.TICKET, ticket.value(), 1));
            assertThat(desk.log.head().position()).isEqualTo(head);
        }

        @Test
        void a_dry_run_shows_the_events_and_leaves_no_trace() {
            var ticket = desk.ticket(customer);
            var head = desk.log.head().position();
            var remembered = desk.aggregates.remembered();
            var outcome = desk.gateway.send(
                    new AddComment(ticket, null, "Coming", Visibility.PUBLIC),
                    agent,
                    new Terms("dry", null, null, null, false, true));
            assertThat(outcome.result().get("events"))
                    .asInstanceOf(InstanceOfAssertFactories.LIST)
                    .extracting("type")
                    .containsExactly("CommentAdded", "StatusChanged");
            assertThat(desk.log.head().position()).isEqualTo(head);
            assertThat(desk.log.receipt(agent.id(), "dry")).isEmpty();
            assertThat(desk.aggregates.remembered()).isLessThanOrEqualTo(remembered);
            assertThat(desk.send(new ChangeStatus(ticket, Status.OPEN), agent).unchanged())
                    .as("the dry run opened nothing, in memory either")
                    .isFalse();
        }
    }

    @Nested
    class Refused {

        @Test
        void an_id_that_is_taken() {
            var ticket = desk.ticket(customer);
            assertRefused(creating(ticket), customer, new AlreadyExists("ticketId"));
            assertRefused(creating(new TicketId(agent.id())), customer, new AlreadyExists("ticketId"));
        }

        @Test
        void a_ticket_that_is_not_there() {
            assertRefused(new ChangeStatus(new TicketId(IDS.get()), Status.OPEN), agent, new NotFound());
        }

        @Test
        void a_stream_of_another_kind_under_that_id() {
            assertRefused(new ChangeStatus(new TicketId(agent.id()), Status.OPEN), agent, new NotFound());
            assertRefused(new AddTeamMember(new TeamId(agent.id()), id(agent)), admin, new NotFound());
        }

        @Test
        void a_stream_of_another_kind_that_is_in_memory() {
            var ticket = desk.ticket(customer);
            desk.send(new ChangeStatus(ticket, Status.OPEN), agent);
            assertRefused(new AddTeamMember(new TeamId(ticket.value()), id(agent)), admin, new NotFound());
        }

        @Test
        void references_to_what_does_not_exist() {
            var ticket = desk.ticket(customer);
            assertRefused(
                    new AssignTicket(ticket, new ProfileId(ticket.value())), agent, new UnknownPerson("assigneeId"));
            assertThat(refusal(new MoveToTeam(ticket, new TeamId(agent.id())), agent, Terms.PLAIN)
                            .code())
                    .isEqualTo("unknown-team");
        }

        @Test
        void a_role_that_may_not_send_it() {
            assertThat(refusal(new AssignRole(id(agent), Role.ADMIN), agent, Terms.PLAIN))
                    .isInstanceOf(Forbidden.class);
        }

        @Test
        void a_refusal_leaves_nothing_and_is_not_kept() {
            var ticket = desk.ticket(customer);
            var head = desk.log.head().position();
            var key = UUID.randomUUID().toString();
            var closing = new ChangeStatus(ticket, Status.CLOSED);
            assertThat(refusal(closing, agent, Terms.PLAIN.withKey(key))).isInstanceOf(IllegalTransition.class);
            assertThat(desk.log.head().position()).isEqualTo(head);
            desk.send(new ChangeStatus(ticket, Status.SOLVED), agent);
            assertThat(desk.gateway
                            .send(closing, agent, Terms.PLAIN.withKey(key))
                            .replayed())
                    .isFalse();
        }

        @Test
        void a_key_that_no_receipt_can_have() {
            for (var key : List.of("", "x".repeat(256), "nul\0", "half \ud800"))
                assertThatThrownBy(() -> desk.gateway.send(creating(null), customer, Terms.PLAIN.withKey(key)))
                        .isInstanceOf(MalformedException.class);
        }
    }

    @Nested
    class Retried {

        @Test
        void the_first_outcome_is_answered_again() {
            var key = UUID.randomUUID().toString();
            var first = desk.gateway.send(creating(null), customer, Terms.PLAIN.withKey(key));
            var head = desk.log.head().position();
            var second = desk.gateway.send(creating(null), customer, Terms.PLAIN.withKey(key));
            assertThat(second.replayed()).isTrue();
            assertThat(unreplayed(second)).isEqualTo(first);
            assertThat(desk.log.head().position()).isEqualTo(head);
        }

        @Test
        void also_when_it_would_be_refused_by_now() {
            var ticket = desk.ticket(customer);
            var key = UUID.randomUUID().toString();
            var solving = new ChangeStatus(ticket, Status.SOLVED);
            var first = desk.gateway.send(solving, agent, Terms.PLAIN.withKey(key));
            desk.send(new ChangeStatus(ticket, Status.CLOSED), agent);
            assertThat(unreplayed(desk.gateway.send(solving, agent, Terms.PLAIN.withKey(key))))
                    .isEqualTo(first);
        }

        @Test
        void also_when_it_changed_nothing() {
            var ticket = desk.ticket(customer);
            var key = UUID.randomUUID().toString();
            var same = new ChangePriority(ticket, Priority.NORMAL);
            var first = desk.gateway.send(same, agent, Terms.PLAIN.withKey(key));
            desk.send(new ChangePriority(ticket, Priority.HIGH), agent);
            var second = desk.gateway.send(same, agent, Terms.PLAIN.withKey(key));
            assertThat(second.replayed()).isTrue();
            assertThat(unreplayed(second)).isEqualTo(first);
            assertThat(first.unchanged()).isTrue();
        }

        @Test
        void the_same_key_for_something_else_is_refused() {
            var ticket = desk.ticket(customer);
            var key = UUID.randomUUID().toString();
            var terms = Terms.PLAIN.withKey(key);
            desk.gateway.send(new ChangePriority(ticket, Priority.HIGH), agent, terms);
            assertThat(refusal(new ChangePriority(ticket, Priority.LOW), agent, terms))
                    .isEqualTo(new IdempotencyKeyReused());
            assertThat(refusal(new ChangeStatus(ticket, Status.OPEN), agent, terms))
                    .isEqualTo(new IdempotencyKeyReused());
        }

        @Test
        void keys_of_two_people_have_nothing_to_do_with_each_other() {
            var key = UUID.randomUUID().toString();
            var first = desk.gateway.send(creating(null), customer, Terms.PLAIN.withKey(key));
            var other = desk.gateway.send(creating(null), agent, Terms.PLAIN.withKey(key));
            assertThat(other.replayed()).isFalse();
            assertThat(other.position()).isGreaterThan(first.position());
        }

        @Test
        void a_hundred_at_once_append_once() throws Exception {
            var head = desk.log.head().position();
            var key = UUID.randomUUID().toString();
            var outcomes = parallel(100, () -> desk.gateway.send(creating(null), customer, Terms.PLAIN.withKey(key)));
            assertThat(desk.log.head().position()).isEqualTo(head + 1);
            assertThat(outcomes.stream().map(GatewaySpec::unreplayed)).containsOnly(unreplayed(outcomes.getFirst()));
            assertThat(outcomes.stream().filter(outcome -> !outcome.replayed())).hasSize(1);
        }

        @Test
        void fifty_at_once_of_what_can_happen_only_once_are_all_answered_alike() throws Exception {
            var ticket = desk.ticket(customer);
            var terms = Terms.PLAIN.withKey(UUID.randomUUID().toString());
            var comment = new AddComment(ticket, new CommentId(IDS.get()), "Water?", Visibility.PUBLIC);
            var outcomes = parallel(50, () -> desk.gateway.send(comment, customer, terms));
            assertThat(outcomes.stream().map(GatewaySpec::unreplayed)).containsOnly(unreplayed(outcomes.getFirst()));
            assertThat(desk.log.version(ticket.value())).isEqualTo(2);
        }

        @Test
        void what_must_be_in_force_is_told_again() {
            var told = new ArrayList<Event>();
            var broken = new AtomicInteger(1);
            desk.before.add((events, position) -> {
                if (broken.getAndDecrement() > 0) throw new IllegalStateException("the database blinked");
                assertThat(position).isEqualTo(desk.log.head().position());
                told.addAll(events);
            });
            try {
                var person = customer;
                var role = new AssignRole(id(person), Role.AUDITOR);
                var terms = Terms.PLAIN.withKey(UUID.randomUUID().toString());
                assertThatThrownBy(() -> desk.gateway.send(role, admin, terms))
                        .isInstanceOf(LogUnavailableException.class);
                assertThat(desk.gateway.send(role, admin, terms).replayed()).isTrue();
                assertThat(told).containsExactly(new RoleAssigned(id(person), Role.CUSTOMER, Role.AUDITOR));
            } finally {
                desk.before.clear();
                desk.send(new AssignRole(id(customer), Role.CUSTOMER), admin);
            }
        }
    }

    @Nested
    class ForSomebodyElse {

        @Test
        void the_person_acted_and_the_sender_stands_beside() {
            var outcome = desk.gateway.send(creating(null), admin, Terms.PLAIN.onBehalfOf(id(customer)));
            var recorded = desk.log.stream(outcome.streams().getFirst().id(), 0).getFirst();
            assertThat(((TicketCreated) recorded.event()).requesterId()).isEqualTo(id(customer));
            assertThat(recorded.metadata().actor()).isEqualTo(customer.id());
            assertThat(recorded.metadata().actorRole()).isEqualTo(Role.CUSTOMER);
            assertThat(recorded.metadata().sentBy()).isEqualTo(admin.id());
        }

        @Test
        void the_persons_rights_decide() {
            var ticket = desk.ticket(agent);
            assertThat(refusal(new ChangeStatus(ticket, Status.OPEN), admin, Terms.PLAIN.onBehalfOf(id(customer))))
                    .isInstanceOf(Forbidden.class);
            assertThat(refusal(
                            new AddComment(ticket, null, "Me too", Visibility.PUBLIC),
                            admin,
                            Terms.PLAIN.onBehalfOf(id(customer))))
                    .isEqualTo(new NotFound());
        }

        @Test
        void a_key_gets_no_administrators_rights_by_naming_one() {
            var key = new Caller.Known(UUID.randomUUID(), Role.SERVICE);
            assertThat(refusal(new AssignRole(id(customer), Role.ADMIN), key, Terms.PLAIN.onBehalfOf(id(admin))))
                    .isInstanceOf(Forbidden.class);
        }

        @Test
        void the_person_must_exist() {
            assertThat(refusal(creating(null), admin, Terms.PLAIN.onBehalfOf(new ProfileId(IDS.get()))))
                    .isEqualTo(new UnknownPerson("onBehalfOf"));
        }

        @ParameterizedTest
        @EnumSource(names = {"CUSTOMER", "AGENT", "AUDITOR", "ANALYST"})
        void nobody_else_may(Role role) {
            var sender = new Caller.Known(agent.id(), role);
            assertThat(refusal(creating(null), sender, Terms.PLAIN.onBehalfOf(id(customer))))
                    .isInstanceOf(Forbidden.class);
            assertThat(refusal(creating(null), sender, Terms.PLAIN.at(Instant.parse("2020-01-01T00:00:00Z"))))
                    .isInstanceOf(Forbidden.class);
        }
    }

    @Nested
    class InThePast {

        final Instant then = Instant.parse("2016-02-29T12:00:00.123456Z");

        @Test
        void time_is_what_was_said_and_goes_forward() {
            var ticket = new TicketId(IDS.get());
            desk.gateway.send(creating(ticket), admin, Terms.PLAIN.at(then));
            desk.gateway.send(new ChangeStatus(ticket, Status.OPEN), admin, Terms.PLAIN.at(then.plusSeconds(1)));
            assertThat(desk.log.stream(ticket.value(), 0))
                    .extracting(Recorded::occurredAt)
                    .containsExactly(then, then.plusSeconds(1));
            assertThat(refusal(new ChangeStatus(ticket, Status.SOLVED), admin, Terms.PLAIN.at(then)))
                    .isEqualTo(new OccurredBeforeLast(then.plusSeconds(1)));
        }

        @Test
        void what_happened_live_is_compared_with_the_databases_time() {
            var ticket = desk.ticket(customer);
            desk.send(new ChangeStatus(ticket, Status.OPEN), agent);
            var recordedAt = last(ticket).recordedAt();
            assertThat(refusal(
                            new ChangeStatus(ticket, Status.SOLVED),
                            admin,
                            Terms.PLAIN.at(recordedAt.minus(1, ChronoUnit.MICROS))))
                    .isEqualTo(new OccurredBeforeLast(recordedAt));
            desk.gateway.send(new ChangeStatus(ticket, Status.SOLVED), admin, Terms.PLAIN.at(recordedAt));
            assertThat(last(ticket).occurredAt()).isEqualTo(recordedAt);
        }

        @Test
        void the_future_has_not_happened() {
            assertThat(refusal(
                            creating(null), admin, Terms.PLAIN.at(Instant.now().plusSeconds(60))))
                    .isEqualTo(new OccurredInTheFuture());
        }

        @Test
        void there_is_nothing_before_1970() {
            for (var never : List.of(Instant.MIN, Instant.parse("1969-12-31T23:59:59Z")))
                assertThatThrownBy(() -> desk.gateway.send(creating(null), admin, Terms.PLAIN.at(never)))
                        .isInstanceOf(MalformedException.class);
        }
    }

    @Nested
    class AtOnce {

        @Test
        void comments_on_one_ticket_are_all_kept() throws Exception {
            var ticket = desk.ticket(customer);
            parallel(40, () -> desk.send(new AddComment(ticket, null, "Hello", Visibility.PUBLIC), customer));
            assertThat(desk.log.version(ticket.value())).isEqualTo(41);
        }

        @Test
        void two_nodes_lose_no_comment_either() throws Exception {
            var ticket = desk.ticket(customer);
            try (var other = new Node()) {
                var turn = new AtomicInteger();
                parallel(20, () -> (turn.getAndIncrement() % 2 == 0 ? desk : other.desk)
                        .send(new AddComment(ticket, null, "Hello", Visibility.PUBLIC), customer));
            }
            assertThat(desk.log.version(ticket.value())).isEqualTo(21);
        }

        @Test
        void of_two_who_create_the_same_ticket_one_does() throws Exception {
            var ticket = new TicketId(IDS.get());
            var results = parallel(2, () -> catchThrowable(() -> desk.send(creating(ticket), customer)));
            assertThat(results).filteredOn(thrown -> thrown == null).hasSize(1);
            assertThat(results)
                    .filteredOn(CommandRefusedException.class::isInstance)
                    .extracting(thrown -> ((CommandRefusedException) thrown).reason())
                    .containsExactly(new AlreadyExists("ticketId"));
        }
    }

    @Test
    void whoever_creates_a_ticket_that_exists_does_not_become_its_requester_for_a_moment() throws Exception {
        var stranger = desk.person(Role.CUSTOMER);
        for (var round = 0; round < 20; round++) {
            var ticket = desk.ticket(customer);
            var turn = new AtomicInteger();
            parallel(
                    16,
                    () -> catchThrowable(() -> desk.send(
                            turn.getAndIncrement() % 2 == 0
                                    ? creating(ticket)
                                    : new AddComment(ticket, null, "Mine now", Visibility.PUBLIC),
                            stranger)));
            assertThat(desk.log.version(ticket.value())).isEqualTo(1);
        }
    }

    @Nested
    class OnTwoNodes {

        @Test
        void a_refusal_is_not_decided_on_what_the_other_node_changed() {
            try (var other = new Node()) {
                var ticket = desk.ticket(customer);
                other.desk.send(new ChangeStatus(ticket, Status.SOLVED), agent);
                desk.send(new ChangeStatus(ticket, Status.OPEN), agent);
                // the other node remembers a solved ticket, from which there is no step to pending
                other.desk.send(new ChangeStatus(ticket, Status.PENDING), agent);
                assertThat(((StatusChanged) last(ticket).event()).to()).isEqualTo(Status.PENDING);
            }
        }

        @Test
        void already_so_is_not_decided_on_what_the_other_node_changed() {
            try (var other = new Node()) {
                var ticket = desk.ticket(customer);
                other.desk.send(new ChangeStatus(ticket, Status.SOLVED), agent);
                desk.send(new ChangeStatus(ticket, Status.OPEN), agent);
                assertThat(other.desk
                                .send(new ChangeStatus(ticket, Status.SOLVED), agent)
                                .unchanged())
                        .isFalse();
                assertThat(((StatusChanged) last(ticket).event()).to()).isEqualTo(Status.SOLVED);
            }
        }

        @Test
        void a_412_is_not_decided_on_what_the_other_node_changed() {
            try (var other = new Node()) {
                var ticket = desk.ticket(customer);
                other.desk.send(new ChangeStatus(ticket, Status.OPEN), agent);
                desk.send(new ChangePriority(ticket, Priority.HIGH), agent);
                var terms = new Terms(null, 3, null, null, false, false);
                assertThat(other.desk
                                .gateway
                                .send(new ChangeStatus(ticket, Status.SOLVED), agent, terms)
                                .streams()
                                .getFirst()
                                .version())
                        .isEqualTo(4);
            }
        }

        @Test
        void an_acceptance_on_old_knowledge_is_decided_again() {
            try (var other = new Node()) {
                var ticket = desk.ticket(customer);
                other.desk.send(new ChangeStatus(ticket, Status.OPEN), agent);
                desk.send(new ChangeStatus(ticket, Status.SOLVED), agent);
                desk.send(new ChangeStatus(ticket, Status.CLOSED), agent);
                assertThat(refusal(other.desk, new ChangeStatus(ticket, Status.PENDING), agent, Terms.PLAIN))
                        .isInstanceOf(IllegalTransition.class);
            }
        }

        @Test
        void a_version_that_is_gone_is_told_with_the_version_now() {
            try (var other = new Node()) {
                var ticket = desk.ticket(customer);
                other.desk.send(new ChangeStatus(ticket, Status.OPEN), agent);
                desk.send(new ChangePriority(ticket, Priority.HIGH), agent);
                assertThat(refusal(
                                other.desk,
                                new ChangeStatus(ticket, Status.SOLVED),
                                agent,
                                new Terms(null, 2, null, null, false, false)))
                        .isEqualTo(new VersionMismatch(ticket.value(), 2, 3));
            }
        }

        @Test
        void a_retry_on_another_node_is_the_same_retry() {
            try (var other = new Node()) {
                var terms = Terms.PLAIN.withKey(UUID.randomUUID().toString());
                var first = desk.gateway.send(creating(null), customer, terms);
                assertThat(unreplayed(other.desk.gateway.send(creating(null), customer, terms)))
                        .isEqualTo(first);
            }
        }
    }

    @Nested
    class Together {

        @Test
        void several_commands_are_one_append() {
            var ticket = new TicketId(IDS.get());
            var head = desk.log.head().position();
            var outcomes = desk.gateway.sendTogether(
                    items(
                            creating(ticket),
                            new AddComment(ticket, null, "Water?", Visibility.PUBLIC),
                            new ChangePriority(ticket, Priority.NORMAL),
                            new ChangeStatus(ticket, Status.SOLVED)),
                    agent,
                    null,
                    false);
            assertThat(outcomes).extracting(Outcome::position).containsExactly(head + 1, head + 2, head + 3, head + 3);
            assertThat(outcomes).extracting(Outcome::unchanged).containsExactly(false, false, true, false);
            assertThat(outcomes)
                    .extracting(outcome -> outcome.streams().getFirst().version())
                    .containsExactly(1, 2, 2, 3);
            assertThat(outcomes.getFirst().result()).containsEntry("number", head + 1);
            assertThat(desk.log.stream(ticket.value(), 0))
                    .extracting(Recorded::recordedAt)
                    .containsOnly(last(ticket).recordedAt());
        }

        @Test
        void one_refusal_refuses_all() {
            var ticket = new TicketId(IDS.get());
            var head = desk.log.head().position();
            var thrown = catchThrowable(() -> desk.gateway.sendTogether(
                    items(creating(ticket), new ChangeStatus(ticket, Status.CLOSED)), agent, null, false));
            assertThat(thrown).isInstanceOfSatisfying(ItemRefusedException.class, refused -> {
                assertThat(refused.index()).isEqualTo(1);
                assertThat(refused.refusal().reason()).isInstanceOf(IllegalTransition.class);
            });
            assertThat(desk.log.head().position()).isEqualTo(head);
            assertThat(desk.log.version(ticket.value())).isZero();
        }

        @Test
        void a_retry_of_all_is_answered_alike() {
            var ticket = new TicketId(IDS.get());
            var key = UUID.randomUUID().toString();
            var items = items(creating(ticket), new ChangeStatus(ticket, Status.SOLVED));
            var first = desk.gateway.sendTogether(items, agent, key, false);
            var second = desk.gateway.sendTogether(items, agent, key, false);
            assertThat(second.stream().map(GatewaySpec::unreplayed).toList()).isEqualTo(first);
        }

        static List<Gateway.Item> items(Command... commands) {
            return List.of(commands).stream()
                    .map(command -> new Gateway.Item(command, Terms.PLAIN))
                    .toList();
        }
    }

    @Test
    void an_undecodable_event_makes_its_stream_unavailable_and_no_other() throws Exception {
        var ticket = desk.ticket(customer);
        try (var other = new Node();
                var connection = database.superuser();
                var statement = connection.createStatement()) {
            statement.execute("alter table log.event disable trigger event_append_only");
            statement.execute("update log.event set type = 'TicketEaten' where stream_id = '" + ticket + "'");
            assertThatThrownBy(() -> other.desk.send(new ChangeStatus(ticket, Status.OPEN), agent))
                    .isInstanceOf(LogUnavailableException.class);
            other.desk.ticket(customer);
            statement.execute("update log.event set type = 'TicketCreated' where stream_id = '" + ticket + "'");
            statement.execute("alter table log.event enable always trigger event_append_only");
            other.desk.send(new ChangeStatus(ticket, Status.OPEN), agent);
        }
    }

    @Test
    void an_append_that_ended_in_an_error_is_not_remembered() {
        var broken = new AtomicInteger();
        var log = (EventLog) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {EventLog.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("append") && broken.getAndDecrement() == 1)
                        throw new OutOfMemoryError("no room for a batch");
                    return method.invoke(desk.log, arguments);
                });
        try (var fragile = new Desk(database, log, null)) {
            var ticket = fragile.ticket(customer);
            broken.set(1);
            assertThatThrownBy(() -> fragile.send(new ChangeStatus(ticket, Status.OPEN), agent))
                    .isInstanceOf(OutOfMemoryError.class);
            assertThat(fragile.send(new ChangeStatus(ticket, Status.OPEN), agent)
                            .unchanged())
                    .isFalse();
            assertThat(last(ticket).event()).isEqualTo(new StatusChanged(ticket, Status.NEW, Status.OPEN));
        }
    }

    /**
     * Who comes next has the aggregate's lock before a conflict is known further up, and must not find what it left.
     */
    @Test
    void what_is_being_decided_is_not_in_memory_until_it_is_durable() {
        var node = new AtomicReference<Desk>();
        var during = new ArrayList<Integer>();
        var log = (EventLog) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {EventLog.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("append"))
                        during.add(node.get().aggregates.remembered());
                    return method.invoke(desk.log, arguments);
                });
        try (var watched = new Desk(database, log, null)) {
            node.set(watched);
            var ticket = watched.ticket(customer);
            var remembered = watched.aggregates.remembered();
            watched.send(new ChangeStatus(ticket, Status.OPEN), agent);
            assertThat(during.getLast()).isEqualTo(remembered - 1);
            assertThat(watched.aggregates.remembered()).isEqualTo(remembered);
        }
    }

    @Test
    void each_command_is_measured_by_its_outcome() {
        var registry = new SimpleMeterRegistry();
        try (var measured = new Desk(database, desk.log, registry)) {
            var ticket = measured.ticket(customer);
            measured.send(new ChangePriority(ticket, Priority.NORMAL), agent);
            refusal(measured, new ChangeStatus(ticket, Status.CLOSED), agent, Terms.PLAIN);
            for (var expected : List.of("accepted", "unchanged", "illegal-transition"))
                assertThat(registry.get("chronodesk.commands")
                                .tag("outcome", expected)
                                .timer()
                                .count())
                        .isEqualTo(1);
        }
    }

    @Test
    void registering_claims_the_address_in_the_same_append() {
        var outcome = desk.send(new RegisterProfile(null, "Ada", "ada@example.org"), Senders.SYSTEM);
        assertThat(outcome.streams())
                .extracting(StreamVersion::type)
                .containsExactly(StreamType.PROFILE, StreamType.ADDRESS);
        assertThat(desk.send(new CreateTeam(null, "Second line"), admin).result())
                .containsKey("teamId");
    }

    /** Another node on the same database. */
    static final class Node implements AutoCloseable {
        final PostgresEventLog log = new PostgresEventLog(database.database().write(), database.codec());
        final Desk desk = new Desk(database, log, null);

        @Override
        public void close() {
            desk.close();
            log.close();
        }
    }

    static CreateTicket creating(TicketId id) {
        return new CreateTicket(id, "Printer on fire", "It really is", null, null, null, null, null);
    }

    static Recorded<Event> last(TicketId ticket) {
        return desk.log.stream(ticket.value(), 0).getLast();
    }

    static Outcome unreplayed(Outcome outcome) {
        return new Outcome(
                outcome.command(),
                outcome.key(),
                outcome.position(),
                outcome.streams(),
                outcome.result(),
                outcome.unchanged(),
                false);
    }

    static Refusal refusal(Object command, Caller.Known sender, Terms terms) {
        return refusal(desk, command, sender, terms);
    }

    static Refusal refusal(Desk desk, Object command, Caller.Known sender, Terms terms) {
        var head = desk.log.head().position();
        var thrown = catchThrowable(() -> desk.gateway.send(command, sender, terms));
        assertThat(thrown).isInstanceOf(CommandRefusedException.class);
        assertThat(desk.log.head().position()).as("nothing is appended").isEqualTo(head);
        return ((CommandRefusedException) thrown).reason();
    }

    static void assertRefused(Object command, Caller.Known sender, Refusal reason) {
        assertThat(refusal(command, sender, Terms.PLAIN)).isEqualTo(reason);
    }

    static <T> List<T> parallel(int times, Callable<T> work) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<T>>();
            for (var i = 0; i < times; i++) all.add(threads.submit(work));
            var results = new ArrayList<T>();
            for (var one : all) results.add(one.get());
            return results;
        }
    }
}
