package dev.chronodesk.query.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.ticket.Visibility;
import dev.chronodesk.query.Desk;
import dev.chronodesk.query.Histories;
import dev.chronodesk.query.LiveSchema;
import dev.chronodesk.query.ReadTables;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All read tables can be dropped and made again from the log, while somebody reads them and somebody writes. */
class RebuildSpec {

    private static final String VERSION = ReadTables.model(new EventCodec()).version();

    private Desk desk;

    @BeforeEach
    void open() {
        desk = new Desk();
    }

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void rebuilt_tables_equal_the_ones_before_row_by_row() throws Exception {
        new Histories(desk.log(), 5).random(250);
        desk.start().caughtUp();
        var before = Tables.hashes(desk);
        var told = new ArrayList<String>();
        var position = desk.rebuild(20).run((at, head) -> told.add(at + "/" + head));
        assertThat(position).isEqualTo(250);
        assertThat(Tables.hashes(desk)).isEqualTo(before);
        assertThat(Tables.stored(desk)).isEqualTo(Tables.folded(desk.log()));
        assertThat(told).startsWith("0/250", "100/250", "200/250", "250/250");
    }

    @Test
    void an_erased_person_is_gone_at_once_from_the_tables_that_a_rebuild_without_their_key_gives() throws Exception {
        var histories = new Histories(desk.log(), 12);
        histories.random(150);
        var bob = histories.person("Jeremiah", Role.CUSTOMER);
        var ann = histories.person("Ann", Role.AGENT);
        var ticket = histories.ticket(bob, "My salary");
        histories.comment(ticket, bob, "It is my salary", Visibility.PUBLIC);
        histories.comment(ticket, ann, "We look into it", Visibility.PUBLIC);
        histories.email(bob, "bob.salary@example.org");
        desk.start().caughtUp();
        assertThat(everything()).contains("salary", "Jeremiah", "We look into it");
        histories.erase(bob);
        // was under way when they were erased
        histories.comment(ticket, bob, "A late salary", Visibility.PUBLIC);
        histories.comment(histories.ticket(bob, "Another salary"), ann, "Again?", Visibility.PUBLIC);
        desk.caughtUp();
        assertThat(everything()).contains("We look into it", "Again?").doesNotContain("salary", "Jeremiah");
        var live = Tables.hashes(desk);
        assertThat(Tables.stored(desk)).isEqualTo(Tables.folded(desk.log()));

        // as long as the key is there, the event alone says it
        desk.rebuild(20).run((at, head) -> {});
        assertThat(Tables.hashes(desk)).isEqualTo(live);
        desk.database().keys().erase(bob.value());
        desk.rebuild(20).run((at, head) -> {});
        assertThat(Tables.hashes(desk)).isEqualTo(live);
    }

    /** Every row of every table, as a text. */
    private String everything() throws SQLException {
        var all = new StringBuilder();
        for (var rows : Tables.stored(desk).values()) all.append(rows);
        return all.toString();
    }

    @Test
    void what_somebody_broke_is_mended() throws Exception {
        new Histories(desk.log(), 6).random(100);
        desk.start().caughtUp();
        var before = Tables.hashes(desk);
        desk.stop();
        try (var connection = desk.database().superuser();
                var statement = connection.createStatement()) {
            statement.execute("update " + LiveSchema.TABLES + ".tickets set subject = 'tampered'");
        }
        assertThat(Tables.hashes(desk)).isNotEqualTo(before);
        desk.rebuild(1000).run((at, head) -> {});
        assertThat(Tables.hashes(desk)).isEqualTo(before);
    }

    @Test
    void a_reader_who_stays_keeps_nobody_from_building_anew_and_what_they_read_goes_when_they_do() throws Exception {
        new Histories(desk.log(), 5).random(60);
        desk.start().caughtUp();
        try (var reader = desk.database().superuser();
                var statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            for (var round = 0; round < 3; round++) {
                statement
                        .executeQuery("select * from " + LiveSchema.VIEWS + ".tickets")
                        .close();
                assertThat(desk.rebuild(100).run((at, head) -> {})).isEqualTo(60);
            }
            assertThat(text("select count(*) from pg_namespace where nspname ~ '^live_.*_retired'"))
                    .isEqualTo("3");
            reader.rollback();
        }
        try (var connection = desk.database().database().fold().getConnection()) {
            Generation.sweep(connection, Generation.names(VERSION));
        }
        assertThat(text("select count(*) from pg_namespace where nspname ~ '_retired'"))
                .isEqualTo("0");
    }

