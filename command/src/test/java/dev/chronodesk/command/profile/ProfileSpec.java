package dev.chronodesk.command.profile;

import static dev.chronodesk.command.Desk.IDS;
import static dev.chronodesk.command.Desk.id;
import static dev.chronodesk.command.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.chronodesk.command.Desk;
import dev.chronodesk.command.Fixtures;
import dev.chronodesk.command.authorization.Act;
import dev.chronodesk.command.authorization.Facts;
import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.door.DoorRefusal.AlreadyExists;
import dev.chronodesk.command.door.DoorRefusal.Forbidden;
import dev.chronodesk.command.door.DoorRefusal.InactivePerson;
import dev.chronodesk.command.door.DoorRefusal.NotFound;
import dev.chronodesk.command.door.DoorRefusal.VersionMismatch;
import dev.chronodesk.command.door.Outcome;
import dev.chronodesk.command.door.Refusal;
import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.profile.ProfileRejection.AddressTaken;
import dev.chronodesk.command.profile.ProfileRejection.AdministratorsOnly;
import dev.chronodesk.command.profile.ProfileRejection.ErasedPerson;
import dev.chronodesk.command.profile.ProfileRejection.LastAdministrator;
import dev.chronodesk.command.profile.ProfileRejection.NotPresentAddress;
import dev.chronodesk.command.profile.ProfileRejection.RoleForKeysOnly;
import dev.chronodesk.command.profile.ProfileRejection.StillAdministrator;
import dev.chronodesk.command.ticket.AssignTicket;
import dev.chronodesk.command.ticket.CreateTicket;
import dev.chronodesk.db.Secrets;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.PostgresEventLog;
import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.address.AddressClaimed;
import dev.chronodesk.events.address.AddressReleased;
import dev.chronodesk.events.profile.DisplayNameChanged;
import dev.chronodesk.events.profile.EmailChanged;
import dev.chronodesk.events.profile.EmailVerified;
import dev.chronodesk.events.profile.ProfileDeactivated;
import dev.chronodesk.events.profile.ProfileErased;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.ProfileReactivated;
import dev.chronodesk.events.profile.ProfileRegistered;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.profile.RoleAssigned;
import dev.chronodesk.events.roster.AdministratorAdded;
import dev.chronodesk.events.roster.AdministratorRemoved;
import dev.chronodesk.events.roster.RosterEvent;
import dev.chronodesk.events.ticket.TicketId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Profiles, and what concerns others in the same append: addresses and the roster, on real PostgreSQL. */
class ProfileSpec {

    static final ProfileId PERSON = new ProfileId(UUID.randomUUID());

    @Nested
    class ChangingTheDisplayName {

        @Test
        void people_call_themselves_something_else() {
            Fixtures.of(Profile.class)
                    .given(registered("Ada"))
                    .when(new ChangeDisplayName(PERSON, "Countess"), by(PERSON, Role.CUSTOMER))
                    .expectEvents(new DisplayNameChanged(PERSON, Personal.of("Ada"), Personal.of("Countess")));
        }

        @Test
        void administrators_do_it_for_others() {
            Fixtures.of(Profile.class)
                    .given(registered("Ada"))
                    .when(new ChangeDisplayName(PERSON, ""), by(new ProfileId(UUID.randomUUID()), Role.ADMIN))
                    .expectEvents(new DisplayNameChanged(PERSON, Personal.of("Ada"), Personal.of("")));
        }

        @Test
        void an_erased_name_can_be_replaced() {
            Fixtures.of(Profile.class)
                    .given(new ProfileRegistered(PERSON, Personal.erased(), Personal.erased(), Role.CUSTOMER))
                    .when(new ChangeDisplayName(PERSON, "Ada"), by(PERSON, Role.CUSTOMER))
                    .expectEvents(new DisplayNameChanged(PERSON, Personal.erased(), Personal.of("Ada")));
        }

        @Test
        void the_same_name_is_no_change() {
            Fixtures.of(Profile.class)
                    .given(registered("Ada"))
                    .when(new ChangeDisplayName(PERSON, "Ada"), by(PERSON, Role.CUSTOMER))
                    .expectSuccessfulHandlerExecution()
                    .expectNoEvents();
        }

