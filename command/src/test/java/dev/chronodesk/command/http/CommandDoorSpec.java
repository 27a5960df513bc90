package dev.chronodesk.command.http;

import static dev.chronodesk.command.http.Door.batch;
import static dev.chronodesk.command.http.Door.post;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.command.Desk;
import dev.chronodesk.command.ticket.ChangeStatus;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.port.HistoryEntry;
import dev.chronodesk.db.port.LiveTables;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.TicketId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import tools.jackson.databind.JsonNode;

/** The command door over HTTP: headers, bodies, answers. */
class CommandDoorSpec {

    static final String TICKET = """
            {"subject": "Printer on fire", "description": "It really is"}""";

    static TestDatabase database;
    static Desk desk;
    static Caller.Known agent;
    static Caller.Known customer;

    Door door;

    @BeforeAll
    static void open() {
        database = TestDatabase.create();
        desk = new Desk(database);
        agent = desk.person(Role.AGENT);
        customer = desk.person(Role.CUSTOMER);
    }

    @AfterAll
    static void close() {
        desk.close();
        database.close();
    }

    @BeforeEach
    void door() {
        door = new Door(desk).as(agent);
    }

    @Nested
    class Accepted {

        @Test
        void a_ticket_has_an_id_a_number_a_version_and_a_position() {
            var answer = door.as(customer).send("CreateTicket", TICKET);
            assertThat(answer.status()).isEqualTo(200);
            var json = answer.json();
            assertThat(json.propertyNames()).containsExactly("command", "key", "position", "streams", "result");
            assertThat(json.get("command").stringValue()).isEqualTo("CreateTicket");
            var position = json.get("position").longValue();
            assertThat(position).isEqualTo(desk.log.head().position());
            assertThat(json.get("result").get("number").longValue()).isEqualTo(position);
            assertThat(json.get("streams").get(0))
                    .isEqualTo(Door.JSON.readTree(
                            "{\"type\": \"ticket\", \"id\": \"" + answer.made("ticketId") + "\", \"version\": 1}"));
            assertThat(answer.header("ETag")).isEqualTo("\"1\"");
            assertThat(answer.header("Chronodesk-Position")).isEqualTo(Long.toString(position));
            assertThat(answer.header("Idempotent-Replayed")).isNull();
            assertThat(UUID.fromString(json.get("key").stringValue()).version())
                    .as("the key that was made")
                    .isEqualTo(7);
        }

        @Test
        void what_changes_nothing_says_so() {
            var answer = door.send("ChangePriority", fields(desk.ticket(customer), "\"priority\": \"normal\""));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().get("unchanged").booleanValue()).isTrue();
            assertThat(answer.header("ETag")).isEqualTo("\"1\"");
            assertThat(answer.header("Chronodesk-Position"))
                    .isEqualTo(Long.toString(desk.log.head().position()));
        }

        @Test
        void a_dry_run_answers_the_events_and_appends_nothing() {
            var head = desk.log.head().position();
            var answer = door.send(post("CreateTicket", TICKET).param("dryRun", "true"));
            assertThat(answer.json().get("dryRun").booleanValue()).isTrue();
            var event = answer.json().get("result").get("events").get(0);
            assertThat(event.get("type").stringValue()).isEqualTo("TicketCreated");
            assertThat(event.get("payload").get("priority").stringValue()).isEqualTo("normal");
            assertThat(answer.header("ETag")).isNull();
            assertThat(desk.log.head().position()).isEqualTo(head);
        }

        @Test
        void when_and_for_whom_stand_beside_the_fields() {
            var key = new Caller.Known(UUID.randomUUID(), Role.SERVICE);
            var answer = door.as(key)
                    .send(
                            "CreateTicket",
                            """
                            {"subject": "Old", "description": "Older", "occurredAt": "2016-02-29T12:00:00+01:00",
                             "onBehalfOf": "%s"}"""
                                    .formatted(customer.id()));
            assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
            var recorded = desk.log.stream(answer.made("ticketId"), 0).getFirst();
            assertThat(recorded.occurredAt()).isEqualTo(Instant.parse("2016-02-29T11:00:00Z"));
            assertThat(recorded.metadata().actor()).isEqualTo(customer.id());
            assertThat(recorded.metadata().sentBy()).isEqualTo(key.id());
        }