    @Test
    void readers_and_writers_go_on_and_nobody_sees_less_than_before() throws Exception {
        var histories = new Histories(desk.log(), 8);
        histories.random(300);
        desk.start().caughtUp();
        var stop = new AtomicBoolean();
        var fewest = new AtomicLong(Long.MAX_VALUE);
        var reads = new AtomicLong();
        var reader = Thread.ofPlatform().start(() -> {
            try (var connection = desk.database().superuser()) {
                while (!stop.get()) {
                    var profiles = Long.parseLong(Tables.text(connection, "select count(*) from api.profiles"));
                    fewest.accumulateAndGet(profiles, Math::min);
                    reads.incrementAndGet();
                }
            } catch (Exception e) {
                fewest.set(-1);
            }
        });
        var profiles = Tables.folded(desk.log()).get("profiles").size();
        for (var round = 0; round < 3; round++) {
            desk.rebuild(50).run((at, head) -> histories.person("Meanwhile", Role.CUSTOMER));
            histories.person("After", Role.CUSTOMER);
            desk.caughtUp();
        }
        stop.set(true);
        reader.join();
        assertThat(fewest.get()).isEqualTo(profiles);
        assertThat(reads.get()).isGreaterThan(3);
        assertThat(Tables.stored(desk)).isEqualTo(Tables.folded(desk.log()));
    }

    /** Ended where a process is killed: its session is gone, and what it committed stays. */
    private void killedAt(long position) throws Exception {
        try (var session = database().fold().getConnection();
                var lease = Following.take(database().fold(), session, VERSION).orElseThrow()) {
            assertThatThrownBy(() -> desk.rebuild(20).beside(session, lease, Build.Begun.GOES_ON, (at, head) -> {
                        if (at == position) kill();
                    }))
                    .isInstanceOf(SQLException.class);
        }
    }

    private void kill() {
        execute("select pg_terminate_backend(pid) from pg_stat_activity"
                + " where usename = 'chronodesk_fold' and datname = current_database()");
    }

    /** Ended while it waits for what that statement holds, in a session of somebody else's. */
    private void killedWhileItWaits(String holding) throws Exception {
        try (var session = database().fold().getConnection();
                var lease = Following.take(database().fold(), session, VERSION).orElseThrow();
                var other = desk.database().superuser();
                var statement = other.createStatement();
                var killing = Executors.newSingleThreadExecutor()) {
            other.setAutoCommit(false);
            assertThatThrownBy(() -> desk.rebuild(20).beside(session, lease, Build.Begun.GOES_ON, (at, head) -> {
                        if (at < head) return;
                        // the last thing that is done before tables are read is to look at their views
                        execute("create or replace view api_next._position with (security_invoker = true) as"
                                + " select position from live_next.generation, pg_advisory_xact_lock_shared(77)");
                        held(statement, holding);
                        killing.execute(this::killWaiting);
                    }))
                    .isInstanceOf(SQLException.class);
            other.rollback();
        }
    }

