package dev.chronodesk.db.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.chronodesk.db.Freezing;
import dev.chronodesk.db.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One session at a time works under a follower's name. Run on every supported release of the server. */
@Timeout(60)
abstract class LeaseContract {

    private TestDatabase database;
    private DataSource fold;
    private int followers;

    abstract TestDatabase create();

    @BeforeEach
    void open() throws SQLException {
        database = create();
        fold = database.database().fold();
        execute("create table log.work (follower text, fence text); grant all on log.work to chronodesk_fold");
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void who_renews_keeps_it_longer_than_it_lasts() throws Exception {
        var follower = follower();
        try (var one = fold.getConnection();
                var lease = Lease.take(fold, one, follower).orElseThrow();
                var two = fold.getConnection()) {
            var until = System.nanoTime() + Lease.TIME.plusSeconds(2).toNanos();
            while (System.nanoTime() < until) {
                assertThat(Lease.take(fold, two, follower)).isEmpty();
                Thread.sleep(100);
            }
            assertThat(lease.isLost()).isFalse();
        }
    }

    @Test
    void what_was_given_up_is_free_at_once() throws SQLException {
        var follower = follower();
        try (var one = fold.getConnection();
                var two = fold.getConnection()) {
            Lease.take(fold, one, follower).orElseThrow().close();
            try (var next = Lease.take(fold, two, follower).orElseThrow()) {
                assertThat(next.isLost()).isFalse();
            }
        }
    }

    @Test
    void what_belonged_to_a_session_that_is_gone_is_free_at_once() throws Exception {
        var follower = follower();
        try (var one = fold.getConnection();
                var two = fold.getConnection();
                var lease = Lease.take(fold, one, follower).orElseThrow()) {
            terminate(one);
            var began = System.nanoTime();
            try (var next = eventuallyTaken(two, follower)) {
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));
                assertThat(next.isLost()).isFalse();
                eventuallyLost(lease);
            }
        }
    }

    @Test
    void a_frozen_owner_is_ended_and_holds_no_rows_and_can_write_nothing_when_it_wakes_up() throws Exception {
        var follower = follower();
        execute("insert into log.work values ('" + follower + "', 'nobody')");
        var freezing = new Freezing(fold);
        try (var frozen = fold.getConnection();
                var two = fold.getConnection()) {
            var lease = Lease.take(freezing.source(), frozen, follower).orElseThrow();
            frozen.setAutoCommit(false);
            update(frozen, follower, "one");
            lease.check(frozen);
            freezing.freeze();
            var began = System.nanoTime();
            try (var next = eventuallyTaken(two, follower)) {
                var taken = Duration.ofNanos(System.nanoTime() - began);
                System.out.println(getClass().getSimpleName() + ": taken over from a frozen owner in " + taken);
                assertThat(taken).isLessThan(Duration.ofSeconds(5));
                two.setAutoCommit(false);
                update(two, follower, "two");
                next.check(two);
                two.commit();
                two.setAutoCommit(true);
                freezing.thaw();
                assertThatExceptionOfType(SQLException.class).isThrownBy(frozen::commit);
                eventuallyLost(lease);
                assertThat(text("select fence from log.work where follower = '" + follower + "'"))
                        .isEqualTo("two");
            } finally {
                freezing.thaw();
                lease.close();
            }
        }
    }

    @Test
    void who_was_passed_over_is_refused_by_the_number_alone() throws SQLException {
        var follower = follower();
        try (var one = fold.getConnection();
                var before = Lease.take(fold, one, follower).orElseThrow();
                // the same session, which nobody ends
                var after = Lease.seize(fold, one, follower).orElseThrow()) {
            one.setAutoCommit(false);
            after.check(one);
            assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> before.check(one));
            assertThat(before.isLost()).isTrue();
            one.rollback();
            one.setAutoCommit(true);
        }
    }

    @Test
    void a_lease_is_no_good_in_another_session() throws SQLException {
        var follower = follower();
        try (var one = fold.getConnection();
                var two = fold.getConnection();
                var lease = Lease.take(fold, one, follower).orElseThrow()) {
            assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> lease.check(two));
        }
    }

    @Test
    void a_taker_waits_for_the_commit_of_whoever_has_checked() throws Exception {
        var follower = follower();
        try (var one = fold.getConnection();
                var two = fold.getConnection();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var lease = Lease.take(fold, one, follower).orElseThrow();
            one.setAutoCommit(false);
            lease.check(one);
            // what a taker does, without ending the session before
            var raising = threads.submit(() -> {
                try (var update = two.prepareStatement("update log.lease set fence = fence + 1 where follower = ?")) {
                    update.setString(1, follower);
                    return update.executeUpdate();
                }
            });
            Thread.sleep(100);
            assertThat(raising.isDone()).isFalse();
            one.commit();
            assertThat(raising.get()).isEqualTo(1);
            assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> lease.check(one));
            one.rollback();
            one.setAutoCommit(true);
            lease.close();
        }
    }

    @Test
    void of_many_takers_at_once_one_gets_it() throws Exception {
        for (var round = 0; round < 10; round++) {
            var follower = follower();
            var connections = Stream.generate(this::connection).limit(5).toList();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var takers = connections.stream()
                        .map(each -> (Callable<Optional<Lease>>) () -> Lease.take(fold, each, follower))
                        .toList();
                var taken = threads.invokeAll(takers).stream()
                        .map(future -> future.resultNow())
                        .flatMap(Optional::stream)
                        .toList();
                assertThat(taken).hasSize(1);
                for (var connection : connections) connection.close();
                taken.getFirst().close();
            }
        }
    }

    @Test
    void every_lease_starts_afresh_in_another_incarnation() throws Exception {
        var follower = follower();
        try (var one = fold.getConnection();
                var two = fold.getConnection();
                var lease = Lease.take(fold, one, follower).orElseThrow()) {
            execute("select log.begin_incarnation()");
            assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> lease.check(one));
            try (var next = Lease.take(fold, two, follower).orElseThrow()) {
                next.check(two);
            }
        }
    }

    @Test
    void a_holder_that_does_nothing_learns_of_another_incarnation() throws Exception {
        var follower = follower();
        try (var one = fold.getConnection();
                var lease = Lease.take(fold, one, follower).orElseThrow()) {
            execute("select log.begin_incarnation()");
            eventuallyLost(lease);
        }
    }

    private String follower() {
        return "follower " + followers++;
    }

    private Connection connection() {
        try {
            return fold.getConnection();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Lease eventuallyTaken(Connection session, String follower) throws SQLException, InterruptedException {
        while (true) {
            var taken = Lease.take(fold, session, follower);
            if (taken.isPresent()) return taken.orElseThrow();
            Thread.sleep(20);
        }
    }

    private static void eventuallyLost(Lease lease) throws InterruptedException {
        while (!lease.isLost()) Thread.sleep(20);
    }

    private static void update(Connection connection, String follower, String fence) throws SQLException {
        try (var update = connection.prepareStatement("update log.work set fence = ? where follower = ?")) {
            update.setString(1, fence);
            update.setString(2, follower);
            update.executeUpdate();
        }
    }

    private void terminate(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            execute("select pg_terminate_backend(" + row.getInt(1) + ", 1000)");
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
