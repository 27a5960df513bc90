package dev.chronodesk.db.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.Database;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.events.codec.EventCodec;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes on one database wake each other. */
@Timeout(60)
class SignalsSpec {

    private TestDatabase database;
    private Database one;
    private Database two;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        one = database.node();
        two = database.node();
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
        database.close();
    }

    @Test
    void an_append_on_one_node_wakes_who_waits_on_another_before_the_poll_would() throws Exception {
        try (var here = log(one);
                var there = log(two)) {
            here.append(Samples.append(Samples.id(), 0, 1));
            var rounds = 40;
            var nanos = new long[rounds];
            for (var round = 0; round < rounds; round++) {
                var head = here.head().position();
                there.awaitAfter(head, Duration.ofMillis(50)); // polled just now
                var began = System.nanoTime();
                here.append(Samples.append(Samples.id(), 0, 1));
                assertThat(there.awaitAfter(head, Duration.ofSeconds(5))).isTrue();
                nanos[round] = System.nanoTime() - began;
            }
            Arrays.sort(nanos);
            System.out.printf(
                    "SignalsSpec: from append to another node: median %.1f ms, worst %.1f ms%n",
                    nanos[rounds / 2] / 1e6, nanos[rounds - 1] / 1e6);
            assertThat(nanos[rounds / 2]).isLessThan(TimeUnit.MILLISECONDS.toNanos(60));
        }
    }

    @Test
    void hints_come_again_after_the_listening_connection_was_lost() throws Exception {
        var heard = new Semaphore(0);
        two.signals().on(Signals.Subject.LIVE, heard::release);
        one.signals().on(Signals.Subject.LIVE, () -> {});
        assertThat(heard.tryAcquire(5, TimeUnit.SECONDS)).as("a first look").isTrue();
        heardFrom(one, heard);
        execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'chronodesk_listener'"
                + " and datname = current_database()");
        assertThat(heard.tryAcquire(5, TimeUnit.SECONDS))
                .as("a look for what was missed")
                .isTrue();
        heardFrom(one, heard);
    }

    private static void heardFrom(Database node, Semaphore heard) throws InterruptedException {
        heard.drainPermits();
        var until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        do {
            assertThat(System.nanoTime()).isLessThan(until);
            node.signals().tell(Signals.Subject.LIVE);
        } while (!heard.tryAcquire(50, TimeUnit.MILLISECONDS));
    }

    @Test
    void what_a_node_says_itself_is_no_hint_for_it() throws Exception {
        var own = new Semaphore(0);
        var others = new Semaphore(0);
        one.signals().on(Signals.Subject.LIVE, own::release);
        two.signals().on(Signals.Subject.LIVE, others::release);
        assertThat(own.tryAcquire(5, TimeUnit.SECONDS)).as("a first look").isTrue();
        assertThat(others.tryAcquire(5, TimeUnit.SECONDS)).as("a first look").isTrue();
        heardFrom(one, others);
        own.drainPermits();
        for (var i = 0; i < 20; i++) {
            one.signals().tell(Signals.Subject.LIVE);
            Thread.sleep(5);
        }
        assertThat(others.tryAcquire(5, TimeUnit.SECONDS)).isTrue();
        assertThat(own.availablePermits()).isZero();
    }

    private static PostgresEventLog log(Database node) {
        return new PostgresEventLog(node.write(), new EventCodec(), node.incarnation(), node.signals());
    }

    private void execute(String sql) throws SQLException {
        try (var connection = database.superuser();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