    private static void held(Statement statement, String holding) {
        try {
            statement.execute(LiveSchema.named(holding));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void killWaiting() {
        try {
            FoldRunnerSpec.eventually(() ->
                    isTrue("select exists (select from pg_stat_activity where usename = 'chronodesk_fold' and datname"
                            + " = current_database() and wait_event_type = 'Lock')"));
            kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isTrue(String sql) {
        try {
            return text(sql).equals("t");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** What the stage holds that a build is killed in, and what was done by then. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lock table live_next.ticket_texts in row exclusive mode | indexes begun",
                "lock table live_next.tickets in access share mode       | indexes made",
                "select pg_advisory_xact_lock(77)                        | forced"
            })
    void a_build_that_was_killed_after_it_was_loaded_goes_on_in_that_stage(String holding, String stage)
            throws Exception {
        new Histories(desk.log(), 9).random(250);
        desk.start().caughtUp();
        var before = Tables.hashes(desk);
        var made = Tables.made(desk);
        desk.stop();
        execute("update live.generation set fingerprint = 'old'");
        killedWhileItWaits(holding);
        var indexes = Integer.parseInt(text("select count(*) from pg_indexes where schemaname = 'live_next'"));
        var all = Integer.parseInt(text("select count(*) from pg_indexes where schemaname = 'live'"));
        if (stage.equals("indexes begun")) assertThat(indexes).isBetween(18, all - 1);
        else assertThat(indexes).isEqualTo(all);
        var forced = stage.equals("forced");
        assertThat(isTrue("select bool_and(relforcerowsecurity) from pg_class"
                        + " where relnamespace = 'live_next'::regnamespace and relkind = 'r'"))
                .isEqualTo(forced);
        // nobody but the fold may read what is not forced
        assertThat(isTrue("select has_schema_privilege('chronodesk_agent', 'api_next', 'usage')"
                        + " or has_table_privilege('chronodesk_agent', 'live_next.tickets', 'select')"))
                .isEqualTo(forced);
        var built = text("select 'live_next.tickets'::regclass::oid");
        try (var later = new Desk(desk.database(), 50).start()) {
            FoldRunnerSpec.eventually(() -> later.runner().status().following());
            assertThat(text("select 'live.tickets'::regclass::oid")).isEqualTo(built);
            assertThat(Tables.hashes(later)).isEqualTo(before);
            assertThat(Tables.made(later)).isEqualTo(made);
        }
    }

    @Test
    void tables_that_were_built_have_the_indexes_the_constraints_and_the_rights_of_tables_that_were_made_empty()
            throws Exception {
        desk.start().caughtUp();
        var made = Tables.made(desk);
        assertThat(made)
                .anyMatch(line -> line.contains("tickets_of_requester"))
                .anyMatch(line -> line.contains("ticket_events_of_ticket_uk"))
                .anyMatch(line -> line.contains("chronodesk_agent=r/"));
        new Histories(desk.log(), 9).random(100);
        desk.rebuild(20).run((at, head) -> {});
        assertThat(Tables.made(desk)).isEqualTo(made);
    }

    @Test
    void while_it_is_loaded_nobody_but_the_fold_may_read_and_row_security_is_not_forced_yet() throws Exception {
        new Histories(desk.log(), 9).random(250);
        desk.start().caughtUp();
        var granted = new ArrayList<String>();
        desk.rebuild(20)
                .run((at, head) -> granted.add(
                        isTrue("select exists (select from pg_class c cross join lateral aclexplode(c.relacl) a where"
                            + " c.relnamespace in ('live_next'::regnamespace, 'api_next'::regnamespace) and a.grantee"
                            + " <> c.relowner)")
                                + " "
                                + isTrue("select bool_or(relforcerowsecurity) from pg_class"
                                        + " where relnamespace = 'live_next'::regnamespace and relkind = 'r'")));
        assertThat(granted).hasSize(4).containsOnly("false false");
    }

    @Test
    void an_event_that_cannot_be_folded_is_named_and_what_is_before_it_is_kept() throws Exception {
        var histories = new Histories(desk.log(), 9);
        histories.random(150);
        desk.start().caughtUp();
        var before = Tables.hashes(desk);
        desk.stop();
        execute("update live.generation set fingerprint = 'old'");
        killedAt(100);
        // the fold goes on with what is not what it left
        var lost =
                text("select t.id from live_next.tickets t join log.event e on e.stream_id = t.id and e.position > 100"
                        + " order by e.position limit 1");
        var at = Long.parseLong(
                text("select min(position) from log.event where position > 100 and stream_id = '" + lost + "'"));
        execute("delete from live_next.tickets where id = '" + lost + "'");
        try (var session = database().fold().getConnection();
                var lease = Following.take(database().fold(), session, VERSION).orElseThrow()) {
            assertThatThrownBy(
                            () -> desk.rebuild(20).beside(session, lease, Build.Begun.GOES_ON, (reached, head) -> {}))
                    .isInstanceOf(Generation.Stopped.class)
                    .hasMessageContaining(lost)
                    .extracting(e -> ((Generation.Stopped) e).position())
                    .isEqualTo(at);
        }
        desk.rebuild(20).run((reached, head) -> {});
        assertThat(Tables.hashes(desk)).isEqualTo(before);
    }

    @Test
    void a_row_that_is_loaded_twice_is_found_when_its_key_is_made() throws Exception {
        new Histories(desk.log(), 9).random(100);
        desk.start().caughtUp();
        assertThatThrownBy(() -> desk.rebuild(20).run((at, head) -> {
                    if (at == head)
                        execute("alter table live_next.ticket_events drop constraint ticket_events_pk;"
                                + " insert into live_next.ticket_events select * from live_next.ticket_events limit 1");
                }))
                .isInstanceOf(Rebuild.RebuildFailedException.class)
                .hasMessageContaining("do not take ticket_events_of_ticket_uk (23505)");
        assertThat(text("select to_regnamespace('live_next') is null")).isEqualTo("t");
    }

    @Test
    void a_build_of_another_version_that_was_killed_goes_on_where_it_stood() throws Exception {
        new Histories(desk.log(), 9).random(250);
        desk.start().caughtUp();
        var before = Tables.hashes(desk);
        desk.stop();
        execute("update live.generation set fingerprint = 'old'");
        killedAt(100);
        assertThat(text("select position::text from live_next.generation")).isEqualTo("100");
        // only tables that are not folded again from the beginning keep this
        execute("update live_next.profiles set display_name = 'kept'");
        try (var later = new Desk(desk.database(), 50).start()) {
            FoldRunnerSpec.eventually(() -> later.runner().status().following());
            assertThat(text("select position::text from live.generation")).isEqualTo("250");
            assertThat(text("select count(*) > 0 from live.profiles where display_name = 'kept'"))
                    .isEqualTo("t");
            later.stop();
        }
        // and a rebuild that somebody asked for trusts nothing
        desk.rebuild(1000).run((at, head) -> {});
        assertThat(Tables.hashes(desk)).isEqualTo(before);
    }

    @Test
    void a_rebuild_on_demand_drops_what_an_earlier_one_began() throws Exception {
        new Histories(desk.log(), 9).random(250);
        desk.start().caughtUp();
        var before = Tables.hashes(desk);
        desk.stop();
        killedAt(100);
        execute("update live_next.profiles set display_name = 'erased since'");
        var told = new ArrayList<Long>();
        desk.rebuild(20).run((at, head) -> told.add(at));
        assertThat(told).startsWith(0L, 100L, 200L);
        assertThat(Tables.hashes(desk)).isEqualTo(before);
    }

    @Test
    void a_build_that_another_version_began_is_not_gone_on_with() throws Exception {
        new Histories(desk.log(), 9).random(250);
        desk.start().caughtUp();
        var before = Tables.hashes(desk);
        desk.stop();
        killedAt(100);
        execute("update live.generation set fingerprint = 'old'");
        execute("update live_next.generation set fingerprint = 'older'");
        execute("update live_next.profiles set display_name = 'as another version folded it'");
        try (var later = new Desk(desk.database(), 50).start()) {
            FoldRunnerSpec.eventually(() -> later.runner().status().following());
            assertThat(Tables.hashes(later)).isEqualTo(before);
        }
    }

    @Test
    void tables_that_lost_a_row_while_they_were_built_are_not_promoted() throws Exception {
        new Histories(desk.log(), 9).random(100);
        desk.start().caughtUp();
        var before = Tables.hashes(desk);
        assertThatThrownBy(() -> desk.rebuild(50).run((at, head) -> {
                    if (at == head) execute("delete from live_next.profiles");
                }))
                .isInstanceOf(Rebuild.RebuildFailedException.class)
                .hasMessageContaining("profiles has 0 rows");
        assertThat(Tables.hashes(desk)).isEqualTo(before);
        assertThat(text("select to_regnamespace('live_next') is null")).isEqualTo("t");
    }

    @Test
    void tables_without_forced_row_security_or_with_a_view_that_cannot_be_read_are_not_promoted() throws Exception {
        new Histories(desk.log(), 9).random(100);
        desk.start().caughtUp();
        var before = Tables.hashes(desk);
        for (var broken : Map.of(
                        "create table live_next.more (id integer)",
                        "more has no forced row security",
                        "create or replace view api_next._position with (security_invoker = true)"
                                + " as select 1 / (position - position) as position from live_next.generation",
                        "view _position cannot be read (22012)")
                .entrySet())
            assertThatThrownBy(() -> desk.rebuild(50).run((at, head) -> {
                        if (at == head) execute(broken.getKey());
                    }))
                    .isInstanceOf(Rebuild.RebuildFailedException.class)
                    .hasMessageContaining(broken.getValue());
        assertThat(Tables.hashes(desk)).isEqualTo(before);
    }

    @Test
    void while_new_tables_are_built_the_old_ones_are_read_and_the_status_says_how_far_it_is() throws Exception {
        new Histories(desk.log(), 9).random(250);
        desk.start().caughtUp();
        desk.stop();
        execute("update live.tickets set subject = 'as an old version folded it'");
        execute("update live.generation set fingerprint = 'old'");
        try (var newer = new Desk(desk.database(), 1).start()) {
            FoldRunnerSpec.eventually(() -> {
                var building = newer.runner().status().building();
                return building != null && building.position() > 10;
            });
            assertThat(text("select bool_and(subject = 'as an old version folded it') from api.tickets"))
                    .isEqualTo("t");
            FoldRunnerSpec.eventually(() -> newer.runner().status().following());
            assertThat(newer.runner().status().building()).isNull();
            assertThat(Tables.stored(newer)).isEqualTo(Tables.folded(desk.log()));
        }
    }

    private dev.chronodesk.db.Database database() {
        return desk.database().database();
    }

    private String text(String sql) throws SQLException {
        try (var connection = desk.database().superuser()) {
            return Tables.text(connection, LiveSchema.named(sql));
        }
    }

    private void execute(String sql) {
        try (var connection = desk.database().superuser();
                var statement = connection.createStatement()) {
            statement.execute(LiveSchema.named(sql));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
