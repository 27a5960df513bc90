package dev.chronodesk.query.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.query.LiveSchema;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** An analyst with a login of their own, made as {@code docs/analysts.md} says. */
@TestInstance(PER_CLASS)
class AnalystLoginSpec {

    private static final String PASSWORD = "only for this test";

    private final String alice = "alice_" + System.nanoTime();
    private World world;

    @BeforeAll
    void start() throws SQLException {
        world = new World(TestDatabase.create());
        asSuperuser("create role " + alice + " login password '" + PASSWORD + "' in role chronodesk_analyst");
        asSuperuser("alter role " + alice + " set role to chronodesk_analyst");
        asSuperuser("alter role " + alice + " set default_transaction_read_only to on");
    }

    @AfterAll
    void stop() throws SQLException {
        asSuperuser("drop role " + alice);
        world.close();
    }

    private void asSuperuser(String sql) throws SQLException {
        try (var connection = world.desk().database().superuser();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection login() throws SQLException {
        return DriverManager.getConnection(world.desk().database().settings().url(), alice, PASSWORD);
    }

    @Test
    void reads_tickets_metrics_and_search_and_exports_them_as_csv() throws Exception {
        try (var connection = login();
                var statement = connection.createStatement()) {
            for (var asked : new String[] {
                "select count(*) from api.tickets",
                "select count(*) from api.ticket_versions",
                "select count(*) from api.measurements('first_response', null, null)",
                "select count(*) from api.search_tickets('printer')"
            })
                try (var row = statement.executeQuery(asked)) {
                    row.next();
                    assertThat(row.getLong(1)).as(asked).isPositive();
                }
            var csv = new StringWriter();
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("copy (select id, status from api.tickets order by number) to stdout csv header", csv);
            assertThat(csv.toString()).startsWith("id,status\n" + world.bobs + ",open\n");
        }
    }

    /** As the role that they begin with, and as themselves, who are only a member of it. */
    @ParameterizedTest
    @ValueSource(strings = {"reset role", "set role none"})
    void learns_no_name_and_no_address(String become) throws SQLException {
        try (var connection = login();
                var statement = connection.createStatement()) {
            statement.execute(become);
            try (var row =
                    statement.executeQuery("select count(*), count(email), count(display_name) from api.profiles")) {
                row.next();
                assertThat(row.getLong(1)).isPositive();
                assertThat(row.getLong(2)).isZero();
                assertThat(row.getLong(3)).isZero();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select count(*) from log.event",
                "select count(*) from live.tickets",
                "select count(*) from identity.account",
                "set role chronodesk_admin",
                "set role chronodesk_fold",
                "set transaction read write; delete from api.tickets"
            })
    void comes_at_nothing_else(String sql) throws SQLException {
        try (var connection = login();
                var statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(LiveSchema.named(sql)))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
    }
}
