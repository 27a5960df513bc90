package dev.chronodesk.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.chronodesk.db.log.Checkpoints;
import dev.chronodesk.db.log.HistoryChangedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What each login may do, and above all what it may not. Run on every supported release of the server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RolesContract {

    private static final List<String> CHANGES = List.of(
            "update log.event set payload = ''",
            "update log.event set position = position + 1 where false",
            "delete from log.event",
            "delete from log.event where false",
            "truncate log.event");

    private TestDatabase database;

    abstract TestDatabase create();

    @BeforeAll
    void open() throws SQLException {
        database = create();
        try (var connection = database.database().write().getConnection()) {
            Roles.execute(connection, INSERT.formatted(1, 1));
        }
    }

    private static final String INSERT =
            """
            insert into log.event (position, recorded_at, occurred_at, stream_id, event_id, seq, revision, stream_type,
                type, payload, metadata)
            values (%d, now(), now(), gen_random_uuid(), '00000000-0000-0000-0000-%012d', 0, 1, 'ticket', 'X', '', '')
            """;

    @AfterAll
    void close() {
        database.close();
    }

    private static void refused(Connection connection, String sql, String state) {
        assertThatExceptionOfType(SQLException.class)
                .as(sql)
                .isThrownBy(() -> Roles.execute(connection, sql))
                .satisfies(refused -> assertThat(refused.getSQLState()).as(sql).isEqualTo(state));
    }

    private static void refused(DataSource login, String... statements) throws SQLException {
        try (var connection = login.getConnection()) {
            for (var sql : statements) refused(connection, sql, "42501");
        }
    }

    @Nested
    class An_event {

        @Test
        void is_changed_and_removed_by_no_login() throws SQLException {
            for (var login : database.database().pools()) for (var change : CHANGES) refused(login, change);
        }

        @Test
        void is_changed_and_removed_neither_by_its_owner_nor_by_a_superuser() throws SQLException {
            try (var connection = database.superuser()) {
                for (var change : CHANGES) refused(connection, change, "42501");
                Roles.execute(connection, "set session_replication_role = replica");
                for (var change : CHANGES) refused(connection, change, "42501");
            }
        }

        @Test
        void is_written_by_the_write_login_only() throws SQLException {
            refused(database.database().fold(), INSERT.formatted(2, 2));
            refused(database.database().identity(), INSERT.formatted(2, 2));
            refused(database.database().read(), INSERT.formatted(2, 2));
            try (var connection = database.database().write().getConnection()) {
                connection.setAutoCommit(false);
                Roles.execute(connection, INSERT.formatted(2, 2));
                connection.rollback();
            }
        }

        @Test
        void does_not_give_way_to_tampering_with_its_guard() throws SQLException {
            for (var login : database.database().pools())
                refused(
                        login,
                        "alter table log.event disable trigger event_append_only",
                        "drop trigger event_append_only on log.event",
                        "drop table log.event",
                        "set session_replication_role = replica",
                        "create or replace function log.refuse_change() returns trigger language plpgsql as"
                                + " $$ begin return new; end $$");
        }
    }

    @Nested
    class The_write_login {

        @Test
        void may_not_change_receipts_secrets_or_what_was_answered() throws SQLException {
            refused(
                    database.database().write(),
                    "update log.receipt set outcome = ''",
                    "delete from log.receipt",
                    "update log.secret set value = ''",
                    "delete from log.secret",
                    "select setval('log.answered_until', 1)",
                    "select log.begin_incarnation()",
                    "create table log.mine (id integer)",
                    "create schema mine",
                    "create table public.mine (id integer)",
                    "create temporary table mine (id integer)",
                    "set role chronodesk_admin");
        }

        @Test
        void keeps_a_secret_that_others_do_not_see() throws SQLException {
            var secrets = new Secrets(database.database().write());
            var made = secrets.secret("test");
            assertThat(made).hasSize(32).isNotEqualTo(secrets.secret("other"));
            assertThat(new Secrets(database.database().write()).secret("test")).isEqualTo(made);
            Arrays.fill(made, (byte) 0);
            assertThat(secrets.secret("test")).isNotEqualTo(made);

            for (var other : List.of(
                    database.database().fold(),
                    database.database().read(),
                    database.database().identity())) refused(other, "select value from log.secret");
        }
    }

    @Nested
    class The_read_login {

        @Test
        void sees_neither_the_log_nor_identities() throws SQLException {
            refused(
                    database.database().read(),
                    "select position from log.event",
                    "select key from log.receipt",
                    "select position from log.readable",
                    "select log.position_at(now())",
                    "select auth.uid()",
                    "create schema mine",
                    "create table public.mine (id integer)",
                    "create temporary table mine (id integer)");
            try (var connection = database.database().read().getConnection()) {
                assertThat(Roles.is(connection, "select has_schema_privilege('log', 'usage')"))
                        .isFalse();
                assertThat(Roles.is(
                                connection,
                                "select exists (select from pg_class where relowner = 'chronodesk_read'::regrole)"))
                        .isFalse();
            }
        }

        @Test
        void becomes_one_person_for_one_transaction_and_nobody_else() throws SQLException {
            try (var connection = database.database().read().getConnection()) {
                connection.setAutoCommit(false);
                for (var role : Roles.PERSONS) {
                    Roles.execute(connection, "set local role " + role);
                    Roles.execute(
                            connection,
                            "select set_config('request.jwt.claims',"
                                    + " '{\"sub\":\"00000000-0000-7000-8000-000000000001\",\"role\":\"x\"}', true)");
                    assertThat(Roles.is(
                                    connection,
                                    "select auth.uid() = '00000000-0000-7000-8000-000000000001'::uuid and"
                                            + " auth.jwt() ->> 'role' = 'x' and current_user = ?",
                                    role))
                            .isTrue();
                    connection.rollback();
                }
                for (var role : List.of(Roles.WRITE, Roles.FOLD, Roles.IDENTITY, EmbeddedPostgres.SUPERUSER)) {
                    refused(connection, "set local role " + role, "42501");
                    connection.rollback();
                }
                Roles.execute(connection, "set local role chronodesk_anon");
                assertThat(Roles.is(connection, "select auth.uid() is null and auth.jwt() is null"))
                        .isTrue();
                connection.rollback();
            }
        }
    }

    @Nested
    class The_fold_login {

        @Test
        void makes_schemas_of_its_own_and_reads_the_log() throws SQLException {
            try (var connection = database.database().fold().getConnection()) {
                Roles.execute(connection, "create schema g1");
                Roles.execute(connection, "create table g1.t (id integer)");
                Roles.execute(connection, "grant usage on schema g1 to chronodesk_anon");
                assertThat(Roles.is(connection, "select exists (select from log.event)"))
                        .isTrue();
                Roles.execute(connection, "drop schema g1 cascade");
            }
            refused(
                    database.database().fold(),
                    "select key from log.receipt",
                    "create table log.mine (id integer)",
                    "create schema mine authorization chronodesk_write");
        }
    }

    @Nested
    class A_checkpoint {

        private final UUID eventId = new UUID(0, 1);

        @Test
        void belongs_to_the_login_that_follows() throws SQLException {
            try (var fold = database.database().fold().getConnection();
                    var identity = database.database().identity().getConnection()) {
                Checkpoints.save("mine", 1, eventId, identity);
                assertThat(Checkpoints.load("mine", identity)).isEqualTo(1);
                assertThat(Checkpoints.load("mine", fold)).isZero();
                try (var statement = fold.createStatement()) {
                    assertThat(statement.executeUpdate(
                                    "update log.checkpoint set position = 9 where follower = 'mine'"))
                            .isZero();
                    assertThat(statement.executeUpdate("delete from log.checkpoint where follower = 'mine'"))
                            .isZero();
                }
                assertThatException().isThrownBy(() -> Checkpoints.save("mine", 1, eventId, fold));
                Checkpoints.reset("mine", identity);
                assertThat(Checkpoints.load("mine", identity)).isZero();
            }
        }

        @Test
        void only_moves_on_and_only_along_the_log() throws SQLException {
            try (var fold = database.database().fold().getConnection()) {
                assertThatExceptionOfType(HistoryChangedException.class)
                        .isThrownBy(() -> Checkpoints.save("a", 1, new UUID(0, 2), fold));
                assertThatExceptionOfType(HistoryChangedException.class)
                        .isThrownBy(() -> Checkpoints.save("a", 99, eventId, fold));
                Checkpoints.save("a", 1, eventId, fold);
                assertThatExceptionOfType(IllegalStateException.class)
                        .isThrownBy(() -> Checkpoints.save("a", 1, eventId, fold));
                Checkpoints.reset("a", fold);
            }
        }

        @Test
        void is_refused_when_the_log_has_another_history() throws SQLException {
            try (var other = create();
                    var fold = other.database().fold().getConnection();
                    var superuser = other.superuser()) {
                Roles.execute(superuser, INSERT.formatted(1, 1));
                Checkpoints.save("follower", 1, eventId, fold);
                assertThat(Checkpoints.load("follower", fold)).isEqualTo(1);

                Roles.execute(superuser, "select log.begin_incarnation()");
                assertThatExceptionOfType(HistoryChangedException.class)
                        .isThrownBy(() -> Checkpoints.load("follower", fold))
                        .withMessageContaining("incarnation");

                Roles.execute(superuser, "alter table log.event disable trigger event_append_only");
                Roles.execute(superuser, "delete from log.event");
                assertThatExceptionOfType(HistoryChangedException.class)
                        .isThrownBy(() -> Checkpoints.load("follower", fold))
                        .withMessageContaining("another event");
            }
        }
    }
}
