package dev.chronodesk.query.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.metric.Definition;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.CommentId;
import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.PriorityChanged;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.Visibility;
import dev.chronodesk.query.Desk;
import dev.chronodesk.query.Histories;
import dev.chronodesk.query.LiveSchema;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The runner makes of the log what the projections say, whatever the batches, and stops rather than guess. */
class FoldRunnerSpec {

    private TestDatabase database;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void random_histories_folded_in_random_batches_with_restarts_equal_the_fold_in_memory() throws Exception {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("FoldRunnerSpec -Dseed=" + seed);
        var random = new Random(seed);
        var histories = new Histories(database.log(), seed);
        for (var round = 0; round < 4; round++) {
            if (round == 0) {
                histories.random(300);
                solved(histories);
            }
            if (round > 0) histories.later(Duration.ofHours(1)).person("Late " + round, Role.CUSTOMER);
            try (var desk = new Desk(database, 1 + random.nextInt(60)).start()) {
                if (round < 3) Thread.sleep(random.nextInt(150));
                else desk.caughtUp();
            }
        }
        try (var desk = new Desk(database, 1000)) {
            assertThat(Tables.stored(desk)).isEqualTo(Tables.folded(database.log()));
            assertThat(Tables.folded(database.log()).values())
                    .allSatisfy(rows -> assertThat(rows).isNotEmpty());
        }
    }

    /** Two nodes with batches of their own; one is ended, or all sessions are, or new tables are built meanwhile. */
    @Test
    void random_histories_with_takeovers_ended_sessions_and_rebuilds_equal_the_fold_in_memory() throws Exception {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("FoldRunnerSpec -Dseed=" + seed);
        var random = new Random(seed);
        var histories = new Histories(database.log(), seed);
        histories.random(200);
        solved(histories);
        for (var round = 0; round < 6; round++) {
            try (var one = new Desk(database, 1 + random.nextInt(40)).start();
                    var two = new Desk(database, 1 + random.nextInt(40)).start()) {
                Thread.sleep(random.nextInt(60));
                for (var i = random.nextInt(30); i >= 0; i--)
                    histories.later(Duration.ofMinutes(1)).person("Late " + round + "." + i, Role.CUSTOMER);
                switch (random.nextInt(3)) {
                    case 0 -> (one.runner().status().following() ? one : two).stop();
                    case 1 ->
                        execute("select pg_terminate_backend(pid) from pg_stat_activity"
                                + " where usename = 'chronodesk_fold' and datname = current_database()");
                    default ->
                        one.rebuild(1 + random.nextInt(100))
                                .run((at, head) -> histories.person("Meanwhile", Role.CUSTOMER));
                }
                (one.runner().isRunning() ? one : two).caughtUp();
                assertThat(Tables.stored(one))
                        .as("seed %s, round %s", seed, round)
                        .isEqualTo(Tables.folded(database.log()));
            }
        }
    }

    /**
     * By chance a history has no ticket that was answered and solved; and none adopts a definition: a table had no row.
     */
    private static void solved(Histories histories) {
        var agent = histories.person("Ann", Role.AGENT);
        var ticket = histories.ticket(histories.person("Bob", Role.CUSTOMER), "Printer on fire");
        histories.assign(ticket, null, agent);
        histories.by(agent).comment(ticket, agent, "It is out.", Visibility.PUBLIC);
        histories.move(ticket, Status.NEW, Status.SOLVED);
        histories.adopt(Definition.FULL_RESOLUTION_1, Definition.FULL_RESOLUTION_2);
        histories.report("solved");
        histories.email(agent, "ann.other@example.org");
    }

    @Test
    void a_batch_may_begin_a_ticket_and_change_it_often() throws Exception {
        var histories = new Histories(database.log());
        var customer = histories.person("Bob", Role.CUSTOMER);
        var ticket = histories.ticket(customer, "Printer on fire");
        for (var to : new Priority[] {Priority.HIGH, Priority.LOW, Priority.URGENT})
            histories.append(new PriorityChanged(ticket, Priority.NORMAL, to));
        try (var desk = new Desk(database, 1000).start().caughtUp()) {
            assertThat(Tables.stored(desk)).isEqualTo(Tables.folded(database.log()));
        }
    }

    @Test
    void one_comment_id_on_two_tickets_does_not_stop_the_fold() throws Exception {
        var histories = new Histories(database.log());
        var customer = histories.person("Bob", Role.CUSTOMER);
        var comment = new CommentId(UUID.randomUUID());
        for (var subject : List.of("Printer on fire", "Printer still on fire")) {
            var ticket = histories.ticket(customer, subject);
            histories.append(new CommentAdded(ticket, comment, customer, Personal.of("Water?"), Visibility.PUBLIC));
        }
        try (var desk = new Desk(database, 1000).start().caughtUp()) {
            assertThat(Tables.stored(desk)).isEqualTo(Tables.folded(database.log()));
        }
    }

