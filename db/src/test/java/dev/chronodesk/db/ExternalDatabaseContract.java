package dev.chronodesk.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.chronodesk.db.log.PostgresEventLog;
import dev.chronodesk.events.codec.EventCodec;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** A server of somebody's own, given by URL: what the service makes there, and what it refuses to run on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
abstract class ExternalDatabaseContract {

    private static final String OWNER = "desk_owner";
    private static final String PASSWORD = "not a secret, 'quoted'";

    private TestServer server;

    abstract PostgresBinaries binaries();

    /** A server of its own: what is set here concerns the whole cluster. */
    @BeforeAll
    void start() {
        server = TestServer.bare(binaries());
        server.execute("create role " + OWNER + " login createrole password '" + PASSWORD.replace("'", "''") + "'");
    }

    @AfterAll
    void stop() {
        server.stop();
    }

    private DatabaseSettings settings(String database) {
        return new DatabaseSettings(server.admin(database).url(), OWNER, PASSWORD, null, Path.of("unused"));
    }

    private DatabaseSettings fresh(String database) {
        server.execute("create database " + database + " owner " + OWNER);
        return settings(database);
    }

    private static String refusal(DatabaseSettings settings) {
        try (var opened = Database.open(settings)) {
            throw new AssertionError("opened with " + opened.pools().size() + " pools");
        } catch (DatabaseUnusableException e) {
            return e.getMessage();
        }
    }

    @Test
    void is_set_up_by_a_role_that_is_no_superuser_and_again_by_every_start() throws SQLException {
        var settings = fresh("first_desk");
        for (var start = 0; start < 2; start++)
            try (var database = Database.open(settings);
                    var log = new PostgresEventLog(database.write(), new EventCodec());
                    var fold = database.fold().getConnection();
                    var read = database.read().getConnection()) {
                assertThat(log.head().position()).isZero();
                Roles.execute(fold, "create schema start_" + start);
                read.setAutoCommit(false);
                Roles.execute(read, "set local role chronodesk_agent");
                read.rollback();
            }
    }

