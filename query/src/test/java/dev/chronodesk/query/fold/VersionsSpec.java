package dev.chronodesk.query.fold;

import static dev.chronodesk.query.fold.FoldRunnerSpec.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.query.Histories;
import dev.chronodesk.query.Http;
import dev.chronodesk.query.QuerySettings;
import dev.chronodesk.query.ReadTables;
import dev.chronodesk.query.rest.RestController;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Nodes of two versions of the program on one database: each reads its own version's tables, and both are at the head.
 */
class VersionsSpec {

    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofSeconds(2);

    private TestDatabase database;
    private ReadModel older;
    private ReadModel newer;
    private Histories histories;
    private final List<Node> nodes = new ArrayList<>();

    /** A node of one version, with the door of its reads. */
    private final class Node {
        private final FoldRunner runner;
        private final Http http;

        Node(ReadModel model, int batchSize, Duration kept) {
            runner = new FoldRunner(database.database().fold(), database.log(), model, batchSize, kept, null);
            http = new Http(new RestController(
                            database.database().read(), runner, database.log(), QuerySettings.defaults()))
                    .as(new Caller.Known(UUID.randomUUID(), Role.AGENT));
            runner.start();
            nodes.add(this);
        }

        /** Returns when it shows its own tables, and all that was recorded until now is in them. */
        Node caughtUp() throws InterruptedException {
            var head = database.log().head().position();
            eventually(() -> !runner.views().equals(Generation.OFFERED) && runner.position() >= head);
            return this;
        }

        long tickets() {
            return http.get("/rest/v1/tickets?select=count()")
                    .json()
                    .get(0)
                    .get("count")
                    .asLong();
        }