        @Test
        void a_retry_gets_the_first_answer() {
            var key = "order-" + UUID.randomUUID();
            var first = door.send(post("CreateTicket", TICKET).header("Idempotency-Key", key));
            var second =
                    door.send(post("CreateTicket", "{\"description\":\"It really is\",\"subject\":\"Printer on fire\"}")
                            .header("Idempotency-Key", key));
            assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
            assertThat(second.made("ticketId")).isEqualTo(first.made("ticketId"));
            assertThat(second.header("ETag")).isEqualTo(first.header("ETag"));
            assertThat(second.header("Chronodesk-Position")).isEqualTo(first.header("Chronodesk-Position"));
        }

        @Test
        void the_expected_version_passes() {
            var ticket = desk.ticket(customer);
            var answer = door.send(
                    post("ChangeStatus", fields(ticket, "\"status\": \"open\"")).header("If-Match", "\"1\""));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("ETag")).isEqualTo("\"2\"");
        }

        @Test
        void the_sender_may_wait_for_the_read_tables() {
            var waited = new AtomicReference<Map.Entry<Long, Duration>>();
            door.tables = new LiveTables() {
                @Override
                public long position() {
                    return 0;
                }

                @Override
                public boolean await(long position, Duration patience) {
                    waited.set(Map.entry(position, patience));
                    return patience.toSeconds() > 5;
                }
            };
            var patient = door.send(post("CreateTicket", TICKET).header("Prefer", "return=minimal, wait=99"));
            assertThat(waited.get())
                    .isEqualTo(Map.entry(patient.json().get("position").longValue(), Duration.ofSeconds(30)));
            assertThat(patient.header("Preference-Applied")).isEqualTo("wait=30");
            var hasty = door.send(post("CreateTicket", TICKET).header("Prefer", "wait=1"));
            assertThat(hasty.status()).isEqualTo(200);
            assertThat(hasty.header("Preference-Applied")).isNull();
        }
    }

    @Nested
    class Refused {

        @Test
        void nobody_in_particular() {
            for (var request : List.of(post("CreateTicket", TICKET), post("Nonsense", "?"), batch("[]"))) {
                var answer = door.as(new Caller.Anonymous()).send(request);
                assertThat(answer.status()).isEqualTo(401);
                assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
                assertThat(answer.type()).isEqualTo("/errors/unauthenticated");
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"Nonsense", "createticket", "create_ticket", "CreateTicket ", "Command", "TicketCommand"})
        void a_command_that_nobody_knows(String name) {
            assertThat(problem(post(name, TICKET), 404)).isEqualTo("/errors/unknown-command");
        }

        @Test
        void a_body_that_is_not_called_json() {
            assertThat(problem(post("CreateTicket", TICKET).contentType(MediaType.TEXT_PLAIN), 415))
                    .isEqualTo("/errors/unsupported-media-type");
            assertThat(problem(batch("[]").contentType(MediaType.APPLICATION_XML), 415))
                    .isEqualTo("/errors/unsupported-media-type");
        }

        @Test
        void more_than_a_mebibyte() {
            var much = "{\"subject\": \"" + "x".repeat(CommandController.COMMAND_LIMIT) + "\"}";
            assertThat(problem(post("CreateTicket", much), 413)).isEqualTo("/errors/too-large");
            var spaces = " ".repeat(CommandController.COMMAND_LIMIT - TICKET.length());
            assertThat(door.send("CreateTicket", TICKET + spaces).status()).isEqualTo(200);
            assertThat(problem(post("CreateTicket", TICKET + spaces + " "), 413))
                    .isEqualTo("/errors/too-large");
        }

        @Test
        void a_rule_says_what_would_be_possible() {
            var answer = door.send("ChangeStatus", fields(desk.ticket(customer), "\"status\": \"closed\""));
            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.type()).isEqualTo("/errors/rule");
            assertThat(answer.json().get("code").stringValue()).isEqualTo("illegal-transition");
            assertThat(texts(answer.json().get("allowed"))).containsExactly("open", "pending", "on_hold", "solved");
            assertThat(answer.response().getContentType()).isEqualTo("application/problem+json");
        }

        @Test
        void a_key_that_was_used_for_something_else() {
            var key = UUID.randomUUID().toString();
            door.send(post("CreateTicket", TICKET).header("Idempotency-Key", key));
            assertThat(problem(
                            post("CreateTicket", TICKET.replace("fire", "ice")).header("Idempotency-Key", key), 409))
                    .isEqualTo("/errors/idempotency-key-reused");
        }

        @Test
        void an_id_that_is_taken() {
            var ticket = desk.ticket(customer);
            var answer = door.send("CreateTicket", "{\"ticketId\": \"" + ticket + "\"," + TICKET.substring(1));
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.type()).isEqualTo("/errors/conflict");
            assertThat(answer.json().get("code").stringValue()).isEqualTo("already-exists");
        }

        @Test
        void another_version_with_what_the_caller_may_see_of_what_happened_since() {
            var ticket = desk.ticket(customer);
            var at = Instant.parse("2026-01-01T00:00:00Z");
            var asked = new ArrayList<Object>();
            door.history = (caller, stream, from) -> {
                asked.addAll(List.of(caller, stream, from));
                return List.of(new HistoryEntry(
                        7,
                        1,
                        "StatusChanged",
                        agent.id(),
                        agent.id(),
                        at,
                        at,
                        Map.of("status", new HistoryEntry.Change("new", "open"))));
            };
            desk.send(new ChangeStatus(ticket, Status.OPEN), agent);
            var answer = door.send(post("ChangeStatus", fields(ticket, "\"status\": \"solved\""))
                    .header("If-Match", "\"1\""));
            assertThat(answer.status()).isEqualTo(412);
            assertThat(answer.type()).isEqualTo("/errors/version-mismatch");
            assertThat(answer.json().get("version").intValue()).isEqualTo(2);
            assertThat(asked).containsExactly(agent, ticket.value(), 1);
            assertThat(answer.json()
                            .get("missed")
                            .get(0)
                            .get("changes")
                            .get("status")
                            .get("to")
                            .stringValue())
                    .isEqualTo("open");
        }

        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '`',
                value = {
                    "If-Match, 1",
                    "If-Match, *",
                    "If-Match, W/\"1\"",
                    "If-Match, \"-1\"",
                    "If-Match, \"99999999999\"",
                    "If-Match, `\"1\", \"2\"`",
                    "Idempotency-Key, ``",
                    "Idempotency-Key, caf\u00e9"
                })
        void headers_of_another_shape(String header, String value) {
            var answer = door.send(post("CreateTicket", TICKET).header(header, value));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().get("errors").get(0).get("field").stringValue())
                    .isEqualTo(header);
        }

        @Test
        void a_key_that_is_too_long_or_sent_twice() {
            assertThat(problem(post("CreateTicket", TICKET).header("Idempotency-Key", "x".repeat(256)), 400))
                    .isEqualTo("/errors/malformed");
            assertThat(problem(post("CreateTicket", TICKET).header("Idempotency-Key", "a", "b"), 400))
                    .isEqualTo("/errors/malformed");
            assertThat(door.send(post("CreateTicket", TICKET).header("Idempotency-Key", "x".repeat(255)))
                            .status())
                    .isEqualTo(200);
        }

        @Test
        void a_flag_that_is_neither() {
            assertThat(problem(post("CreateTicket", TICKET).param("dryRun", "yes"), 400))
                    .isEqualTo("/errors/malformed");
        }
    }

    @Nested
    class Malformed {

        @Test
        void everything_that_is_wrong_is_told_at_once() {
            var answer = door.send(
                    "CreateTicket",
                    """
                    {"subject": "", "requesterId": "me", "priority": "asap", "tags": ["ok", 7, " "], "colour": "red",
                     "occurredAt": "yesterday"}""");
            assertThat(answer.status()).isEqualTo(400);
            assertThat(errors(answer.json()))
                    .containsExactlyInAnyOrder(
                            "subject length",
                            "description required",
                            "requesterId format",
                            "priority value",
                            "tags[1] type",
                            "colour unknown",
                            "occurredAt format");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    " ",
                    "{",
                    "null",
                    "[]",
                    "7",
                    "\"text\"",
                    "{\"subject\": \"a\" \"description\": \"b\"}",
                    "{\"subject\": \"a\", \"subject\": \"b\", \"description\": \"c\"}",
                    "{\"subject\": \"a\", \"description\": \"b\"} {}",
                    "{'subject': 'a', 'description': 'b'}",
                    "{\"subject\": NaN, \"description\": \"b\"}",
                    "{\"subject\": 7, \"description\": \"b\"}",
                    "{\"subject\": null, \"description\": \"b\"}",
                    "{\"subject\": \"\\u0000\", \"description\": \"b\"}",
                    "{\"subject\": \"\\ud800\", \"description\": \"b\"}",
                    "{\"subject\": \"a\", \"description\": \"\\udc00\\ud800\"}",
                    "{\"subject\": \"a\", \"description\": \"b\", \"\\ud800\\u0000\": 1}",
                    "{\"subject\": \"a\", \"description\": \"b\", \"tags\": [\"\\ud800\"]}",
                    "{\"subject\": \"a\", \"description\": \"b\", \"tags\": [null]}",
                    "{\"subject\": \"a\", \"description\": \"b\", \"tags\": \"x\"}",
                    "{\"subject\": \"a\", \"description\": \"b\", \"ticketId\": \"1-1-1-1-1\"}",
                    "{\"subject\": \"a\", \"description\": \"b\", \"ticketId\": 1}",
                    "{\"subject\": \"a\", \"description\": \"b\", \"onBehalfOf\": {}}",
                    "{\"subject\": \"a\", \"description\": \"b\", \"occurredAt\": 1}",
                    "{\"subject\": \"a\", \"description\": \"b\", \"occurredAt\": \"+999999999-12-31T23:59:59Z\"}"
                })
        void bodies_of_another_shape(String body) {
            var admin = new Caller.Known(agent.id(), Role.ADMIN);
            var head = desk.log.head().position();
            var answer = door.as(admin).send("CreateTicket", body);
            assertThat(answer.status()).as(answer.json().toString()).isIn(400, 422);
            if (answer.status() == 400) assertThat(answer.json().get("errors")).isNotEmpty();
            assertThat(desk.log.head().position()).isEqualTo(head);
        }

        @Test
        void bytes_that_are_not_utf_8() {
            for (var bytes : List.of(
                    new byte[] {(byte) 0xff, (byte) 0xfe, 0},
                    new byte[] {'{', '"', 's', '"', ':', '"', (byte) 0xc0, (byte) 0x80, '"', '}'},
                    // half of a surrogate pair in the encoding that UTF-8 forbids
                    "{\"subject\": \"?\", \"description\": \"b\"}"
                            .replace("?", "\u00ed\u00a0\u0080")
                            .getBytes(StandardCharsets.ISO_8859_1)))
                assertThat(problem(post("CreateTicket", bytes), 400)).isEqualTo("/errors/malformed");
        }

        @Test
        void a_body_that_is_nested_without_end() {
            assertThat(problem(post("CreateTicket", "[".repeat(100_000)), 400)).isEqualTo("/errors/malformed");
            assertThat(problem(post("CreateTicket", "{\"a\":".repeat(100_000)), 400))
                    .isEqualTo("/errors/malformed");
        }

        @Test
        void lengths_count_code_points() {
            var fits = "\ud83d\ude00".repeat(255);
            assertThat(door.send("CreateTicket", "{\"subject\": \"" + fits + "\", \"description\": \"b\"}")
                            .status())
                    .isEqualTo(200);
            assertThat(door.send("CreateTicket", "{\"subject\": \"" + fits + "x\", \"description\": \"b\"}")
                            .status())
                    .isEqualTo(400);
        }
    }

    @Nested
    class InABatch {

        @Test
        void each_item_has_its_own_answer_in_order() {
            var ticket = new TicketId(Desk.IDS.get());
            var answer = door.send(batch(
                    """
                    [{"command": "CreateTicket", "key": "%1$s-1", "body": {"ticketId": "%1$s", "subject": "a", "description": "b"}},
                     {"command": "ChangeStatus", "body": {"ticketId": "%1$s", "status": "closed"}},
                     {"command": "Nonsense", "body": {}},
                     {"command": "ChangeStatus", "ifMatch": 9, "body": {"ticketId": "%1$s", "status": "open"}},
                     7,
                     {"command": "ChangeStatus", "body": {"ticketId": "%1$s", "status": "solved"}},
                     {"command": "CreateTicket", "key": "%1$s-1", "body": {"ticketId": "%1$s", "subject": "a", "description": "b"}}]"""
                            .formatted(ticket)));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(elements(answer.json()))
                    .extracting(item -> item.get("status").intValue())
                    .containsExactly(200, 422, 400, 412, 400, 200, 200);
            assertThat(answer.json().get(6).get("replayed").booleanValue()).isTrue();
            assertThat(desk.log.version(ticket.value())).isEqualTo(2);
            assertThat(answer.header("Chronodesk-Position"))
                    .isEqualTo(Long.toString(desk.log.head().position()));
        }

        @Test
        void lines_are_answered_with_lines() {
            var answer = door.send(batch(
                            """
                    {"command": "CreateTicket", "body": {"subject": "a", "description": "b"}}
                    {broken

                    {"command": "CreateTicket", "body": {"subject": "c", "description": "d"}}
                    """)
                    .contentType("application/x-ndjson"));
            assertThat(answer.status()).isEqualTo(200);
            var lines = new String(answer.response().getContentAsByteArray(), StandardCharsets.UTF_8).split("\n");
            assertThat(lines).hasSize(3);
            assertThat(List.of(lines))
                    .extracting(line -> Door.JSON.readTree(line).get("status").intValue())
                    .containsExactly(200, 400, 200);
        }

        @Test
        void all_or_nothing() {
            var ticket = new TicketId(Desk.IDS.get());
            var creating =
                    """
                    {"command": "CreateTicket", "body": {"ticketId": "%s", "subject": "a", "description": "b"}}"""
                            .formatted(ticket);
            var changing =
                    """
                    {"command": "ChangeStatus", "body": {"ticketId": "%s", "status": "%s"}}""";
            var refused = door.send(batch("[" + creating + "," + changing.formatted(ticket, "closed") + "]")
                    .param("atomic", "true"));
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.json().get("item").intValue()).isEqualTo(1);
            assertThat(desk.log.version(ticket.value())).isZero();

            var key = UUID.randomUUID().toString();
            var both = "[" + creating + "," + changing.formatted(ticket, "solved") + "]";
            var accepted = door.send(batch(both).param("atomic", "true").header("Idempotency-Key", key));
            assertThat(elements(accepted.json()))
                    .extracting(item -> item.get("status").intValue())
                    .containsExactly(200, 200);
            var again = door.send(batch(both).param("atomic", "true").header("Idempotency-Key", key));
            assertThat(again.json().get(1).get("position"))
                    .isEqualTo(accepted.json().get(1).get("position"));
            assertThat(again.json().get(1).get("replayed").booleanValue()).isTrue();
            assertThat(desk.log.version(ticket.value())).isEqualTo(2);
        }

        @Test
        void an_atomic_batch_names_what_is_wrong_by_item() {
            var answer = door.send(batch("[{\"command\": \"CreateTicket\", \"key\": \"k\", \"body\": {}}, {\"command\":"
                            + " \"CreateTicket\", \"body\": {}}]")
                    .param("atomic", "true"));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(errors(answer.json())).contains("[0].key unknown");
        }

        @Test
        void it_has_one_to_a_thousand_commands() {
            var item = "{\"command\": \"UnassignTicket\", \"body\": {\"ticketId\": \"" + Desk.IDS.get() + "\"}}";
            assertThat(problem(batch("[]"), 400)).isEqualTo("/errors/malformed");
            var thousand = String.join(
                    ",", IntStream.range(0, 1_001).mapToObj(unused -> item).toList());
            assertThat(problem(batch("[" + thousand + "]"), 400)).isEqualTo("/errors/malformed");
            assertThat(problem(batch("{}"), 400)).isEqualTo("/errors/malformed");
        }

        @Test
        void its_key_is_per_item() {
            assertThat(problem(
                            batch("[{\"command\": \"CreateTicket\", \"body\": {}}]")
                                    .header("Idempotency-Key", "k"),
                            400))
                    .isEqualTo("/errors/malformed");
        }
    }

    @AfterEach
    void nothing_of_the_desk_is_broken() {
        assertThat(door.as(customer).send("CreateTicket", TICKET).status()).isEqualTo(200);
    }

    String problem(MockHttpServletRequestBuilder request, int status) {
        var head = desk.log.head().position();
        var answer = door.send(request);
        assertThat(answer.status()).as(answer.json().toString()).isEqualTo(status);
        assertThat(desk.log.head().position()).isEqualTo(head);
        return answer.type();
    }

    static String fields(TicketId ticket, String more) {
        return "{\"ticketId\": \"" + ticket + "\", " + more + "}";
    }

    static List<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    static List<String> texts(JsonNode array) {
        return elements(array).stream().map(JsonNode::stringValue).toList();
    }

    static List<String> errors(JsonNode problem) {
        return elements(problem.get("errors")).stream()
                .map(error -> error.get("field").stringValue() + " "
                        + error.get("rule").stringValue())
                .toList();
    }
}