    @Test
    void is_set_up_by_many_nodes_and_for_many_desks_at_the_same_moment() throws Exception {
        for (var role : Roles.LOGINS) dropEverywhere(role);
        for (var role : Roles.PERSONS) dropEverywhere(role);
        var settings = new ArrayList<>(IntStream.range(0, 3)
                .mapToObj(number -> fresh("desk_" + number))
                .toList());
        settings.addAll(List.copyOf(settings));
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var opened = executor.invokeAll(settings.stream()
                    .<Callable<Boolean>>map(each -> () -> {
                        try (var database = Database.open(each);
                                var connection = database.read().getConnection()) {
                            return connection.isValid(10);
                        }
                    })
                    .toList());
            for (var result : opened) assertThat(result.get()).isTrue();
        }
    }

    private void dropEverywhere(String role) throws SQLException {
        for (var database : server.databases()) {
            try (var connection = server.admin(database).connect()) {
                if (Roles.is(connection, "select exists (select from pg_roles where rolname = ?)", role))
                    Roles.execute(connection, "drop owned by " + role + " cascade");
            }
        }
        server.execute("drop role if exists " + role);
    }

    @Test
    void sets_a_login_right_whose_password_was_changed() throws SQLException {
        var settings = fresh("password_desk");
        Database.open(settings).close();
        server.execute("alter role chronodesk_write password 'something else'");
        try (var database = Database.open(settings);
                var connection = database.write().getConnection()) {
            assertThat(connection.isValid(10)).isTrue();
        }
    }

    @Test
    void is_refused_with_unsafe_settings_that_are_named() {
        for (var setting : List.of("fsync", "full_page_writes")) {
            var unsafe = TestServer.with(binaries(), setting + "=off");
            try {
                var admin = unsafe.admin(EmbeddedPostgres.SUPERUSER);
                assertThat(refusal(new DatabaseSettings(
                                admin.url(), admin.username(), admin.password(), null, Path.of("unused"))))
                        .contains(setting + " is off")
                        .contains("alter system set " + setting + " = on");
            } finally {
                unsafe.stop();
            }
        }
    }

    @Test
    void is_refused_when_commits_are_not_durable() {
        var settings = fresh("hasty_desk");
        server.execute("alter database hasty_desk set synchronous_commit = off");
        assertThat(refusal(settings))
                .contains("synchronous_commit is off")
                .contains("alter system set synchronous_commit = on");
    }

    @Test
    void is_refused_when_commits_of_the_write_login_alone_are_not_durable() {
        var settings = fresh("loose_desk");
        Database.open(settings).close();
        server.execute("alter role chronodesk_write in database loose_desk set synchronous_commit = off");
        assertThat(refusal(settings)).contains("synchronous_commit is off for the role chronodesk_write");
    }

    @Test
    void is_refused_when_a_run_time_role_steps_over_the_policies() {
        var settings = fresh("mighty_desk");
        Database.open(settings).close();
        server.execute("create role mighty nologin bypassrls");
        for (var wrong : List.of(
                new String[] {"alter role chronodesk_fold superuser", "alter role chronodesk_fold nosuperuser"},
                new String[] {"alter role chronodesk_read bypassrls", "alter role chronodesk_read nobypassrls"},
                new String[] {"alter role chronodesk_agent bypassrls", "alter role chronodesk_agent nobypassrls"},
                new String[] {"grant mighty to chronodesk_read", "revoke mighty from chronodesk_read"})) {
            server.execute(wrong[0]);
            try {
                assertThat(refusal(settings)).as(wrong[0]).contains("superuser or may bypass row-level security");
            } finally {
                server.execute(wrong[1]);
            }
        }
        Database.open(settings).close();
    }

    @Test
    void is_refused_when_it_is_too_old() {
        for (var old : List.of(90_600, 140_022, 150_013))
            assertThatExceptionOfType(DatabaseUnusableException.class)
                    .isThrownBy(() -> Requirements.demandVersion(old, "of long ago"))
                    .withMessageContaining("of long ago is too old")
                    .withMessageContaining("15.14");
        for (var supported : List.of(150_014, 150_018, 160_000, 180_006))
            Requirements.demandVersion(supported, "of today");
    }

    @Test
    void is_refused_with_another_encoding() {
        server.execute("create database latin_desk owner " + OWNER
                + " encoding 'LATIN1' locale_provider libc lc_collate 'C' lc_ctype 'C' template template0");
        assertThat(refusal(settings("latin_desk"))).contains("LATIN1").contains("UTF8");
    }

    @Test
    void needs_an_owner_that_may_create_roles() {
        server.execute("create role mere_owner login password 'p'");
        server.execute("create database mere_desk owner mere_owner");
        server.execute("create database foreign_desk");
        var mere = new DatabaseSettings(server.admin("mere_desk").url(), "mere_owner", "p", null, Path.of("unused"));
        assertThat(refusal(settings("foreign_desk"))).contains("chronodesk.database.username");
        assertThat(refusal(mere)).contains("chronodesk.database.username");
    }

    @Test
    void is_given_with_a_name_and_a_password_outside_of_its_url() {
        var url = server.admin("postgres").url();
        for (var bad : List.of(
                new DatabaseSettings(url, null, null, null, Path.of("unused")),
                new DatabaseSettings(url, OWNER, null, null, Path.of("unused")),
                new DatabaseSettings(url + "?user=a&password=b", OWNER, PASSWORD, null, Path.of("unused")),
                new DatabaseSettings(url.replace("//", "//a:b@"), OWNER, PASSWORD, null, Path.of("unused"))))
            assertThat(refusal(bad)).contains("chronodesk.database.password");
        assertThat(refusal(new DatabaseSettings("mysql://x", OWNER, PASSWORD, null, Path.of("unused"))))
                .contains("chronodesk.database.url");
        assertThat(settings("x").toString()).doesNotContain(PASSWORD);
    }

    @Test
    void that_does_not_answer_is_named_without_its_password() {
        assertThatExceptionOfType(DatabaseUnusableException.class)
                .isThrownBy(() -> Database.open(new DatabaseSettings(
                        "jdbc:postgresql://127.0.0.1:1/x", OWNER, PASSWORD, null, Path.of("unused"))))
                .withMessageContaining("chronodesk.database.url")
                .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain(PASSWORD));
    }
}
