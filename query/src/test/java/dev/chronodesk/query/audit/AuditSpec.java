package dev.chronodesk.query.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.query.Http;
import dev.chronodesk.query.Http.Reply;
import dev.chronodesk.query.QuerySettings;
import dev.chronodesk.query.access.World;
import dev.chronodesk.query.history.History;
import dev.chronodesk.query.rest.RestController;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** History as auditors read it, and as everybody else does not. */
@TestInstance(PER_CLASS)
class AuditSpec {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private World world;
    private Http audit;
    private Http rest;

    @BeforeAll
    void start() {
        world = new World(TestDatabase.create());
        audit = new Http(new AuditController(world.desk().log(), world.desk().codec()));
        rest = new Http(new RestController(
                        world.desk().database().database().read(),
                        world.desk().runner(),
                        world.desk().log(),
                        QuerySettings.defaults()))
                .as(world.caller(Role.AUDITOR));
    }

    @AfterAll
    void stop() {
        world.close();
    }

    private Reply get(String uri) {
        return audit.as(world.caller(Role.AUDITOR)).get("/audit/" + uri);
    }

    private List<JsonNode> events(String query) {
        var reply = get("events" + query);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).startsWith("application/x-ndjson");
        return reply.body().lines().map(JSON::readTree).toList();
    }

    private long head() {
        return world.desk().log().head().position();
    }

    @Test
    void the_log_is_one_line_an_event_with_all_that_is_known_of_it() {
        var events = events("");
        assertThat(events).hasSize((int) head());
        assertThat(events.stream().map(event -> event.path("position").asLong()))
                .isSorted()
                .startsWith(1L)
                .endsWith(head());
        assertThat(events.getFirst().propertyNames())
                .containsExactly(
                        "position",
                        "stream",
                        "streamType",
                        "seq",
                        "type",
                        "revision",
                        "recordedAt",
                        "occurredAt",
                        "actor",
                        "sentBy",
                        "command",
                        "key",
                        "cause",
                        "payload");
        assertThat(events.getFirst()
                        .path("payload")
                        .path("displayName")
                        .path("value")
                        .asString())
                .isEqualTo("Bob");
        assertThat(Instant.parse(events.getFirst().path("occurredAt").asString()))
                .isNotNull();
    }

    @Test
    void the_log_can_be_narrowed() {
        assertThat(events("?after=3&limit=2").stream()
                        .map(event -> event.path("position").asInt()))
                .containsExactly(4, 5);
        assertThat(events("?stream=" + world.bobs)).hasSize(5);
        assertThat(events("?type=TicketCreated")).hasSize(2);
        assertThat(events("?actor=" + world.amy)).hasSize(2);
        assertThat(events("?stream=" + world.bobs + "&type=CommentAdded&limit=1"))
                .hasSize(1);
        assertThat(events("?limit=0")).isEmpty();
        assertThat(events("?after=" + head())).isEmpty();
        assertThat(events("?after=" + (head() + 100))).isEmpty();
    }

    @Test
    void the_log_can_be_cut_by_the_time_of_recording() {
        var third = events("?after=2&limit=1").getFirst().path("recordedAt").asString();
        var from = events("?from=" + third);
        assertThat(from.getFirst().path("recordedAt").asString()).isEqualTo(third);
        var to = events("?to=" + third);
        assertThat(from.size() + to.size()).isEqualTo((int) head());
        assertThat(events("?to=2999-01-01T00:00:00Z")).hasSize((int) head());
        assertThat(events("?from=1800-01-01T00:00:00%2B02:00")).hasSize((int) head());
    }

    @Test
    void a_ticket_s_history_says_what_changed_and_shows_no_text() {
        var reply = get("tickets/" + world.bobs + "/history");
        assertThat(reply.json()).hasSize(5);
        assertThat(reply.json().get(0).propertyNames())
                .containsExactly("position", "seq", "type", "actor", "sentBy", "recordedAt", "occurredAt", "changes");
        assertThat(reply.json().get(4).path("changes").toString())
                .isEqualTo("{\"status\":{\"from\":\"new\",\"to\":\"open\"}}");
        assertThat(reply.json().get(2).path("changes").toString()).isEqualTo("{}");
        assertThat(reply.body()).doesNotContain("Printer").doesNotContain(World.SECRET);
    }

    @Test
    void a_ticket_now_is_its_row() {
        var row = rest.get("/rest/v1/tickets?id=eq." + world.bobs).json().get(0);
        var then = get("tickets/" + world.bobs).json();
        row.properties().forEach(column -> assertThat(then.get(column.getKey()))
                .as(column.getKey())
                .isEqualTo(column.getValue()));
        var comments = rest.get("/rest/v1/ticket_comments?ticket_id=eq." + world.bobs + "&order=created_at");
        assertThat(then.path("comments")).isEqualTo(comments.json());
    }

    @Test
    void a_ticket_can_be_seen_as_it_was_by_position_and_by_moment() {
        var history = get("tickets/" + world.bobs + "/history").json();
        for (var entry : history) {
            var position = entry.path("position").asLong();
            var then = get("tickets/" + world.bobs + "?asOf=" + position);
            assertThat(then.json().path("version").asInt())
                    .isEqualTo(entry.path("seq").asInt() + 1);
            assertThat(then.header("Chronodesk-Position")).isEqualTo(Long.toString(position));
        }
        var assigned = history.get(1).path("position").asLong();
        var then = get("tickets/" + world.bobs + "?asOf=" + assigned).json();
        assertThat(then.path("status").asString()).isEqualTo("new");
        assertThat(then.path("comments")).isEmpty();
        assertThat(get("tickets/" + world.bobs + "/history?asOf=" + assigned).json())
                .hasSize(2);

        var moment = events("?after=" + (assigned - 1) + "&limit=1")
                .getFirst()
                .path("recordedAt")
                .asString();
        assertThat(get("tickets/" + world.bobs + "?asOf=" + moment).body())
                .isEqualTo(get("tickets/" + world.bobs + "?asOf=" + moment).body());
        assertThat(get("tickets/" + world.bobs + "?asOf=" + moment)
                        .json()
                        .path("assignee_id")
                        .asString())
                .isEqualTo(world.ada.toString());
    }

    @Test
    void before_it_was_there_was_no_ticket() {
        assertThat(get("tickets/" + world.bobs + "?asOf=1").status()).isEqualTo(404);
        assertThat(get("tickets/" + world.bobs + "/history?asOf=1").status()).isEqualTo(404);
        assertThat(get("tickets/" + world.bobs + "?asOf=1969-01-01T00:00:00Z").status())
                .isEqualTo(404);
        assertThat(get("tickets/" + UUID.randomUUID()).status()).isEqualTo(404);
        assertThat(get("tickets/" + world.bob).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "events?after=-1",
                "events?after=x",
                "events?limit=1.5",
                "events?stream=1-1-1-1-1",
                "events?actor=me",
                "events?from=yesterday",
                "events?to=2026-13-01T00:00:00Z",
                "events?after=1&after=2",
                "events?type=%00",
                "events?type=%FF",
                "tickets/no-uuid",
                "tickets/no-uuid/history",
                "tickets/%00",
                "tickets/00000000-0000-0000-0000-000000000000?asOf=999999",
                "tickets/00000000-0000-0000-0000-000000000000?asOf=99999999999999999999",
                "tickets/00000000-0000-0000-0000-000000000000?asOf=2999-01-01T00:00:00Z",
                "tickets/00000000-0000-0000-0000-000000000000/history?asOf=soon"
            })
    void nonsense_is_a_problem_that_names_it(String uri) {
        var reply = get(uri);
        assertThat(reply.status()).as(reply.body()).isEqualTo(400);
        assertThat(reply.header("Content-Type")).startsWith("application/problem+json");
        assertThat(reply.json().path("type").asString()).isEqualTo("/errors/malformed");
        assertThat(reply.json().path("detail").asString()).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void auditors_and_administrators_may_and_nobody_else(Role role) {
        for (var uri : List.of("events", "tickets/" + world.bobs, "tickets/" + world.bobs + "/history")) {
            var may = role == Role.AUDITOR || role == Role.ADMIN;
            var reply = audit.as(world.caller(role)).get("/audit/" + uri);
            assertThat(reply.status()).isEqualTo(may ? 200 : 403);
            if (!may) assertThat(reply.json().path("type").asString()).isEqualTo("/errors/forbidden");
            var anonymous = audit.as(new Caller.Anonymous()).get("/audit/" + uri);
            assertThat(anonymous.status()).isEqualTo(401);
            assertThat(anonymous.header("WWW-Authenticate")).isEqualTo("Bearer");
        }
    }

    /** What a 412 tells the sender of a command. */
    @ParameterizedTest
    @CsvSource({"customer, 4, 0", "agent, 5, 2", "auditor, 5, 2", "analyst, 5, 2"})
    void visible_history_leaves_out_what_its_reader_may_not_know(String role, int own, int others) {
        var history = new History(world.desk().log(), world.desk().codec());
        var caller = world.caller(Role.of(role));
        assertThat(history.visible(caller, world.bobs.value(), 0)).hasSize(own);
        assertThat(history.visible(caller, world.eves.value(), 0)).hasSize(others);
        assertThat(history.visible(caller, world.bobs.value(), 4)).hasSize(1);
        assertThat(history.visible(new Caller.Anonymous(), world.bobs.value(), 0))
                .isEmpty();
        assertThat(history.visible(caller, UUID.randomUUID(), 0)).isEmpty();
        if (role.equals("customer"))
            assertThat(history.visible(caller, world.bobs.value(), 0))
                    .noneMatch(entry -> entry.position() == world.notePosition);
    }
}