        int urgent() {
            return http.get("/rest/v1/urgent_tickets").status();
        }
    }

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        older = ReadTables.model(database.codec());
        newer = older.with(new ReadModel.Script(VersionsSpec.class, "newer.sql"));
        histories = new Histories(database.log(), 4);
        histories.random(120);
    }

    @AfterEach
    void close() {
        nodes.forEach(node -> node.runner.close());
        database.close();
    }

    private Node node(ReadModel model) {
        return new Node(model, 1000, LONG);
    }

    private void moreTickets() {
        histories.ticket(histories.person("Bob", Role.CUSTOMER), "Printer on fire");
    }

    @Test
    void each_node_reads_its_own_version_and_both_are_followed() throws Exception {
        var old = node(older).caughtUp();
        var before = old.tickets();
        var next = node(newer).caughtUp();
        moreTickets();
        assertThat(old.caughtUp().tickets()).isEqualTo(before + 1);
        assertThat(next.caughtUp().tickets()).isEqualTo(before + 1);
        assertThat(old.urgent()).isEqualTo(404);
        assertThat(next.urgent()).isEqualTo(200);
        assertThat(old.runner.views()).isEqualTo(older.views());
        assertThat(next.runner.views()).isEqualTo(newer.views());
    }

    @Test
    void until_its_own_tables_are_built_a_node_shows_what_is_offered() throws Exception {
        var old = node(older).caughtUp();
        var next = new Node(newer, 1, LONG);
        assertThat(next.runner.views()).isEqualTo(Generation.OFFERED);
        assertThat(next.tickets()).isEqualTo(old.tickets());
        assertThat(next.urgent()).isEqualTo(404);
        assertThat(next.caughtUp().urgent()).isEqualTo(200);
    }

    @Test
    void sql_reads_the_version_that_was_started_last_and_comes_back_with_it() throws Exception {
        var old = node(older).caughtUp();
        eventually(() -> offered(older));
        assertThat(text("select to_regclass('api.urgent_tickets') is null")).isEqualTo("t");
        var next = node(newer).caughtUp();
        eventually(() -> offered(newer));
        assertThat(text("select to_regclass('api.urgent_tickets') is null")).isEqualTo("f");
        // who was there before does not take it back, also when it follows anew
        execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'chronodesk_fold'"
                + " and datname = current_database()");
        moreTickets();
        old.caughtUp();
        Thread.sleep(1500);
        assertThat(offered(newer)).isTrue();
        next.runner.close();
        old.runner.close();
        node(older).caughtUp();
        eventually(() -> offered(older));
        assertThat(text("select count(*) from api.tickets")).isEqualTo(Long.toString(old.tickets()));
    }

    @Test
    void the_way_back_finds_the_tables_that_were_there_and_only_catches_up() throws Exception {
        node(older).caughtUp().runner.close();
        // only tables that are not folded again from the beginning keep this
        execute("update " + older.schema() + ".profiles set display_name = 'kept'");
        node(newer).caughtUp().runner.close();
        moreTickets();
        node(older).caughtUp();
        assertThat(text("select count(*) > 0 from " + older.schema() + ".profiles where display_name = 'kept'"))
                .isEqualTo("t");
    }

    @Test
    void tables_of_a_version_are_dropped_when_no_node_needs_them_and_not_before() throws Exception {
        var old = new Node(older, 1000, SHORT).caughtUp();
        var next = new Node(newer, 1000, SHORT).caughtUp();
        Thread.sleep(SHORT.plus(SHORT).toMillis());
        assertThat(schemas(older)).contains(older.schema(), older.views());
        // ends without a word, as when it is killed
        old.runner.close();
        eventually(() -> schemas(older).isEmpty());
        assertThat(schemas(newer)).contains(newer.schema(), newer.views());
        moreTickets();
        next.caughtUp();
        assertThat(text("select count(*) from api.tickets")).isEqualTo(Long.toString(next.tickets()));
    }

    @Test
    void what_is_offered_is_not_dropped_whoever_needs_it() throws Exception {
        new Node(older, 1000, SHORT).caughtUp().runner.close();
        var next = new Node(newer, 1, SHORT);
        Thread.sleep(SHORT.plusSeconds(1).toMillis());
        next.caughtUp();
        assertThat(next.tickets()).isPositive();
    }

    @Test
    void an_erasure_leaves_nothing_of_any_version() throws Exception {
        var old = node(older).caughtUp();
        node(newer).caughtUp();
        for (var model : List.of(older, newer))
            execute("update " + model.schema() + ".profiles set display_name = 'erased since'");
        new Rebuild(database.database().fold(), database.log(), newer, 100).everywhere((at, head) -> {});
        for (var schema : schemas(older))
            assertThat(text("select count(*) from " + schema + ".profiles where display_name = 'erased since'"))
                    .isEqualTo("0");
        assertThat(text("select count(*) from " + newer.schema() + ".profiles where display_name = 'erased since'"))
                .isEqualTo("0");
        assertThat(text("select count(*) from api.profiles where display_name = 'erased since'"))
                .isEqualTo("0");
        moreTickets();
        eventually(() -> old.runner.status().following()
                && old.runner.position() == database.log().head().position());
        assertThat(old.runner.views()).isEqualTo(older.views());
        assertThat(old.urgent()).isEqualTo(404);
    }

    @Test
    void readers_see_no_error_and_nothing_twice_or_less_while_versions_come_and_go() throws Exception {
        var old = node(older).caughtUp();
        var stop = new AtomicBoolean();
        var failure = new AtomicReference<Throwable>();
        var reads = new AtomicLong();
        var readers = List.of(
                reader(stop, failure, reads, () -> old.tickets()), reader(stop, failure, reads, new Sql()::tickets));
        for (var round = 0; round < 2; round++) {
            var next = node(newer).caughtUp();
            var reader = reader(stop, failure, reads, next::tickets);
            moreTickets();
            for (var model : List.of(older, newer))
                new Rebuild(database.database().fold(), database.log(), model, 50).run((at, head) -> moreTickets());
            next.caughtUp();
            old.caughtUp();
            stop.compareAndSet(false, round == 1);
            if (round == 1) reader.join();
            else next.runner.close();
        }
        stop.set(true);
        for (var reader : readers) reader.join();
        assertThat(failure.get()).isNull();
        assertThat(reads.get()).isGreaterThan(30);
    }

    @FunctionalInterface
    private interface Counting {
        long count() throws Exception;
    }

    /** Asks again and again; tickets never become fewer. */
    private static Thread reader(
            AtomicBoolean stop, AtomicReference<Throwable> failure, AtomicLong reads, Counting counting) {
        return Thread.ofPlatform().start(() -> {
            var before = 0L;
            try {
                while (!stop.get()) {
                    var now = counting.count();
                    if (now < before) throw new AssertionError(now + " tickets after " + before);
                    before = now;
                    reads.incrementAndGet();
                }
            } catch (Exception | AssertionError e) {
                failure.set(e);
            }
        });
    }

    /** Somebody who works in SQL, with one statement that stays prepared. */
    private final class Sql {
        long tickets() throws SQLException {
            try (var connection = database.database().read().getConnection()) {
                connection.setAutoCommit(false);
                try (var role = connection.createStatement()) {
                    role.execute("set local role chronodesk_agent");
                }
                try (var select = connection.prepareStatement("select count(*) from api.tickets");
                        var row = select.executeQuery()) {
                    row.next();
                    return row.getLong(1);
                } finally {
                    connection.rollback();
                }
            }
        }
    }

    private boolean offered(ReadModel model) {
        try {
            return text("select coalesce(obj_description(to_regnamespace('api'), 'pg_namespace'), '')")
                    .startsWith(model.version());
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> schemas(ReadModel model) {
        try (var connection = database.superuser();
                var select = connection.prepareStatement("select nspname from pg_namespace where nspname ~ ?")) {
            select.setString(1, "^(live|api)_" + model.version() + "$");
            try (var rows = select.executeQuery()) {
                var schemas = new ArrayList<String>();
                while (rows.next()) schemas.add(rows.getString(1));
                return schemas;
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private String text(String sql) throws SQLException {
        try (var connection = database.superuser()) {
            return Tables.text(connection, sql);
        }
    }

    private void execute(String sql) throws SQLException {
        try (var connection = database.superuser();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
