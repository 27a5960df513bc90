package dev.chronodesk.query.fold;

import static dev.chronodesk.query.fold.FoldRunnerSpec.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.profile.DisplayNameChanged;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.profile.RoleAssigned;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.Visibility;
import dev.chronodesk.query.Histories;
import dev.chronodesk.query.Http;
import dev.chronodesk.query.Http.Reply;
import dev.chronodesk.query.LiveSchema;
import dev.chronodesk.query.QuerySettings;
import dev.chronodesk.query.ReadTables;
import dev.chronodesk.query.access.World;
import dev.chronodesk.query.audit.GenerationsController;
import dev.chronodesk.query.fold.AsOf.State;
import dev.chronodesk.query.rest.RestController;
import dev.chronodesk.query.rest.Writes;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is read as of a position is what was read then, for those who may, and never of somebody erased since. */
class AsOfSpec {

    private static final String ASOF = LiveSchema.TABLES.replace("live_", "asof_") + "_";
    private static final Duration LONG = Duration.ofHours(1);

    private TestDatabase database;
    private World world;
    private AsOf asOf;
    private Http audit;
    private Http rest;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        world = new World(database);
        asOf = asOf(100, 4, LONG);
        audit = new Http(new GenerationsController(asOf, database.log())).as(world.caller(Role.AUDITOR));
        rest = new Http(new RestController(
                        database.database().read(),
                        world.desk().runner(),
                        database.log(),
                        QuerySettings.defaults(),
                        asOf,
                        Writes.NONE))
                .as(world.caller(Role.AUDITOR));
    }

    @AfterEach
    void close() {
        asOf.close();
        world.close();
    }

    private AsOf asOf(int batchSize, int most, Duration unused) {
        return asOf(batchSize, new AsOf.Bounds(most, Long.MAX_VALUE, unused));
    }

    private AsOf asOf(int batchSize, AsOf.Bounds bounds) {
        return new AsOf(
                database.database().fold(),
                database.log(),
                database.keys(),
                ReadTables.model(database.codec()),
                batchSize,
                bounds);
    }

    private long head() {
        return database.log().head().position();
    }

    private Reply post(String body) {
        return audit.send("POST", "/audit/generations", Http.json(body));
    }

    private void built(long position) throws InterruptedException {
        assertThat(post("{'asOf': " + position + "}").status()).isIn(200, 202);
        isReady(asOf, position);
    }

    private static void isReady(AsOf asOf, long position) throws InterruptedException {
        eventually(() -> asOf.find(position).orElseThrow().state() == State.READY);
    }

    private Reply then(String position, String uri) {
        return rest.get("/rest/v1/" + uri, "Chronodesk-As-Of", position);
    }

    @Test
    void tables_as_of_random_positions_equal_those_of_an_instance_that_saw_only_that_prefix() throws Exception {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("AsOfSpec -Dseed=" + seed);
        var random = new Random(seed);
        var histories = new Histories(database.log(), seed);
        var seen = new LinkedHashMap<Long, Map<String, String>>();
        var events = 0;
        for (var i = 0; i < 4; i++) {
            events += 5 + random.nextInt(100);
            histories.random(events);
            world.desk().caughtUp();
            seen.put(head(), Tables.hashes(world.desk()));
        }
        histories.random(events + 50);
        for (var position : seen.keySet()) built(position);
        for (var then : seen.entrySet())
            assertThat(Tables.hashes(world.desk(), ASOF + then.getKey()))
                    .as("as of " + then.getKey() + " with seed " + seed)
                    .isEqualTo(then.getValue());
    }

    @Test
    void a_list_a_search_and_a_statistic_answer_as_they_did_then_by_position_and_by_moment() throws Exception {
        var position = head();
        var moment = database.log().storedAfter(position - 1, 1).getFirst().recordedAt();
        var asked = List.of(
                "tickets?select=*&order=number",
                "tickets?select=number,ticket_comments(body)&order=number",
                "rpc/search_tickets?query=printer",
                "rpc/measurements?metric=first_response&since=2026-01-01T00:00:00Z&until=2027-01-01T00:00:00Z&order=from_position",
                "profiles?select=display_name&order=display_name");
        var before = asked.stream().map(uri -> rest.get("/rest/v1/" + uri)).toList();
        world.histories().append(new DisplayNameChanged(world.bob, Personal.of("Bob"), Personal.of("Robert")));
        var third = world.histories().ticket(world.bob, "Printer on the moon");
        world.histories().comment(third, world.ann, "Use air", Visibility.PUBLIC);
        world.histories().move(world.bobs, Status.OPEN, Status.SOLVED);
        world.desk().caughtUp();
        built(position);
        for (var i = 0; i < asked.size(); i++) {
            assertThat(before.get(i).status()).as(before.get(i).body()).isEqualTo(200);
            for (var header : List.of(Long.toString(position), moment.toString())) {
                var then = then(header, asked.get(i));
                assertThat(then.body()).isEqualTo(before.get(i).body());
                assertThat(then.header("Chronodesk-Position")).isEqualTo(Long.toString(position));
            }
        }
        assertThat(rest.get("/rest/v1/" + asked.getFirst()).body())
                .isNotEqualTo(before.getFirst().body());
        // what had not ended is measured up to then, and not up to the moment of asking
        var open = rest.send(
                "POST",
                "/rest/v1/rpc/measurements?select=ended_at",
                Http.json("{'metric': 'agent_work', 'since': null, 'until': null}"),
                "Chronodesk-As-Of",
                Long.toString(position));
        assertThat(open.column("ended_at"))
                .extracting(text -> OffsetDateTime.parse(text).toInstant())
                .contains(moment);
    }

    @Test
    void only_auditors_and_administrators_have_tables_built() throws Exception {
        built(head());
        for (var role : Role.values()) {
            var may = role == Role.AUDITOR || role == Role.ADMIN;
            audit.as(world.caller(role));
            assertThat(audit.get("/audit/generations").status()).isEqualTo(may ? 200 : 403);
            assertThat(post("{'asOf': " + head() + "}").status()).isEqualTo(may ? 200 : 403);
            if (!may)
                assertThat(audit.send("DELETE", "/audit/generations/" + head(), "")
                                .status())
                        .isEqualTo(403);
        }
        rest.as(new Caller.Anonymous());
        then(Long.toString(head()), "tickets").isRefused(401, "42501");
    }

    /** Whom they were then is told by tables of that prefix, read as whom they were. */
    @Test
    void everybody_sees_of_the_past_what_they_could_see_then_and_may_see_now() throws Exception {
        var h = world.histories();
        h.by(world.root);
        var promoted = h.person("Pat", Role.CUSTOMER);
        var pats = h.ticket(promoted, "Mouse is gone");
        h.by(world.ann).comment(pats, world.ann, "Which one?", Visibility.PUBLIC);
        h.by(world.amy).comment(pats, world.amy, "He ate it", Visibility.INTERNAL);
        var demoted = h.person("Dee", Role.AGENT);
        var dees = h.ticket(demoted, "Desk is cold");
        h.by(world.ada).assign(pats, null, world.ada);
        world.desk().caughtUp();
        var position = head();
        var people = Map.of(
                world.bob,
                List.of(Role.CUSTOMER, Role.CUSTOMER),
                world.ada,
                List.of(Role.AGENT, Role.AGENT),
                world.analyst,
                List.of(Role.ANALYST, Role.AGENT),
                promoted,
                List.of(Role.CUSTOMER, Role.AGENT),
                demoted,
                List.of(Role.AGENT, Role.CUSTOMER));
        var before = new LinkedHashMap<ProfileId, Map<String, List<String>>>();
        for (var person : people.entrySet())
            before.put(person.getKey(), seen(person.getKey(), person.getValue().getFirst(), null));
        h.by(world.root);
        people.forEach((person, roles) -> {
            if (roles.getFirst() != roles.getLast())
                h.append(new RoleAssigned(person, roles.getFirst(), roles.getLast()));
        });
        // Ada is none of those any more whom Bob and Pat deal with
        h.assign(world.bobs, world.ada, world.ann);
        h.assign(pats, world.ada, world.ann);
        h.ticket(world.bob, "Printer on the moon");
        var late = h.person("Lea", Role.CUSTOMER);
        world.desk().caughtUp();
        built(position);
        for (var person : people.entrySet()) {
            var role = person.getValue().getLast();
            var now = seen(person.getKey(), role, null);
            var then = seen(person.getKey(), role, Long.toString(position));
            for (var view : VIEWS) {
                var both = new TreeSet<>(before.get(person.getKey()).get(view));
                both.retainAll(now.get(view));
                assertThat(then.get(view))
                        .as(view + " for who was " + person.getValue())
                        .containsExactlyElementsOf(both);
            }
        }
        assertThat(before.get(world.bob).get("profiles")).contains(world.ada.toString());
        assertThat(seen(world.bob, Role.CUSTOMER, Long.toString(position)).get("profiles"))
                .contains(world.ann.toString())
                .doesNotContain(world.ada.toString());
        // a search does not ask the policies
        rest.as(new Caller.Known(promoted.value(), Role.AGENT));
        assertThat(rest.get("/rest/v1/rpc/search_tickets?query=ate").json()).hasSize(1);
        assertThat(then(Long.toString(position), "rpc/search_tickets?query=ate").json())
                .isEmpty();
        then(Long.toString(position), "rpc/backlog?at=2026-01-06T00:00:00Z").isRefused(403, "42501");
        rest.as(new Caller.Known(late.value(), Role.CUSTOMER));
        then(Long.toString(position), "tickets").isRefused(403, "42501");
        rest.as(new Caller.Known(UUID.randomUUID(), Role.SERVICE));
        assertThat(then(Long.toString(position), "tickets").json()).hasSize(4);
        assertThat(dees).isNotNull();
    }

    private static final List<String> VIEWS = List.of("tickets", "ticket_comments", "profiles", "teams");

    /** The keys of what somebody sees in each view. */
    private Map<String, List<String>> seen(ProfileId person, Role role, @Nullable String position) {
        rest.as(new Caller.Known(person.value(), role));
        var seen = new LinkedHashMap<String, List<String>>();
        for (var view : VIEWS) {
            var uri = view + "?select=id&order=id";
            var reply = position == null ? rest.get("/rest/v1/" + uri) : then(position, uri);
            assertThat(reply.status()).as(reply.body()).isEqualTo(200);
            seen.put(view, reply.column("id"));
        }
        return seen;
    }

    @Test
    void what_means_no_position_is_named() {
        for (var bad :
                List.of("x", "-1", "1.5", "999999999", "9".repeat(30), "2999-01-01T00:00:00Z", "yesterday", "")) {
            var reply = then(bad, "tickets");
            reply.isRefused(400, "CD400");
            assertThat(reply.body()).contains("Chronodesk-As-Of");
        }
        for (var bad : List.of(
                "{'asOf': 'x'}", "{'asOf': 99999999}", "{'asOf': 1.5}", "{'asOf': null}", "{}", "{'asOf': {}}")) {
            var reply = post(bad);
            assertThat(reply.status()).as(bad).isEqualTo(400);
            assertThat(reply.json().path("errors").path(0).path("field").asString())
                    .isEqualTo("asOf");
        }
        assertThat(post("{'asOf': 1, 'to': 2}").body()).contains("\"field\":\"to\"");
        for (var bad : List.of("", "[", "[]", "7", "{} {}"))
            assertThat(audit.send("POST", "/audit/generations", bad).status()).isEqualTo(400);
        assertThat(audit.get("/audit/generations/x").body()).contains("\"field\":\"position\"");
        assertThat(audit.get("/audit/generations/2").status()).isEqualTo(404);
        assertThat(audit.send("DELETE", "/audit/generations/2", "").status()).isEqualTo(404);
    }

    @Test
    void what_was_cannot_be_changed() throws Exception {
        built(3);
        for (var method : List.of("POST", "PATCH", "DELETE"))
            rest.send(method, "/rest/v1/tickets?id=eq." + world.bobs, "{}", "Chronodesk-As-Of", "3")
                    .isRefused(400, "CD400");
    }

    @Test
    void a_position_without_tables_is_said_so_and_one_with_them_is_no_newer() throws Exception {
        then("3", "tickets").isRefused(404, "CD404");
        built(3);
        assertThat(then("3", "tickets").json()).isEmpty();
        assertThat(then("3", "profiles?select=display_name&order=display_name").column("display_name"))
                .containsExactly("Ada", "Bob", "Eve");
        rest.get("/rest/v1/tickets", "Chronodesk-As-Of", "3", "Chronodesk-Min-Position", "4")
                .isRefused(400, "CD400");
        assertThat(rest.get("/rest/v1/tickets", "Chronodesk-As-Of", "3", "Chronodesk-Min-Position", "3")
                        .status())
                .isEqualTo(200);
        built(0);
        assertThat(then("0", "profiles").json()).isEmpty();
        var shown = audit.get("/audit/generations").json();
        assertThat(shown.valueStream().map(one -> one.path("position").asLong()))
                .containsExactly(0L, 3L);
        assertThat(shown.get(1).path("state").asString()).isEqualTo("ready");
        assertThat(shown.get(1).path("at").asLong()).isEqualTo(3);
    }

    @Test
    void nobody_reads_of_the_past_who_was_erased_since() throws Exception {
        var position = head();
        built(position);
        assertThat(then(Long.toString(position), "profiles").body()).contains("Bob");
        database.keys().destroy(world.bob.value());
        then(Long.toString(position), "profiles").isRefused(404, "CD404");
        assertThat(audit.get("/audit/generations/" + position).status()).isEqualTo(404);
        asOf.tidy();
        assertThat(schemas()).isEqualTo("0");
        built(position);
        assertThat(then(Long.toString(position), "profiles").body())
                .doesNotContain("Bob")
                .contains("Eve");
    }

    @Test
    void there_are_at_most_so_many_and_one_can_be_dropped() throws Exception {
        for (var position = 1; position <= 4; position++) built(position);
        var refused = post("{'asOf': 5}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body()).contains("/errors/conflict", "chronodesk.query.as-of-tables");
        assertThat(post("{'asOf': 4}").status()).isEqualTo(200);
        assertThat(audit.send("DELETE", "/audit/generations/2", "").status()).isEqualTo(204);
        assertThat(schemas()).isEqualTo("3");
        built(5);
    }

    @Test
    void all_of_them_take_at_most_so_many_bytes_also_while_one_is_built() throws Exception {
        built(3);
        var one = asOf.find(3).orElseThrow().bytes();
        assertThat(one).isGreaterThan(100_000);
        try (var narrow = asOf(100, new AsOf.Bounds(4, one, LONG))) {
            assertThatThrownBy(() -> narrow.ask(4))
                    .isInstanceOf(AsOf.TooManyException.class)
                    .hasMessageContaining("chronodesk.query.as-of-size");
        }
        new Histories(database.log(), 9).random(250);
        var position = head();
        try (var narrow = asOf(100, new AsOf.Bounds(4, 2 * one, LONG))) {
            narrow.ask(position);
            eventually(() -> narrow.find(position).orElseThrow().state() == State.FAILED);
            var failed = narrow.find(position).orElseThrow();
            assertThat(failed.failure()).contains("chronodesk.query.as-of-size is " + 2 * one);
            assertThat(failed.bytes()).isLessThanOrEqualTo(one);
        }
        built(position);
        assertThat(asOf.find(position).orElseThrow().bytes()).isGreaterThan(one);
        assertThat(audit.get("/audit/generations/" + position)
                        .json()
                        .path("bytes")
                        .asLong())
                .isEqualTo(asOf.find(position).orElseThrow().bytes());
    }

    @Test
    void what_nobody_uses_is_dropped_and_what_is_read_stays() throws Exception {
        try (var forgetful = asOf(100, 4, Duration.ofSeconds(2)).start()) {
            forgetful.ask(3);
            forgetful.ask(4);
            isReady(forgetful, 3);
            isReady(forgetful, 4);
            eventually(() -> {
                assertThat(forgetful.use(4)).isPresent();
                return forgetful.find(3).isEmpty();
            });
            assertThat(schemas()).isEqualTo("1");
            eventually(() -> forgetful.find(4).isEmpty());
            assertThat(schemas()).isEqualTo("0");
        }
    }

    @Test
    void a_build_that_was_stopped_goes_on_where_it_stood() throws Exception {
        new Histories(database.log(), 9).random(250);
        var position = head();
        try (var slow = asOf(1, 4, LONG)) {
            slow.ask(position);
            eventually(() -> slow.find(position).orElseThrow().at() > 30);
        }
        var at = asOf.find(position).orElseThrow();
        assertThat(at.state()).isEqualTo(State.BUILDING);
        assertThat(at.at()).isBetween(31L, position - 1);
        rest.get("/rest/v1/tickets", "Chronodesk-As-Of", Long.toString(position))
                .isRefused(503, "CD503");
        // only tables that are not folded again from the beginning keep this
        execute("update " + ASOF + position + ".profiles set display_name = 'kept' where id = '" + world.eve + "'");
        built(position);
        assertThat(then(Long.toString(position), "profiles").body()).contains("kept");
    }

    @Test
    void what_cannot_be_folded_is_named_and_can_be_tried_again() throws Exception {
        var bad = head() + 1;
        execute("insert into log.event (position, recorded_at, occurred_at, stream_id, event_id, seq, revision,"
                + " stream_type, type, payload, metadata) select " + bad + ", recorded_at, occurred_at, '"
                + UUID.randomUUID() + "', '" + UUID.randomUUID()
                + "', 0, 1, 'ticket', 'TicketCreated', '{\"broken\":', metadata from log.event where position = 1");
        new Histories(database.log(), 77).person("Late", Role.CUSTOMER);
        post("{'asOf': " + (bad + 1) + "}");
        eventually(() -> asOf.find(bad + 1).orElseThrow().state() == State.FAILED);
        assertThat(audit.get("/audit/generations/" + (bad + 1))
                        .json()
                        .path("failure")
                        .asString())
                .contains("position " + bad);
        then(Long.toString(bad + 1), "tickets").isRefused(404, "CD404");
        assertThat(post("{'asOf': " + (bad + 1) + "}").status()).isEqualTo(202);
        assertThatThrownBy(() -> asOf.replay(bad + 1, (at, head) -> {}))
                .isInstanceOf(Rebuild.RebuildFailedException.class)
                .hasMessageContaining("position " + bad);
    }

    @Test
    void a_replay_gives_the_same_hashes_every_time_and_leaves_nothing() throws Exception {
        new Histories(database.log(), 4).random(120);
        var first = asOf.replay(100, (at, head) -> {});
        assertThat(asOf(7, 1, LONG).replay(100, (at, head) -> {})).isEqualTo(first);
        assertThat(asOf.replay(101, (at, head) -> {})).isNotEqualTo(first);
        assertThat(first.get("profiles").rows()).isPositive();
        built(100);
        try (var connection = database.superuser()) {
            assertThat(first.get("tickets").rows())
                    .isEqualTo(Long.parseLong(Tables.text(connection, "select count(*) from " + ASOF + "100.tickets")));
            assertThat(Tables.text(
                            connection,
                            "select to_regnamespace('replay') is null and" + " to_regnamespace('api_replay') is null"))
                    .isEqualTo("t");
        }
    }

    @Test
    void what_a_replay_left_that_was_killed_is_dropped() throws Exception {
        execute("create schema replay");
        execute("create schema api_replay");
        execute("alter schema replay owner to chronodesk_fold");
        execute("alter schema api_replay owner to chronodesk_fold");
        execute("create table replay.generation as select * from " + LiveSchema.TABLES + ".generation");
        execute("alter table replay.generation owner to chronodesk_fold");
        asOf.tidy();
        try (var connection = database.superuser()) {
            assertThat(Tables.text(connection, "select to_regnamespace('replay') is null"))
                    .isEqualTo("t");
        }
    }

    private String schemas() throws SQLException {
        try (var connection = database.superuser()) {
            return Tables.text(connection, "select count(*) from pg_namespace where nspname ~ '^asof_'");
        }
    }

    private void execute(String sql) throws SQLException {
        try (var connection = database.superuser();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
