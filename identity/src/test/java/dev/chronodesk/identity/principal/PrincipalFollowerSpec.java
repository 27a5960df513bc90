package dev.chronodesk.identity.principal;

import static dev.chronodesk.identity.Registered.append;
import static dev.chronodesk.identity.Registered.assigned;
import static dev.chronodesk.identity.Registered.registered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.log.UndecodableStoredEventException;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.profile.ProfileDeactivated;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.ProfileReactivated;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.Registered;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
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
                database.log(), database.codec(), database.database().identity());
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
