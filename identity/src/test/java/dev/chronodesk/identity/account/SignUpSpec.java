package dev.chronodesk.identity.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.profile.RegisterProfile;
import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.address.AddressClaimed;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.ProfileRegistered;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.Desk;
import dev.chronodesk.identity.Registered;
import dev.chronodesk.identity.Secret;
import dev.chronodesk.identity.account.AccountRejection.AddressTaken;
import dev.chronodesk.identity.account.AccountRejection.InvalidCredentials;
import dev.chronodesk.identity.account.AccountRejection.Malformed;
import dev.chronodesk.identity.account.AccountRejection.Rejected;
import dev.chronodesk.identity.account.AccountRejection.WeakPassword;
import dev.chronodesk.identity.principal.Principals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class SignUpSpec {

    private static Desk desk;
    private static SignUp signUp;
    private static SignIn signIn;
    private static Accounts accounts;
    private static Passwords passwords;
    private static Principals principals;
    private static JdbcClient jdbc;

    private static int people;

    @BeforeAll
    static void open() {
        desk = Desk.open();
        signUp = desk.bean(SignUp.class);
        signIn = desk.bean(SignIn.class);
        accounts = desk.bean(Accounts.class);
        passwords = desk.bean(Passwords.class);
        principals = new Principals(desk.database().database().identity());
        jdbc = JdbcClient.create(desk.database().database().identity());
    }

    @AfterAll
    static void close() {
        desk.close();
    }

    private static EmailAddress address() {
        return new EmailAddress("person" + people++ + "@example.org");
    }

    private static List<Event> history(UUID person) {
        return desk.database().log().stream(person, 0).stream()
                .map(Recorded::event)
                .toList();
    }

    private static long claims(UUID person) {
        return desk.database().log().after(0, 100_000).stream()
                .filter(recorded -> recorded.event() instanceof AddressClaimed claimed
                        && claimed.profileId().value().equals(person))
                .count();
    }

    private static void rejected(Class<? extends AccountRejection> reason, Runnable what) {
        assertThatThrownBy(what::run).isInstanceOfSatisfying(Rejected.class, e -> assertThat(e.reason())
                .isInstanceOf(reason));
    }

    @Test
    void a_new_person_is_registered_in_the_log_as_a_customer_with_the_accounts_id() {
        var email = address();
        var account = signUp.signUp(email, "correct horse", Map.of("display_name", "Ada", "name", "no"));
        assertThat(account.active()).isTrue();
        assertThat(account.emailConfirmedAt()).isNotNull();
        assertThat(history(account.id())).singleElement().isInstanceOfSatisfying(ProfileRegistered.class, event -> {
            assertThat(event.displayName().value()).contains("Ada");
            assertThat(event.role()).isEqualTo(Role.CUSTOMER);
            assertThat(event.email()).isNotNull();
            assertThat(event.email().value()).contains(email.value());
        });
        assertThat(claims(account.id())).isEqualTo(1);
        assertThat(principals.role(account.id())).contains(Role.CUSTOMER);
        assertThat(account.toString()).doesNotContain(email.value()).doesNotContain("argon");
    }

    @Test
    void the_name_stands_in_for_a_missing_display_name_and_nothing_for_both() {
        var named = signUp.signUp(address(), "correct horse", Map.of("name", "Bo"));
        assertThat(((ProfileRegistered) history(named.id()).getFirst())
                        .displayName()
                        .value())
                .contains("Bo");
        var nameless = signUp.signUp(address(), "correct horse", Map.of());
        assertThat(((ProfileRegistered) history(nameless.id()).getFirst())
                        .displayName()
                        .value())
                .contains("");
    }

    @Test
    void a_display_name_that_the_command_would_refuse_leaves_no_account() {
        var email = address();
        rejected(Malformed.class, () -> signUp.signUp(email, "correct horse", Map.of("display_name", 7)));
        rejected(
                Malformed.class,
                () -> signUp.signUp(email, "correct horse", Map.of("display_name", "x".repeat(100_000))));
        assertThat(accounts.byEmail(email)).isEmpty();
    }

    @Test
    void passwords_have_8_to_128_code_points() {
        for (var weak : List.of("", "1234567", "x".repeat(129), "🔑".repeat(7), "🔑".repeat(129)))
            rejected(WeakPassword.class, () -> signUp.signUp(address(), weak, Map.of()));
        for (var good : List.of("q7 wren!", "x".repeat(128), "🔑".repeat(8), "🔑".repeat(128))) {
            var email = address();
            var account = signUp.signUp(email, good, Map.of());
            assertThat(signIn.signIn(email.value(), good).id()).isEqualTo(account.id());
        }
    }

    @Test
    void a_hash_of_weaker_parameters_is_replaced_at_the_next_sign_in() {
        var email = address();
        var account = signUp.signUp(email, "correct horse", Map.of());
        var weak = new org.springframework.security.crypto.argon2.Argon2PasswordEncoder(16, 32, 1, 4_096, 1)
                .encode("correct horse");
        accounts.changePassword(account.id(), new Secret(String.valueOf(weak)));
        rejected(InvalidCredentials.class, () -> signIn.signIn(email.value(), "wrong horse"));
        assertThat(accounts.byId(account.id()).orElseThrow().passwordHash())
                .isEqualTo(new Secret(String.valueOf(weak)));
        signIn.signIn(email.value(), "correct horse");
        assertThat(accounts.byId(account.id()).orElseThrow().passwordHash().reveal())
                .startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        signIn.signIn(email.value(), "correct horse");
    }

    @Test
    void a_password_that_was_changed_meanwhile_is_not_replaced_by_a_better_hash_of_the_old_one() {
        var account = signUp.signUp(address(), "correct horse", Map.of());
        var changed = passwords.hash("another horse");
        accounts.changePassword(account.id(), changed);
        accounts.upgradePassword(account.id(), account.passwordHash(), passwords.hash("correct horse"));
        assertThat(accounts.byId(account.id()).orElseThrow().passwordHash()).isEqualTo(changed);
    }

    @Test
    void a_password_is_kept_as_argon2id_with_the_parameters_that_are_documented() {
        var account = signUp.signUp(address(), "correct horse", Map.of());
        assertThat(account.passwordHash().reveal())
                .startsWith("$argon2id$v=19$m=19456,t=2,p=1$")
                .doesNotContain("correct");
    }

    @Test
    void signing_in_needs_both_and_does_not_say_which_is_wrong() {
        var email = address();
        var account = signUp.signUp(email, "correct horse", Map.of());
        assertThat(signIn.signIn(" " + email.value().toUpperCase(java.util.Locale.ROOT), "correct horse")
                        .id())
                .isEqualTo(account.id());
        rejected(InvalidCredentials.class, () -> signIn.signIn(email.value(), "correct horsf"));
        rejected(InvalidCredentials.class, () -> signIn.signIn("nobody@example.org", "correct horse"));
        rejected(InvalidCredentials.class, () -> signIn.signIn("no address", "correct horse"));
        rejected(InvalidCredentials.class, () -> signIn.signIn(email.value(), "x".repeat(100_000)));
        rejected(InvalidCredentials.class, () -> signIn.signIn("nobody@example.org", "nobody has this password"));
    }

    @Test
    void an_unknown_address_costs_as_much_work_as_a_wrong_password() {
        var email = address();
        signUp.signUp(email, "correct horse", Map.of());
        var known = new ArrayList<Long>();
        var unknown = new ArrayList<Long>();
        for (var i = 0; i < 15; i++) {
            known.add(nanos(() -> rejected(InvalidCredentials.class, () -> signIn.signIn(email.value(), "wrong one"))));
            unknown.add(
                    nanos(() -> rejected(InvalidCredentials.class, () -> signIn.signIn("x@example.org", "wrong one"))));
        }
        known.sort(null);
        unknown.sort(null);
        // without the work for nothing it is some hundred times less
        assertThat(unknown.get(7)).isGreaterThan(known.get(7) / 3);
    }

    private static long nanos(Runnable what) {
        var start = System.nanoTime();
        what.run();
        return System.nanoTime() - start;
    }

    @Test
    void an_address_belongs_to_one_account_however_many_want_it_at_once() throws Exception {
        var email = address();
        var start = new CountDownLatch(1);
        var won = new ArrayList<UUID>();
        try (var pool = Executors.newFixedThreadPool(20)) {
            var attempts = new ArrayList<Future<Account>>();
            for (var i = 0; i < 20; i++) {
                var password = "correct horse " + i;
                attempts.add(pool.submit(() -> {
                    start.await();
                    return signUp.signUp(email, password, Map.of());
                }));
            }
            start.countDown();
            for (var attempt : attempts) {
                try {
                    won.add(attempt.get().id());
                } catch (java.util.concurrent.ExecutionException e) {
                    assertThat(e.getCause())
                            .isInstanceOfSatisfying(Rejected.class, refused -> assertThat(refused.reason())
                                    .isEqualTo(new AddressTaken()));
                }
            }
        }
        assertThat(won).hasSize(1);
        assertThat(accounts.byEmail(email).orElseThrow().id()).isEqualTo(won.getFirst());
        assertThat(claims(won.getFirst())).isEqualTo(1);
        assertThat(registered(email)).isEqualTo(1);
    }

    private static long registered(EmailAddress email) {
        return desk.database().log().after(0, 100_000).stream()
                .filter(recorded -> recorded.event() instanceof ProfileRegistered event
                        && event.email() != null
                        && event.email().value().equals(java.util.Optional.of(email.value())))
                .count();
    }

    @Test
    void an_address_of_a_profile_without_account_is_taken_and_leaves_nothing_behind() {
        var email = address();
        desk.commands()
                .send(
                        new RegisterProfile(new ProfileId(Registered.id()), "Eve", email.value()),
                        Senders.SYSTEM,
                        Terms.PLAIN);
        rejected(AddressTaken.class, () -> signUp.signUp(email, "correct horse", Map.of()));
        assertThat(accounts.byEmail(email)).isEmpty();
    }

    /** What a crash leaves behind, step by step. */
    private static Account pending(EmailAddress email, String password) {
        var id = Registered.id();
        assertThat(accounts.add(new NewAccount(
                        id,
                        email,
                        passwords.hash(password),
                        Map.of("name", "Cy"),
                        NewAccount.Confirmation.ON_TRUST,
                        true)))
                .isTrue();
        return accounts.byId(id).orElseThrow();
    }

    private static void registeredInTheLog(Account account) {
        desk.commands()
                .send(
                        new RegisterProfile(
                                new ProfileId(account.id()),
                                "Cy",
                                account.email().value()),
                        Senders.SYSTEM,
                        Terms.PLAIN.withKey("signup:" + account.id()));
    }

    @Test
    void a_crash_before_the_log_was_asked_is_finished() {
        var account = pending(address(), "correct horse");
        desk.bean(UnfinishedSignUps.class).finish(Duration.ZERO);
        assertThat(accounts.byId(account.id()).orElseThrow().active()).isTrue();
        assertThat(history(account.id())).hasSize(1);
    }

    @Test
    void a_crash_after_the_log_has_answered_is_finished_without_a_second_event() {
        var account = pending(address(), "correct horse");
        registeredInTheLog(account);
        desk.bean(UnfinishedSignUps.class).finish(Duration.ZERO);
        assertThat(accounts.byId(account.id()).orElseThrow().active()).isTrue();
        assertThat(history(account.id())).hasSize(1);
        assertThat(claims(account.id())).isEqualTo(1);
    }

    @Test
    void a_crash_before_the_principal_was_written_is_finished() {
        var account = pending(address(), "correct horse");
        registeredInTheLog(account);
        desk.bean(dev.chronodesk.identity.principal.PrincipalFollower.class).catchUp();
        asSuperuser("delete from identity.principal where id = '" + account.id() + "'");
        desk.bean(UnfinishedSignUps.class).finish(Duration.ZERO);
        assertThat(principals.role(account.id())).contains(Role.CUSTOMER);
        assertThat(accounts.byId(account.id()).orElseThrow().active()).isTrue();
    }

    @Test
    void a_half_done_sign_up_whose_address_is_somebody_elses_is_removed() {
        var email = address();
        desk.commands()
                .send(
                        new RegisterProfile(new ProfileId(Registered.id()), "Eve", email.value()),
                        Senders.SYSTEM,
                        Terms.PLAIN);
        var account = pending(email, "correct horse");
        desk.bean(UnfinishedSignUps.class).finish(Duration.ZERO);
        assertThat(accounts.byId(account.id())).isEmpty();
        assertThat(history(account.id())).isEmpty();
    }

    @Test
    void who_repeats_a_half_done_sign_up_with_the_same_password_gets_that_account() {
        var email = address();
        var account = pending(email, "correct horse");
        assertThat(signUp.signUp(email, "correct horse", Map.of()).id()).isEqualTo(account.id());
        rejected(AddressTaken.class, () -> signUp.signUp(email, "correct horse", Map.of()));
    }

    @Test
    void who_repeats_it_with_another_password_does_not() {
        var email = address();
        var account = pending(email, "correct horse");
        rejected(AddressTaken.class, () -> signUp.signUp(email, "another horse", Map.of()));
        assertThat(signIn.signIn(email.value(), "correct horse").id()).isEqualTo(account.id());
    }

    @Test
    void signing_in_finishes_a_half_done_sign_up() {
        var email = address();
        pending(email, "correct horse");
        assertThat(signIn.signIn(email.value(), "correct horse").active()).isTrue();
    }

    @Test
    void more_passwords_than_turns_wait_and_then_are_told_to_come_later() throws Exception {
        var busy = new Passwords(new PasswordList(null), 1, Duration.ofMillis(1));
        var refused = 0;
        try (var pool = Executors.newFixedThreadPool(8)) {
            var hashes = new ArrayList<Future<Secret>>();
            for (var i = 0; i < 8; i++) hashes.add(pool.submit(() -> busy.hash("correct horse")));
            for (var hash : hashes) {
                try {
                    assertThat(hash.get().reveal()).startsWith("$argon2id$");
                } catch (java.util.concurrent.ExecutionException e) {
                    assertThat(e.getCause()).isInstanceOf(Passwords.BusyException.class);
                    refused++;
                }
            }
        }
        assertThat(refused).isBetween(1, 7);
        assertThat(busy.hash("correct horse").reveal()).startsWith("$argon2id$");
    }

    private static void asSuperuser(String sql) {
        try (var superuser = desk.database().superuser();
                var statement = superuser.createStatement()) {
            statement.execute(sql);
        } catch (java.sql.SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void no_row_of_an_account_holds_a_password() {
        signUp.signUp(address(), "a very special horse", Map.of());
        assertThat(jdbc.sql("select a::text from identity.account a")
                        .query(String.class)
                        .list())
                .noneMatch(row -> row.contains("special horse"));
    }
}