    @Test
    void folding_on_from_a_stale_position_is_caught_and_changes_nothing() throws Exception {
        new Histories(database.log(), 7).random(60);
        try (var desk = new Desk(database, 1000).start().caughtUp()) {
            var before = Tables.hashes(desk);
            desk.stop();
            for (var position : new int[] {0, 20, 59}) {
                execute("update live.generation set position = " + position
                        + ", event_id = (select event_id from log.event where position = " + position + ")");
                try (var again = new Desk(database, 1000).start()) {
                    eventually(() -> again.runner().status().failure() != null);
                    assertThat(again.runner().status().failure().position()).isEqualTo(position + 1);
                    assertThat(again.runner().status().lag()).isEqualTo(60 - position);
                }
            }
            execute("update live.generation set position = 60,"
                    + " event_id = (select event_id from log.event where position = 60)");
            assertThat(Tables.hashes(desk)).isEqualTo(before);
        }
    }

    @Test
    void a_missing_row_stops_the_fold_at_its_event_and_what_is_before_it_is_folded() throws Exception {
        var histories = new Histories(database.log());
        var bob = histories.person("Bob", Role.CUSTOMER);
        var lost = histories.ticket(bob, "Lost");
        try (var desk = new Desk(database, 1000).start().caughtUp()) {
            desk.stop();
        }
        execute("delete from live.tickets");
        histories.ticket(bob, "Fine");
        var bad = histories.append(new PriorityChanged(lost, Priority.NORMAL, Priority.HIGH));
        histories.ticket(bob, "Never reached");
        try (var desk = new Desk(database, 1000).start()) {
            eventually(() -> desk.runner().status().failure() != null);
            assertThat(desk.runner().status().failure().position()).isEqualTo(bad);
            assertThat(desk.runner().status().failure().reason()).contains("tickets has no row " + lost);
            assertThat(desk.runner().position()).isEqualTo(bad - 1);
            assertThat(desk.runner().await(bad, Duration.ofMillis(50))).isFalse();
        }
    }

    @Test
    void a_row_that_postgresql_refuses_stops_the_fold_and_is_not_quoted() throws Exception {
        var histories = new Histories(database.log());
        try (var desk = new Desk(database, 1000).start()) {
            histories.person("Bob", Role.CUSTOMER);
            desk.caughtUp();
            execute("alter table live.profiles add constraint no_secret check (display_name <> 'Secret')");
            var bad = histories.person("Secret", Role.CUSTOMER);
            assertThat(bad).isNotNull();
            eventually(() -> desk.runner().status().failure() != null);
            assertThat(desk.runner().status().failure().position()).isEqualTo(2);
            assertThat(desk.runner().status().failure().reason())
                    .contains("no_secret")
                    .doesNotContain("Secret");
            execute("alter table live.profiles drop constraint no_secret");
            eventually(() -> desk.runner().status().failure() == null);
            assertThat(Tables.stored(desk)).isEqualTo(Tables.folded(database.log()));
        }
    }

    @Test
    void an_event_that_cannot_be_decoded_stops_the_fold_at_it_and_commands_go_on() throws Exception {
        var histories = new Histories(database.log());
        var bob = histories.person("Bob", Role.CUSTOMER);
        histories.ticket(bob, "Fine");
        var bad = database.log().head().position() + 1;
        execute("insert into log.event (position, recorded_at, occurred_at, stream_id, event_id, seq, revision,"
                + " stream_type, type, payload, metadata) select " + bad + ", recorded_at, occurred_at, '"
                + UUID.randomUUID() + "', '" + UUID.randomUUID()
                + "', 0, 1, 'ticket', 'TicketCreated', '{\"broken\":', metadata from log.event where position = 1");
        histories.ticket(bob, "Never reached");
        try (var desk = new Desk(database, 1000).start()) {
            eventually(() -> desk.runner().status().failure() != null);
            assertThat(desk.runner().status().failure().position()).isEqualTo(bad);
            assertThat(desk.runner().position()).isEqualTo(bad - 1);
            assertThat(histories.ticket(bob, "Still taken")).isNotNull();
            assertThatThrownBy(() -> desk.rebuild(100).run((at, head) -> {}))
                    .isInstanceOf(Rebuild.RebuildFailedException.class)
                    .hasMessageContaining("position " + bad);
            assertThat(Tables.hashes(desk)).containsEntry("position", Long.toString(bad - 1));
        }
    }

    @Test
    void tables_of_another_history_of_the_log_are_built_anew() throws Exception {
        new Histories(database.log(), 3).random(40);
        try (var desk = new Desk(database, 1000).start().caughtUp()) {
            var before = Tables.hashes(desk);
            desk.stop();
            for (var other : List.of("event_id = gen_random_uuid()", "position = 50")) {
                execute("update live.tickets set subject = 'as another log said'");
                execute("update live.generation set " + other);
                assertThat(Tables.hashes(desk)).isNotEqualTo(before);
                try (var again = new Desk(database, 1000).start()) {
                    eventually(() -> again.runner().status().following());
                    assertThat(Tables.hashes(again)).isEqualTo(before);
                }
            }
        }
    }

