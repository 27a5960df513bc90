package dev.chronodesk.query.fold;

import static dev.chronodesk.query.fold.FoldRunnerSpec.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.Database;
import dev.chronodesk.db.Freezing;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.log.PostgresEventLog;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.query.Desk;
import dev.chronodesk.query.Histories;
import dev.chronodesk.query.LiveSchema;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of several nodes on one database one folds; another takes over when it ends, and what it left half done is gone. */
@Timeout(120)
class SeveralNodesSpec {

    private static final Duration TAKE_OVER = Duration.ofSeconds(5);

    private TestDatabase database;
    private final List<Node> nodes = new ArrayList<>();

    /** A node as a process has it, that can be frozen. */
    private final class Node implements AutoCloseable {
        private final Database connections = database.node();
        private final PostgresEventLog log = new PostgresEventLog(
                connections.write(), database.codec(), connections.incarnation(), connections.signals());
        private final Freezing freezing = new Freezing(connections.fold());
        private final Desk desk = Desk.node(database, connections, freezing.source(), log);

        Node start() {
            desk.start();
            nodes.add(this);
            return this;
        }

        boolean follows() {
            return desk.runner().status().following();
        }

        @Override
        public void close() {
            freezing.thaw();
            desk.stop();
            log.close();
            connections.close();
        }
    }

    @BeforeEach
    void open() {
        database = TestDatabase.create();
    }

    @AfterEach
    void close() {
        nodes.forEach(Node::close);
        database.close();
    }

    private Node following() throws InterruptedException {
        var node = new Node().start();
        eventually(node::follows);
        return node;
    }

    /** In the middle of its transaction, holding rows; and with nothing left to do but the commit. */
    @ParameterizedTest
    @ValueSource(strings = {"insert into live.ticket_events", "update live.generation", "from log.lease", "commit"})
    void a_node_that_is_frozen_in_its_transaction_is_replaced_and_writes_nothing_when_it_wakes(String moment)
            throws Exception {
        var histories = new Histories(database.log());
        var bob = histories.person("Bob", Role.CUSTOMER);
        var first = following();
        first.desk.caughtUp();
        var second = new Node().start();
        first.freezing.freezeAt(LiveSchema.named(moment));
        histories.ticket(bob, "Printer on fire");
        first.freezing.awaitFrozen();
        var began = System.nanoTime();
        second.desk.caughtUp();
        var taken = Duration.ofNanos(System.nanoTime() - began);
        System.out.println("SeveralNodesSpec: frozen at '" + moment + "', taken over in " + taken);
        assertThat(taken).isLessThan(TAKE_OVER);
        histories.ticket(bob, "Printer still on fire");
        second.desk.caughtUp();
        var before = Tables.hashes(second.desk);

        first.freezing.thaw();
        eventually(() -> !first.follows());
        histories.ticket(bob, "Printer gone");
        first.desk.caughtUp();
        second.desk.caughtUp();

        assertThat(before).isNotEqualTo(Tables.hashes(second.desk));
        assertThat(second.follows()).isTrue();
        assertThat(first.follows()).isFalse();
        assertThat(Tables.stored(second.desk)).isEqualTo(Tables.folded(database.log()));
    }

    @Test
    void a_node_that_is_killed_is_replaced_at_once() throws Exception {
        var histories = new Histories(database.log());
        var first = following();
        var second = new Node().start();
        // what the server sees of kill -9: the connections are gone, and nobody makes new ones
        first.freezing.freeze();
        execute("select pg_terminate_backend(l.backend_pid, 1000) from log.lease l where l.follower like 'live %'");
        var began = System.nanoTime();
        histories.person("Bob", Role.CUSTOMER);
        second.desk.caughtUp();
        var taken = Duration.ofNanos(System.nanoTime() - began);
        System.out.println("SeveralNodesSpec: killed, taken over in " + taken);
        assertThat(taken).isLessThan(Duration.ofSeconds(2));
        assertThat(Tables.stored(second.desk)).isEqualTo(Tables.folded(database.log()));
    }

    @Test
    void four_nodes_that_end_at_random_keep_one_order_and_skip_nothing() throws Exception {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("SeveralNodesSpec -Dseed=" + seed);
        var random = new Random(seed);
        var histories = new Histories(database.log(), seed);
        var running = new ArrayList<Node>();
        for (var i = 0; i < 4; i++) running.add(new Node().start());
        for (var round = 0; round < 12; round++) {
            if (round == 0) histories.random(100);
            else for (var i = 0; i < 20; i++) histories.person("Person " + round + "." + i, Role.CUSTOMER);
            Thread.sleep(random.nextInt(100));
            var which = random.nextInt(running.size());
            var node = running.get(which);
            switch (random.nextInt(4)) {
                case 0 -> {
                    node.desk.stop();
                    running.set(which, new Node().start());
                }
                case 1 -> {
                    node.freezing.freezeAt("commit");
                    running.set(which, new Node().start());
                }
                case 2 ->
                    execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'chronodesk_fold'"
                            + " and datname = current_database()");
                default -> execute("select log.begin_incarnation()");
            }
        }
        for (var node : nodes) node.freezing.thaw();
        for (var node : running) node.desk.caughtUp();
        // one that lost its lease cannot write, and notices when it renews
        var until = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (running.stream().filter(Node::follows).count() > 1 && System.nanoTime() < until) Thread.sleep(50);
        assertThat(running.stream().filter(Node::follows).count()).isLessThanOrEqualTo(1);
        assertThat(Tables.stored(running.getFirst().desk)).isEqualTo(Tables.folded(database.log()));
    }

    @Test
    void a_node_that_does_not_fold_is_told_when_the_tables_have_moved() throws Exception {
        var histories = new Histories(database.log());
        var first = following();
        var second = new Node().start();
        histories.person("Bob", Role.CUSTOMER);
        second.desk.caughtUp();
        var here = new Histories(first.log, 2);
        var rounds = 40;
        var nanos = new long[rounds];
        for (var round = 0; round < rounds; round++) {
            Thread.sleep(5);
            here.person("Person " + round, Role.CUSTOMER);
            var began = System.nanoTime();
            var head = first.log.head().position();
            assertThat(second.desk.runner().await(head, Duration.ofSeconds(5))).isTrue();
            nanos[round] = System.nanoTime() - began;
        }
        assertThat(second.follows()).isFalse();
        Arrays.sort(nanos);
        System.out.printf(
                "SeveralNodesSpec: visible on another node: median %.1f ms, worst %.1f ms%n",
                nanos[rounds / 2] / 1e6, nanos[rounds - 1] / 1e6);
        assertThat(nanos[rounds / 2]).isLessThan(Duration.ofMillis(100).toNanos());
    }

    private void execute(String sql) throws SQLException {
        try (var connection = database.superuser();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
