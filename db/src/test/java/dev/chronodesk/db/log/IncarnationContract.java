package dev.chronodesk.db.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.events.codec.EventCodec;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The log knows when it is another history. Run on every supported release of the server. */
@Timeout(60)
abstract class IncarnationContract {

    private TestDatabase database;

    abstract TestDatabase create();

    @BeforeEach
    void open() {
        database = create();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void the_same_cluster_and_timeline_stay_one_incarnation() throws SQLException {
        var first = now();
        try (var node = database.node();
                var connection = node.fold().getConnection()) {
            assertThat(Incarnation.of(connection)).isEqualTo(first);
        }
        assertThat(text("select count(*) from log.incarnation")).isEqualTo("1");
    }

    @Test
    void another_timeline_or_cluster_begins_one_incarnation_however_many_nodes_see_it() throws Exception {
        for (var change : new String[] {"timeline = timeline - 1", "system_identifier = 7"}) {
            var before = now();
            var count = Integer.parseInt(text("select count(*) from log.incarnation"));
            execute("update log.incarnation set " + change);
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var nodes = Stream.generate(() -> (Callable<UUID>) this::now)
                        .limit(10)
                        .toList();
                var seen = new HashSet<UUID>();
                for (var future : threads.invokeAll(nodes)) seen.add(future.get());
                assertThat(seen).hasSize(1).doesNotContain(before);
            }
            assertThat(text("select count(*) from log.incarnation")).isEqualTo(Integer.toString(count + 1));
        }
    }

    @Test
    void nobody_gets_a_connection_of_another_primary_without_knowing_that_it_is_one() throws SQLException {
        try (var node = database.node();
                var log = new PostgresEventLog(node.write(), new EventCodec(), node.incarnation(), node.signals())) {
            var before = log.incarnation();
            execute("update log.incarnation set timeline = timeline - 1");
            // a change of the primary ends every connection; this is the first one after it
            node.identity().getConnection().close();
            assertThat(log.incarnation()).isNotEqualTo(before);
        }
    }

    @Test
    void one_that_is_begun_by_hand_is_soon_known_to_every_node() throws Exception {
        try (var node = database.node();
                var log = new PostgresEventLog(node.write(), new EventCodec(), node.incarnation(), node.signals())) {
            var before = log.incarnation();
            var plain = database.log().incarnation();
            assertThat(plain).isEqualTo(before);
            execute("select log.begin_incarnation()");
            var until = System.nanoTime() + Duration.ofSeconds(2).toNanos();
            while (log.incarnation().equals(before)
                    || database.log().incarnation().equals(before)) {
                assertThat(System.nanoTime()).isLessThan(until);
                Thread.sleep(10);
            }
            assertThat(log.incarnation()).isEqualTo(database.log().incarnation());
        }
    }

    @Test
    void waiting_for_more_of_a_log_that_became_shorter_waits() throws Exception {
        try (var node = database.node();
                var log = new PostgresEventLog(node.write(), new EventCodec(), node.incarnation(), node.signals())) {
            log.incarnation();
            log.append(Samples.append(Samples.id(), 0, 3));
            assertThat(log.awaitAfter(2, Duration.ZERO)).isTrue();
            execute("alter table log.event disable trigger event_append_only; delete from log.event where position > 1;"
                    + " select log.begin_incarnation()");
            while (log.awaitAfter(1, Duration.ofMillis(20))) log.incarnation();
            assertThat(log.head().position()).isEqualTo(1);
        }
    }

    private UUID now() throws SQLException {
        try (var connection = database.database().write().getConnection()) {
            return Incarnation.of(connection);
        }
    }

    private String text(String sql) throws SQLException {
        try (var connection = database.superuser();
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (var connection = database.superuser();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