        @Test
        void a_customer_knows_of_nobody_else() {
            Fixtures.of(Profile.class)
                    .given(registered("Ada"))
                    .when(new ChangeDisplayName(PERSON, "Eve"), by(new ProfileId(UUID.randomUUID()), Role.CUSTOMER))
                    .expectException(refused(new NotFound()))
                    .expectNoEvents();
        }

        @Test
        void an_agent_renames_nobody_else() {
            Fixtures.of(Profile.class)
                    .given(registered("Ada"))
                    .when(new ChangeDisplayName(PERSON, "Eve"), by(new ProfileId(UUID.randomUUID()), Role.AGENT))
                    .expectException(refused(new AdministratorsOnly()))
                    .expectNoEvents();
        }

        static ProfileRegistered registered(String name) {
            return new ProfileRegistered(PERSON, Personal.of(name), null, Role.CUSTOMER);
        }

        static Map<String, ?> by(ProfileId person, Role role) {
            return Map.of(
                    Act.NAME,
                    new Act(person.value(), role, person.value(), false, "command", "key", null, null),
                    Facts.NAME,
                    Facts.NONE);
        }
    }

    TestDatabase database;
    Desk desk;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        desk = new Desk(database);
    }

    @AfterEach
    void close() {
        desk.close();
        database.close();
    }

    @Nested
    class Registering {

        @Test
        void somebody_without_an_account() {
            var outcome = desk.send(new RegisterProfile(PERSON, "", null), Senders.SYSTEM);
            assertThat(outcome.result()).isEqualTo(Map.of("profileId", PERSON.value()));
            assertThat(desk.log.after(0, 10))
                    .extracting(recorded -> (Object) recorded.event())
                    .containsExactly(new ProfileRegistered(PERSON, Personal.of(""), null, Role.CUSTOMER));
        }

        @Test
        void an_address_belongs_to_one_profile_however_it_is_written() {
            var first = register("Ada@Example.org");
            assertThat(desk.log.version(first.streams().get(1).id())).isEqualTo(1);
            for (var again : List.of("ada@example.org", " ADA@EXAMPLE.ORG "))
                assertThat(refusal(new RegisterProfile(null, "Eve", again), Senders.SYSTEM))
                        .isEqualTo(new AddressTaken());
            // é as one character and as two
            register("ren\u00e9@example.org");
            assertThat(refusal(new RegisterProfile(null, "Eve", "rene\u0301@example.org"), Senders.SYSTEM))
                    .isEqualTo(new AddressTaken());
        }

        @Test
        void a_refused_registration_leaves_no_profile() {
            register("ada@example.org");
            var eve = new ProfileId(IDS.get());
            refusal(new RegisterProfile(eve, "Eve", "ada@example.org"), Senders.SYSTEM);
            assertThat(desk.log.version(eve.value())).isZero();
        }

        @Test
        void of_twenty_at_once_one_gets_the_address() throws Exception {
            var results = atOnce(
                    20,
                    () -> catchThrowable(
                            () -> desk.send(new RegisterProfile(null, "Ada", "ada@example.org"), Senders.SYSTEM)));
            assertThat(results).filteredOn(thrown -> thrown == null).hasSize(1);
            assertThat(results).filteredOn(thrown -> thrown != null).allSatisfy(thrown -> assertThat(
                            ((CommandRefusedException) thrown).reason())
                    .isEqualTo(new AddressTaken()));
            assertThat(desk.log.head().position()).isEqualTo(2);
        }

        @Test
        void the_log_does_not_show_the_address_in_an_id() {
            register("ada@example.org");
            var address = desk.log.after(0, 10).getLast().event().streamId();
            assertThat(address.version()).isEqualTo(8);
            assertThat(new AddressBook(new byte[32]).id("ada@example.org").value())
                    .as("without the secret nobody can compute it")
                    .isNotEqualTo(address);
        }

        @Test
        void an_id_that_is_taken() {
            desk.send(new RegisterProfile(PERSON, "Ada", null), Senders.SYSTEM);
            assertThat(refusal(new RegisterProfile(PERSON, "Eve", null), Senders.SYSTEM))
                    .isEqualTo(new AlreadyExists("profileId"));
            assertThat(refusal(new RegisterProfile(PERSON, "Eve", "eve@example.org"), Senders.SYSTEM))
                    .isEqualTo(new AlreadyExists("profileId"));
            assertThat(register("eve@example.org").unchanged())
                    .as("the address is still free")
                    .isFalse();
        }

        @Test
        void a_customer_registers_nobody() {
            assertThat(refusal(new RegisterProfile(null, "Eve", null), desk.person(Role.CUSTOMER)))
                    .isInstanceOf(Forbidden.class);
        }

        Outcome register(String email) {
            return desk.send(new RegisterProfile(null, "Ada", email), Senders.SYSTEM);
        }
    }

    @Nested
    class LockingOut {

        @Test
        void is_an_event_once_and_so_is_letting_in_again() {
            var person = desk.person(Role.AGENT);
            desk.send(new DeactivateProfile(id(person)), Senders.SYSTEM);
            assertThat(desk.send(new DeactivateProfile(id(person)), Senders.SYSTEM)
                            .unchanged())
                    .isTrue();
            desk.send(new ReactivateProfile(id(person)), Senders.SYSTEM);
            assertThat(desk.send(new ReactivateProfile(id(person)), Senders.SYSTEM)
                            .unchanged())
                    .isTrue();
            assertThat(desk.log.stream(person.id(), 2))
                    .extracting(recorded -> (Object) recorded.event())
                    .containsExactly(new ProfileDeactivated(id(person)), new ProfileReactivated(id(person)));
        }

        @Test
        void is_not_for_administrators_and_the_locked_out_become_none() {
            var admin = desk.person(Role.ADMIN);
            desk.person(Role.ADMIN);
            assertThat(refusal(new DeactivateProfile(id(admin)), Senders.SYSTEM))
                    .isEqualTo(new StillAdministrator());
            desk.send(new AssignRole(id(admin), Role.AGENT), Senders.SYSTEM);
            desk.send(new DeactivateProfile(id(admin)), Senders.SYSTEM);
            assertThat(refusal(new AssignRole(id(admin), Role.ADMIN), Senders.SYSTEM))
                    .isEqualTo(new InactivePerson("profileId"));
            desk.send(new AssignRole(id(admin), Role.CUSTOMER), Senders.SYSTEM);
        }

        @Test
        void keeps_new_things_away_from_them_until_they_are_back() {
            var agent = desk.person(Role.AGENT);
            var ticket = new TicketId(Desk.IDS.get());
            desk.send(new CreateTicket(ticket, "Printer", "Fire", id(agent), null, null, null, null), Senders.SYSTEM);
            desk.send(new DeactivateProfile(id(agent)), Senders.SYSTEM);
            assertThat(refusal(new AssignTicket(ticket, id(agent)), Senders.SYSTEM))
                    .isEqualTo(new InactivePerson("assigneeId"));
            assertThat(refusal(
                            new CreateTicket(null, "Printer", "Fire", id(agent), null, null, null, null),
                            Senders.SYSTEM))
                    .isEqualTo(new InactivePerson("requesterId"));
            var now = catchThrowable(() -> desk.gateway.send(
                    new ChangeDisplayName(id(agent), "Ada"), Senders.SYSTEM, Terms.PLAIN.onBehalfOf(id(agent))));
            assertThat(((CommandRefusedException) now).reason()).isEqualTo(new InactivePerson("onBehalfOf"));
            desk.send(new ReactivateProfile(id(agent)), Senders.SYSTEM);
            desk.send(new AssignTicket(ticket, id(agent)), Senders.SYSTEM);
        }
    }

    @Nested
    class ChangingTheAddress {

        @Test
        void frees_the_old_one_and_claims_the_new_one_in_one_append() {
            var ada = registered("ada@example.org");
            var outcome = desk.send(new ChangeEmail(ada, " king@example.org ", true), Senders.SYSTEM);
            assertThat(events(outcome))
                    .containsExactly(
                            new EmailChanged(ada, Personal.of("ada@example.org"), Personal.of("king@example.org")),
                            new EmailVerified(ada, Personal.of("king@example.org")),
                            new AddressReleased(book().id("ada@example.org"), ada),
                            new AddressClaimed(book().id("king@example.org"), ada));
            registered("ada@example.org");
        }

        @Test
        void somebody_without_one_gets_one_that_is_not_verified() {
            desk.send(new RegisterProfile(PERSON, "Ada", null), Senders.SYSTEM);
            var outcome = desk.send(new ChangeEmail(PERSON, "ada@example.org", null), Senders.SYSTEM);
            assertThat(events(outcome))
                    .containsExactly(
                            new EmailChanged(PERSON, null, Personal.of("ada@example.org")),
                            new AddressClaimed(book().id("ada@example.org"), PERSON));
        }

        @Test
        void another_spelling_is_a_change_and_still_the_same_address() {
            var ada = registered("ada@example.org");
            assertThat(events(desk.send(new ChangeEmail(ada, "Ada@Example.org", false), Senders.SYSTEM)))
                    .containsExactly(
                            new EmailChanged(ada, Personal.of("ada@example.org"), Personal.of("Ada@Example.org")));
        }

        @Test
        void the_same_is_no_change_unless_it_is_verified_only_now() {
            var ada = registered("ada@example.org");
            assertThat(desk.send(new ChangeEmail(ada, "ada@example.org", false), Senders.SYSTEM)
                            .unchanged())
                    .isTrue();
            var verified = new ChangeEmail(ada, "ada@example.org", true);
            assertThat(events(desk.send(verified, Senders.SYSTEM)))
                    .containsExactly(new EmailVerified(ada, Personal.of("ada@example.org")));
            assertThat(desk.send(verified, Senders.SYSTEM).unchanged()).isTrue();
        }

        @Test
        void an_address_that_somebody_has_is_refused_and_nothing_is_freed() {
            var ada = registered("ada@example.org");
            registered("eve@example.org");
            assertThat(refusal(new ChangeEmail(ada, "EVE@example.org", true), Senders.SYSTEM))
                    .isEqualTo(new AddressTaken());
            assertThat(refusal(new RegisterProfile(null, "Eve", "ada@example.org"), Senders.SYSTEM))
                    .isEqualTo(new AddressTaken());
        }

        @Test
        void is_recorded_as_the_persons_own_when_they_have_proved_it() {
            var ada = registered("ada@example.org");
            var outcome = desk.send(
                    new ChangeEmail(ada, "king@example.org", true), new Caller.Known(ada.value(), Role.SERVICE));
            var metadata = desk.log.after(outcome.position() - 1, 1).getFirst().metadata();
            assertThat(metadata.actor()).isEqualTo(ada.value());
            assertThat(metadata.actorRole()).isEqualTo(Role.SERVICE);
        }

        @Test
        void nobody_else_may_and_somebody_unknown_has_none() {
            var ada = registered("ada@example.org");
            for (var role : List.of(Role.CUSTOMER, Role.AGENT, Role.AUDITOR, Role.ANALYST))
                for (var command : List.of(
                        new ChangeEmail(ada, "king@example.org", true),
                        new VerifyEmail(ada, "ada@example.org"),
                        new ErasePerson(ada)))
                    assertThat(refusal(command, desk.person(role))).isInstanceOf(Forbidden.class);
            assertThat(refusal(new ChangeEmail(PERSON, "king@example.org", true), Senders.SYSTEM))
                    .isEqualTo(new NotFound());
        }
    }

    @Nested
    class VerifyingTheAddress {

        @Test
        void is_an_event_once_however_it_is_written() {
            var ada = registered("Ada@example.org");
            assertThat(events(desk.send(new VerifyEmail(ada, "ada@example.org"), Senders.SYSTEM)))
                    .containsExactly(new EmailVerified(ada, Personal.of("Ada@example.org")));
            assertThat(desk.send(new VerifyEmail(ada, "Ada@example.org"), Senders.SYSTEM)
                            .unchanged())
                    .isTrue();
        }

        @Test
        void is_of_the_present_one_only_and_each_one_anew() {
            var ada = registered("ada@example.org");
            desk.send(new ChangeEmail(ada, "king@example.org", true), Senders.SYSTEM);
            assertThat(refusal(new VerifyEmail(ada, "ada@example.org"), Senders.SYSTEM))
                    .isEqualTo(new NotPresentAddress());
            desk.send(new ChangeEmail(ada, "ada@example.org", false), Senders.SYSTEM);
            assertThat(desk.send(new VerifyEmail(ada, "ada@example.org"), Senders.SYSTEM)
                            .unchanged())
                    .isFalse();
            desk.send(new RegisterProfile(PERSON, "Eve", null), Senders.SYSTEM);
            assertThat(refusal(new VerifyEmail(PERSON, "ada@example.org"), Senders.SYSTEM))
                    .isEqualTo(new NotPresentAddress());
        }
    }

    @Nested
    class Erasing {

        @Test
        void frees_the_address_for_a_new_person_and_is_an_event_once() {
            var ada = registered("ada@example.org");
            assertThat(events(desk.send(new ErasePerson(ada), Senders.SYSTEM)))
                    .containsExactly(new ProfileErased(ada), new AddressReleased(book().id("ada@example.org"), ada));
            assertThat(desk.send(new ErasePerson(ada), Senders.SYSTEM).unchanged())
                    .isTrue();
            registered("ada@example.org");
        }

        @Test
        void frees_it_too_when_the_key_was_destroyed_before_and_nobody_can_name_it() {
            var ada = registered("ada@example.org");
            database.keys().destroy(ada.value());
            desk.aggregates.forget(List.of(ada.value()));
            assertThat(refusal(new RegisterProfile(null, "Eve", "ada@example.org"), Senders.SYSTEM))
                    .isEqualTo(new AddressTaken());
            assertThat(events(desk.send(new ErasePerson(ada), Senders.SYSTEM))).containsExactly(new ProfileErased(ada));
            var eve = desk.send(new RegisterProfile(PERSON, "Eve", "ada@example.org"), Senders.SYSTEM);
            assertThat(events(eve))
                    .containsExactly(
                            new ProfileRegistered(
                                    PERSON, Personal.of("Eve"), Personal.of("ada@example.org"), Role.CUSTOMER),
                            new AddressReleased(book().id("ada@example.org"), ada),
                            new AddressClaimed(book().id("ada@example.org"), PERSON));
        }

        @Test
        void is_not_for_administrators() {
            var admin = desk.person(Role.ADMIN);
            assertThat(refusal(new ErasePerson(id(admin)), Senders.SYSTEM)).isEqualTo(new StillAdministrator());
        }

        @Test
        void ends_everything_about_the_person() {
            var ada = registered("ada@example.org");
            desk.send(new ErasePerson(ada), Senders.SYSTEM);
            for (var command : List.of(
                    new ChangeDisplayName(ada, "Countess"),
                    new AssignRole(ada, Role.AGENT),
                    new DeactivateProfile(ada),
                    new ReactivateProfile(ada),
                    new ChangeEmail(ada, "king@example.org", true),
                    new VerifyEmail(ada, "ada@example.org")))
                assertThat(refusal(command, Senders.SYSTEM)).as("%s", command).isEqualTo(new ErasedPerson());
            assertThat(refusal(new CreateTicket(null, "Printer", "Fire", ada, null, null, null, null), Senders.SYSTEM))
                    .isEqualTo(new InactivePerson("requesterId"));
            assertThat(refusal(new RegisterProfile(ada, "Ada", null), Senders.SYSTEM))
                    .isEqualTo(new AlreadyExists("profileId"));
            var past = catchThrowable(() -> desk.gateway.send(
                    new CreateTicket(null, "Printer", "Fire", null, null, null, null, null),
                    Senders.SYSTEM,
                    Terms.PLAIN.onBehalfOf(ada).at(Instant.parse("2026-01-01T00:00:00Z"))));
            assertThat(((CommandRefusedException) past).reason()).isEqualTo(new InactivePerson("onBehalfOf"));
        }
    }

    private ProfileId registered(String email) {
        var id = new ProfileId(IDS.get());
        desk.send(new RegisterProfile(id, "Ada", email), Senders.SYSTEM);
        return id;
    }

    private AddressBook book() {
        return new AddressBook(new Secrets(database.database().write()).secret("address"));
    }

    private List<Object> events(Outcome outcome) {
        return desk.log.after(0, 1_000).stream()
                .filter(recorded -> recorded.metadata().key().equals(outcome.key()))
                .<Object>map(Recorded::event)
                .toList();
    }

    @Nested
    class AssigningARole {

        @Test
        void an_agent_is_made_and_the_roster_not_asked() {
            var person = desk.person(Role.CUSTOMER);
            desk.send(new AssignRole(id(person), Role.AGENT), Senders.SYSTEM);
            assertThat(desk.log.stream(person.id(), 1).getFirst().event())
                    .isEqualTo(new RoleAssigned(id(person), Role.CUSTOMER, Role.AGENT));
            assertThat(desk.log.version(RosterEvent.STREAM)).isZero();
        }

        @Test
        void an_administrator_stands_in_the_roster_in_the_same_append() {
            var person = desk.person(Role.CUSTOMER);
            var outcome = desk.send(new AssignRole(id(person), Role.ADMIN), Senders.SYSTEM);
            assertThat(desk.log.after(outcome.position() - 2, 2))
                    .extracting(recorded -> (Object) recorded.event())
                    .containsExactly(
                            new RoleAssigned(id(person), Role.CUSTOMER, Role.ADMIN),
                            new AdministratorAdded(id(person)));
        }

        @Test
        void one_of_two_administrators_can_lose_the_role() {
            var first = desk.person(Role.ADMIN);
            var second = desk.person(Role.ADMIN);
            desk.send(new AssignRole(id(second), Role.AGENT), first);
            assertThat(desk.log.stream(RosterEvent.STREAM, 0).getLast().event())
                    .isEqualTo(new AdministratorRemoved(id(second)));
        }

        @Test
        void the_last_one_cannot() {
            var last = desk.person(Role.ADMIN);
            assertThat(refusal(new AssignRole(id(last), Role.CUSTOMER), last)).isEqualTo(new LastAdministrator());
            assertThat(desk.log.version(last.id())).isEqualTo(2);
        }

        @Test
        void of_two_who_remove_each_other_at_once_one_stays() throws Exception {
            var first = desk.person(Role.ADMIN);
            var second = desk.person(Role.ADMIN);
            try (var log = new PostgresEventLog(database.database().write(), database.codec());
                    var other = new Desk(database, log, null)) {
                var turn = new AtomicInteger();
                var results = atOnce(2, () -> {
                    var one = turn.getAndIncrement() == 0;
                    return catchThrowable(() -> (one ? desk : other)
                            .send(new AssignRole(id(one ? second : first), Role.AGENT), one ? first : second));
                });
                assertThat(results).filteredOn(thrown -> thrown == null).hasSize(1);
                assertThat(results)
                        .filteredOn(CommandRefusedException.class::isInstance)
                        .extracting(thrown -> ((CommandRefusedException) thrown).reason())
                        .containsExactly(new LastAdministrator());
            }
        }

        @Test
        void service_is_no_persons_role() {
            var person = desk.person(Role.CUSTOMER);
            assertThat(refusal(new AssignRole(id(person), Role.SERVICE), Senders.SYSTEM))
                    .isEqualTo(new RoleForKeysOnly());
        }

        @Test
        void the_same_role_is_no_change() {
            var admin = desk.person(Role.ADMIN);
            assertThat(desk.send(new AssignRole(id(admin), Role.ADMIN), admin).unchanged())
                    .isTrue();
        }

        @Test
        void nobody_gets_no_role() {
            assertThat(refusal(new AssignRole(PERSON, Role.AGENT), Senders.SYSTEM))
                    .isEqualTo(new NotFound());
        }

        @Test
        void the_version_must_be_the_expected_one() {
            var person = desk.person(Role.AGENT);
            var thrown = catchThrowable(() -> desk.gateway.send(
                    new AssignRole(id(person), Role.AUDITOR),
                    Senders.SYSTEM,
                    new Terms(null, 1, null, null, false, false)));
            assertThat(((CommandRefusedException) thrown).reason()).isEqualTo(new VersionMismatch(person.id(), 1, 2));
        }

        @Test
        void an_agent_assigns_none() {
            var agent = desk.person(Role.AGENT);
            assertThat(refusal(new AssignRole(id(agent), Role.ADMIN), agent)).isInstanceOf(Forbidden.class);
        }
    }

    Refusal refusal(Object command, Caller.Known sender) {
        var head = desk.log.head().position();
        var thrown = catchThrowable(() -> desk.send(command, sender));
        assertThat(thrown).isInstanceOf(CommandRefusedException.class);
        assertThat(desk.log.head().position()).as("nothing is appended").isEqualTo(head);
        return ((CommandRefusedException) thrown).reason();
    }

    static <T> List<T> atOnce(int times, Callable<T> work) throws Exception {
        var start = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<T>>();
            for (var i = 0; i < times; i++)
                all.add(threads.submit(() -> {
                    start.await();
                    return work.call();
                }));
            start.countDown();
            var results = new ArrayList<T>();
            for (var one : all) results.add(one.get());
            return results;
        }
    }
}