    @Test
    void tables_that_stand_at_an_event_of_the_new_incarnation_go_on_in_it() throws Exception {
        new Histories(database.log(), 3).random(40);
        try (var desk = new Desk(database, 1000).start().caughtUp()) {
            var before = desk.log().incarnation();
            assertThat(incarnationOfTables()).isEqualTo(before.toString());
            execute("update live.tickets set updated_at = updated_at + interval '1 s'");
            var changed = Tables.hashes(desk);
            execute("select log.begin_incarnation()");
            // the running follower sees it, starts afresh, and looks before it goes on
            eventually(() -> !incarnationOfTables().equals(before.toString()));
            eventually(() -> desk.runner().status().following());
            assertThat(incarnationOfTables()).isEqualTo(desk.log().incarnation().toString());
            assertThat(Tables.hashes(desk)).as("not built anew").isEqualTo(changed);
            new Histories(database.log()).person("Late", Role.CUSTOMER);
            desk.caughtUp();
        }
    }

    private String incarnationOfTables() {
        try (var connection = database.superuser();
                var statement = connection.createStatement();
                var row = statement.executeQuery("select incarnation from " + LiveSchema.TABLES + ".generation")) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void of_two_runners_one_folds_and_the_other_takes_over() throws Exception {
        var histories = new Histories(database.log());
        try (var one = new Desk(database, 1000).start();
                var two = new Desk(database, 1000).start()) {
            histories.person("Bob", Role.CUSTOMER);
            one.caughtUp();
            two.caughtUp();
            eventually(() ->
                    one.runner().status().following() || two.runner().status().following());
            assertThat(one.runner().status().following())
                    .isNotEqualTo(two.runner().status().following());
            var first = one.runner().status().following() ? one : two;
            var second = first == one ? two : one;
            first.stop();
            histories.person("Eve", Role.CUSTOMER);
            second.caughtUp();
            assertThat(second.runner().status().following()).isTrue();
            assertThat(Tables.stored(second)).isEqualTo(Tables.folded(database.log()));
        }
    }

    @Test
    void a_runner_whose_session_is_ended_goes_on_with_a_new_one() throws Exception {
        var histories = new Histories(database.log());
        try (var desk = new Desk(database, 1000).start()) {
            histories.person("Bob", Role.CUSTOMER);
            desk.caughtUp();
            execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'chronodesk_fold'"
                    + " and datname = current_database()");
            histories.person("Eve", Role.CUSTOMER);
            desk.caughtUp();
            assertThat(Tables.stored(desk)).isEqualTo(Tables.folded(database.log()));
        }
    }

    @Test
    void tables_of_another_version_are_built_anew_at_the_start() throws Exception {
        new Histories(database.log(), 11).random(50);
        try (var desk = new Desk(database, 1000).start().caughtUp()) {
            var before = Tables.hashes(desk);
            desk.stop();
            execute("update live.tickets set subject = 'as an old version folded it'");
            execute("update live.generation set fingerprint = 'old'");
            assertThat(Tables.hashes(desk)).isNotEqualTo(before);
            try (var newer = new Desk(database, 1000).start()) {
                eventually(() -> newer.runner().status().following());
                assertThat(Tables.hashes(newer)).isEqualTo(before);
            }
        }
    }

    @Test
    void a_projection_cannot_look_at_a_row_that_it_did_not_ask_for() {
        var rows = Rows.ofBatch();
        var table = dev.chronodesk.query.profile.ProfileRow.TABLE;
        assertThatThrownBy(() -> rows.find(table, UUID.randomUUID())).isInstanceOf(IllegalStateException.class);
    }

    /** Everything that happens to somebody nobody knows. */
    @Test
    void an_event_of_a_stream_that_never_began_stops_the_fold() throws Exception {
        var histories = new Histories(database.log());
        histories.by(new ProfileId(UUID.randomUUID()));
        var bad = histories.append(new PriorityChanged(new TicketId(UUID.randomUUID()), Priority.LOW, Priority.HIGH));
        try (var desk = new Desk(database, 1000).start()) {
            eventually(() -> desk.runner().status().failure() != null);
            assertThat(desk.runner().status().failure().position()).isEqualTo(bad);
        }
    }

    private void execute(String sql) throws SQLException {
        try (var connection = database.superuser();
                var statement = connection.createStatement()) {
            statement.execute(LiveSchema.named(sql));
        }
    }

    static void eventually(BooleanSupplier condition) throws InterruptedException {
        var until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > until) throw new AssertionError("it never came");
            Thread.sleep(10);
        }
    }
}
