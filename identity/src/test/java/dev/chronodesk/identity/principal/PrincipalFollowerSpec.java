package dev.chronodesk.identity.principal;

import static dev.chronodesk.identity.Registered.append;
import static dev.chronodesk.identity.Registered.assigned;
import static dev.chronodesk.identity.Registered.registered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.log.UndecodableStoredEventException;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.profile.EmailChanged;
import dev.chronodesk.events.profile.EmailVerified;
import dev.chronodesk.events.profile.ProfileDeactivated;
import dev.chronodesk.events.profile.ProfileErased;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.ProfileReactivated;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.Registered;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class PrincipalFollowerSpec {

    private TestDatabase database;
    private Principals principals;
    private PrincipalFollower follower;
    private final UUID ada = Registered.id();

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        principals = new Principals(database.database().identity());
        follower = follower();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private PrincipalFollower follower() {
        return new PrincipalFollower(
                database.log(), database.codec(), database.database().identity(), database.keys()::erase);
    }

    @Test
    void what_the_log_says_holds_after_catching_up() {
        append(database.log(), registered(ada, Role.CUSTOMER), assigned(ada, Role.CUSTOMER, Role.AGENT));
        assertThat(principals.role(ada)).isEmpty();
        follower.catchUp();
        assertThat(principals.role(ada)).contains(Role.AGENT);
        assertThat(follower.position()).isEqualTo(2);
    }

    @Test
    void a_role_is_in_force_before_its_command_is_acknowledged() {
        List<Event> events = List.of(registered(ada, Role.CUSTOMER), assigned(ada, Role.CUSTOMER, Role.ADMIN));
        follower.appended(
                events, append(database.log(), events.toArray(Event[]::new)).lastPosition());
        assertThat(principals.role(ada)).contains(Role.ADMIN);
        assertThat(principals.anyAdministrator()).isTrue();
    }

    @Test
    void an_older_event_changes_nothing_whatever_the_order() {
        var first = registered(ada, Role.CUSTOMER);
        var second = assigned(ada, Role.CUSTOMER, Role.AGENT);
        var third = assigned(ada, Role.AGENT, Role.AUDITOR);
        append(database.log(), first);
        append(database.log(), second);
        append(database.log(), third);
        follower.appended(List.of(third), 3);
        follower.appended(List.of(first), 1);
        follower.appended(List.of(second), 2);
        assertThat(principals.role(ada)).contains(Role.AUDITOR);
        follower.catchUp();
        assertThat(principals.role(ada)).contains(Role.AUDITOR);
    }

    @Test
    void within_one_append_each_event_has_its_own_position() {
        var events = List.<Event>of(assigned(ada, Role.AGENT, Role.ADMIN), assigned(ada, Role.ADMIN, Role.AGENT));
        follower.appended(events, 8);
        assertThat(principals.role(ada)).contains(Role.AGENT);
        follower.appended(List.of(assigned(ada, Role.AGENT, Role.ADMIN)), 8);
        assertThat(principals.role(ada)).contains(Role.AGENT);
    }

    @Test
    void who_was_locked_out_is_so_whatever_the_order_and_let_in_again_signs_in_anew() {
        var first = registered(ada, Role.AGENT);
        var second = new ProfileDeactivated(new ProfileId(ada));
        var third = new ProfileReactivated(new ProfileId(ada));
        for (var event : List.of(first, second, third)) append(database.log(), event);
        follower.appended(List.of(first), 1);
        follower.appended(List.of(second), 2);
        assertThat(principal()).isEqualTo("true 2");
        follower.appended(List.of(third), 3);
        follower.appended(List.of(second), 2);
        assertThat(principal()).isEqualTo("false 2");
        follower.catchUp();
        assertThat(principal()).isEqualTo("false 2");
    }

    private static final String OLD = "ada@example.org";
    private static final String NEW = "king@example.org";

    /** Her profile, and her address changed to {@link #NEW}, and that verified. */
    private List<Event> moved() {
        List<Event> events = List.of(
                registered(ada, Role.CUSTOMER),
                new EmailChanged(new ProfileId(ada), Personal.of(OLD), Personal.of("King@Example.org")),
                new EmailVerified(new ProfileId(ada), Personal.of("King@Example.org")));
        for (var event : events) append(database.log(), event);
        return events;
    }

    @Test
    void an_account_has_the_address_that_the_log_says_and_is_confirmed_when_that_is_verified() {
        var events = moved();
        account(ada, OLD, "active");
        assertThat(account()).isEqualTo(OLD + " true");
        follower.appended(events.subList(0, 2), 2);
        assertThat(account()).isEqualTo(NEW + " false");
        follower.appended(events.subList(2, 3), 3);
        assertThat(account()).isEqualTo(NEW + " true");
        // older than what is known
        follower.appended(events.subList(0, 2), 2);
        assertThat(account()).isEqualTo(NEW + " true");
        var back = new EmailChanged(new ProfileId(ada), Personal.of(NEW), Personal.of(OLD));
        follower.appended(List.of(back), append(database.log(), back).lastPosition());
        follower.appended(events, 3);
        assertThat(account()).isEqualTo(OLD + " false");
    }

    @Test
    void a_verification_that_comes_before_its_change_is_found_by_following_the_log() {
        var events = moved();
        account(ada, OLD, "active");
        follower.appended(events.subList(2, 3), 3);
        follower.appended(events.subList(1, 2), 2);
        assertThat(account()).isEqualTo(NEW + " false");
        follower.catchUp();
        assertThat(account()).isEqualTo(NEW + " true");
    }

    @Test
    void a_sign_up_that_waits_for_the_address_gives_way() {
        var eve = Registered.id();
        account(ada, OLD, "active");
        account(eve, NEW, "pending");
        moved();
        follower.catchUp();
        assertThat(account()).isEqualTo(NEW + " true");
        assertThat(everything()).doesNotContain(eve.toString());
    }

    @Test
    void who_was_erased_leaves_an_id_that_opens_nothing_and_what_happened_to_nobody() {
        var admin = Registered.id();
        append(database.log(), registered(ada, Role.AGENT));
        follower.catchUp();
        account(ada, OLD, "active");
        account(admin, "root@example.org", "active");
        jdbc().sql("insert into identity.session (id, account_id, session_version) values (?, ?, 1)")
                .param(ada)
                .param(ada)
                .update();
        mail(ada, OLD);
        mail(null, OLD);
        mail(null, "root@example.org");
        trail(ada, ada, "10.1.1.1", "Ada's telephone");
        trail(null, ada, "10.1.1.2", "A telephone of Ada");
        trail(admin, ada, "10.2.2.2", "Root's computer");
        trail(ada, admin, "10.1.1.1", "Ada's telephone");
        assertThat(sealed()).isTrue();

        var erased = new ProfileErased(new ProfileId(ada));
        follower.appended(List.of(erased), append(database.log(), erased).lastPosition());
        assertErased();
        assertThat(everything())
                .contains("root@example.org", "Root's computer", "10.2.2.2", admin.toString())
                .doesNotContain(OLD, "Ada", "10.1.1", "Your link");
        assertThat(jdbc().sql("select state from identity.mail order by state")
                        .query(String.class)
                        .list())
                .containsExactly("failed", "failed", "waiting");
        assertThat(jdbc().sql("select count(*) from identity.trail")
                        .query(Long.class)
                        .single())
                .isEqualTo(4);
        // told again, and followed
        follower.appended(List.of(erased), 2);
        follower.catchUp();
        assertErased();
    }

    @Test
    void an_erasure_that_a_crash_has_left_half_done_is_finished_by_following_the_log() {
        account(ada, OLD, "active");
        append(database.log(), registered(ada, Role.AGENT), new ProfileErased(new ProfileId(ada)));
        assertThat(sealed()).isTrue();
        follower.catchUp();
        assertErased();
        assertThat(database.keys().needsRebuild())
                .as("the read tables follow the log too")
                .isFalse();
    }

    @Test
    void an_erasure_counts_before_the_registration_is_known() {
        var registered = registered(ada, Role.AGENT);
        var erased = new ProfileErased(new ProfileId(ada));
        append(database.log(), registered, erased);
        follower.appended(List.of(erased), 2);
        follower.appended(List.of(registered), 1);
        assertErased();
    }

    private void assertErased() {
        assertThat(jdbc().sql("select erased and disabled from identity.principal where id = ?")
                        .param(ada)
                        .query(Boolean.class)
                        .single())
                .isTrue();
        assertThat(jdbc().sql("select count(*) from identity.account where id = ?")
                        .param(ada)
                        .query(Long.class)
                        .single())
                .isZero();
        assertThat(everything()).doesNotContain(OLD);
        assertThat(sealed()).isFalse();
    }

    @Test
    void people_are_erased_while_another_node_follows_what_was_before() throws Exception {
        var people = Stream.generate(Registered::id).limit(100).toList();
        for (var person : people) {
            append(database.log(), registered(person, Role.CUSTOMER));
            account(person, person + "@example.org", "active");
        }
        follower.catchUp();
        for (var person : people) append(database.log(), new ProfileDeactivated(new ProfileId(person)));
        for (var person : people)
            append(database.log(), new EmailVerified(new ProfileId(person), Personal.of(person + "@example.org")));
        var erasures = new LinkedHashMap<List<Event>, Long>();
        for (var person : people) {
            List<Event> erased = List.of(new ProfileErased(new ProfileId(person)));
            erasures.put(
                    erased, append(database.log(), erased.toArray(Event[]::new)).lastPosition());
        }
        var other = follower();
        try (var pool = Executors.newSingleThreadExecutor()) {
            var following = pool.submit(other::catchUp);
            erasures.forEach(follower::appended);
            following.get(1, TimeUnit.MINUTES);
        }
        assertThat(jdbc().sql("select count(*) from identity.account")
                        .query(Long.class)
                        .single())
                .isZero();
        assertThat(jdbc().sql("select count(*) from identity.principal where erased and disabled")
                        .query(Long.class)
                        .single())
                .isEqualTo(people.size());
    }

    /** Whether there is a key to seal something about her with. */
    private boolean sealed() {
        return database.keys().seal(ada, new byte[1], new byte[1]).isPresent();
    }

    private JdbcClient jdbc() {
        return JdbcClient.create(database.database().identity());
    }

    private void account(UUID id, String email, String state) {
        jdbc().sql("insert into identity.account (id, email, state, email_confirmed_at) values (?, ?, ?, now())")
                .param(id)
                .param(email)
                .param(state)
                .update();
    }

    /** Her address, and whether it is confirmed. */
    private String account() {
        return jdbc().sql("select email || ' ' || (email_confirmed_at is not null)::text from identity.account where id"
                        + " = ?")
                .param(ada)
                .query(String.class)
                .single();
    }

    private void mail(@Nullable UUID account, String recipient) {
        jdbc().sql(
                        """
                        insert into identity.mail (id, kind, account_id, recipient, subject, plain, html, message_id)
                        values (?, 'recovery', ?, ?, ?, ?, ?, ?)""")
                .param(UUID.randomUUID())
                .param(account)
                .param(recipient)
                .params(recipient.equals(OLD) ? List.of("Your link", "Your link", "Your link") : List.of("", "", ""))
                .param(UUID.randomUUID().toString())
                .update();
    }

    private void trail(@Nullable UUID actor, UUID account, String address, String device) {
        jdbc().sql(
                        """
                        insert into identity.trail (action, actor_id, account_id, session_id, address, user_agent)
                        values ('signed_in', ?, ?, ?, ?::inet, ?)""")
                .param(actor)
                .param(account)
                .param(account)
                .param(address)
                .param(device)
                .update();
    }

    /** Every row of mail, trail and accounts, as a text. */
    private String everything() {
        return jdbc().sql(
                        """
                        select coalesce(string_agg(t, ' '), '') from (
                          select m::text from identity.mail m
                          union all select l::text from identity.trail l
                          union all select a::text from identity.account a) r (t)""")
                .query(String.class)
                .single();
    }

    /** Whether they are locked out, and the version that their sessions must have. */
    private String principal() {
        return JdbcClient.create(database.database().identity())
                .sql("select disabled::text || ' ' || session_version from identity.principal where id = ?")
                .param(ada)
                .query(String.class)
                .single();
    }

    @Test
    void another_follower_goes_on_where_the_last_one_stopped() {
        append(database.log(), registered(ada, Role.CUSTOMER));
        follower.catchUp();
        append(database.log(), assigned(ada, Role.CUSTOMER, Role.ANALYST));
        var next = follower();
        next.catchUp();
        assertThat(principals.role(ada)).contains(Role.ANALYST);
        assertThat(next.position()).isEqualTo(2);
    }

    @Test
    void what_others_append_is_found_by_following() throws InterruptedException {
        try (var following = follower()) {
            following.start();
            append(database.log(), registered(ada, Role.ANALYST));
            var until = Instant.now().plus(Duration.ofSeconds(20));
            while (principals.role(ada).isEmpty() && Instant.now().isBefore(until)) Thread.sleep(20);
            assertThat(principals.role(ada)).contains(Role.ANALYST);
        }
    }

    @Test
    void another_history_is_noticed() throws SQLException {
        append(database.log(), registered(ada, Role.CUSTOMER));
        follower.catchUp();
        try (var superuser = database.superuser();
                var statement = superuser.createStatement()) {
            statement.execute("update identity.checkpoint set event_id = gen_random_uuid()");
        }
        assertThatThrownBy(() -> follower().catchUp())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another history");
    }

    @Test
    void an_event_that_cannot_be_read_is_not_skipped() throws SQLException {
        append(database.log(), registered(ada, Role.CUSTOMER));
        try (var superuser = database.superuser();
                var statement = superuser.createStatement()) {
            statement.execute("alter table log.event disable trigger all");
            statement.execute("update log.event set type = 'ProfileInvented'");
        }
        assertThatThrownBy(() -> follower.catchUp())
                .isInstanceOfSatisfying(UndecodableStoredEventException.class, stopped -> assertThat(stopped.position())
                        .isEqualTo(1));
        assertThat(follower.position()).isZero();
    }
}
