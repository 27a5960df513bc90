package dev.chronodesk.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a caller gets wrong is a 4xx that says what, and leaves the log as it was. */
class BadInputSpec {

    static TestDesk desk;
    static String customer;
    static String agent;
    static String ticket;

    @BeforeAll
    static void start() {
        desk = TestDesk.start();
        customer = desk.person("cora", "customer");
        agent = desk.person("ari", "agent");
        ticket = desk.ticket(customer, "Printer on fire");
    }

    @AfterAll
    static void stop() {
        desk.close();
    }

    /** One request and what it is answered: status, type, and a word that the body must have. */
    record Case(String name, String as, String path, String body, int status, String type, String says) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> bad() {
        var id = "\"ticketId\":\"" + ticket + "\"";
        return Stream.of(
                new Case("no JSON", "customer", "CreateTicket", "{\"subject\":", 400, "malformed", ""),
                new Case("not an object", "customer", "CreateTicket", "[1]", 400, "malformed", ""),
                new Case("null", "customer", "CreateTicket", "null", 400, "malformed", ""),
                new Case("nothing", "customer", "CreateTicket", "", 400, "malformed", ""),
                new Case(
                        "two values",
                        "customer",
                        "CreateTicket",
                        created("\"a\"", "\"b\"") + "{}",
                        400,
                        "malformed",
                        ""),
                new Case(
                        "a missing field",
                        "customer",
                        "CreateTicket",
                        "{\"subject\":\"a\"}",
                        400,
                        "malformed",
                        "description"),
                new Case(
                        "an unknown field",
                        "customer",
                        "CreateTicket",
                        "{\"subject\":\"a\",\"description\":\"b\",\"colour\":1}",
                        400,
                        "malformed",
                        "colour"),
                new Case(
                        "a field twice",
                        "customer",
                        "CreateTicket",
                        "{\"subject\":\"a\",\"subject\":\"b\",\"description\":\"b\"}",
                        400,
                        "malformed",
                        ""),
                new Case(
                        "a number for a text",
                        "customer",
                        "CreateTicket",
                        created("1", "\"b\""),
                        400,
                        "malformed",
                        "subject"),
                new Case(
                        "an object for a text",
                        "customer",
                        "CreateTicket",
                        created("{}", "\"b\""),
                        400,
                        "malformed",
                        "subject"),
                new Case(
                        "an empty subject",
                        "customer",
                        "CreateTicket",
                        created("\" \"", "\"b\""),
                        400,
                        "malformed",
                        "subject"),
                new Case(
                        "a subject too long",
                        "customer",
                        "CreateTicket",
                        created("\"" + "x".repeat(256) + "\"", "\"b\""),
                        400,
                        "malformed",
                        "subject"),
                new Case(
                        "U+0000",
                        "customer",
                        "CreateTicket",
                        created("\"a\\u0000\"", "\"b\""),
                        400,
                        "malformed",
                        "subject"),
                new Case(
                        "half of a pair",
                        "customer",
                        "CreateTicket",
                        created("\"a\\ud800\"", "\"b\""),
                        400,
                        "malformed",
                        "subject"),
                new Case(
                        "the other half",
                        "customer",
                        "CreateTicket",
                        created("\"a\"", "\"\\udc00b\""),
                        400,
                        "malformed",
                        "description"),
                new Case("nested without end", "customer", "CreateTicket", "[".repeat(100_000), 400, "malformed", ""),
                new Case(
                        "too large",
                        "customer",
                        "CreateTicket",
                        created("\"a\"", "\"" + "b".repeat(1 << 20) + "\""),
                        413,
                        "too-large",
                        ""),
                new Case(
                        "no UUID",
                        "agent",
                        "AssignTicket",
                        "{\"ticketId\":\"7\",\"assigneeId\":\"8\"}",
                        400,
                        "malformed",
                        "ticketId"),
                new Case(
                        "no such status",
                        "agent",
                        "ChangeStatus",
                        "{" + id + ",\"status\":\"sideways\"}",
                        400,
                        "malformed",
                        "status"),
                new Case(
                        "status by number",
                        "agent",
                        "ChangeStatus",
                        "{" + id + ",\"status\":1}",
                        400,
                        "malformed",
                        "status"),
                new Case(
                        "status in capitals",
                        "agent",
                        "ChangeStatus",
                        "{" + id + ",\"status\":\"OPEN\"}",
                        400,
                        "malformed",
                        "status"),
                new Case("no such command", "agent", "DeleteEverything", "{}", 404, "unknown-command", ""),
                new Case(
                        "an illegal transition",
                        "agent",
                        "ChangeStatus",
                        "{" + id + ",\"status\":\"closed\"}",
                        422,
                        "rule",
                        "solved"),
                new Case(
                        "a customer's status",
                        "customer",
                        "ChangeStatus",
                        "{" + id + ",\"status\":\"open\"}",
                        403,
                        "forbidden",
                        ""),
                new Case(
                        "a customer's priority",
                        "customer",
                        "CreateTicket",
                        "{\"subject\":\"a\",\"description\":\"b\",\"priority\":\"high\"}",
                        403,
                        "forbidden",
                        ""),
                new Case(
                        "a ticket that is none",
                        "agent",
                        "ChangeStatus",
                        "{\"ticketId\":\"" + UUID.randomUUID() + "\",\"status\":\"open\"}",
                        404,
                        "not-found",
                        ""),
                new Case(
                        "a ticket that is a person",
                        "agent",
                        "ChangeStatus",
                        "{\"ticketId\":\"" + desk.id(customer) + "\",\"status\":\"open\"}",
                        404,
                        "not-found",
                        ""),
                new Case(
                        "an id that is taken",
                        "customer",
                        "CreateTicket",
                        "{" + id + ",\"subject\":\"a\",\"description\":\"b\"}",
                        409,
                        "conflict",
                        ""),
                new Case(
                        "a customer as assignee",
                        "agent",
                        "AssignTicket",
                        "{" + id + ",\"assigneeId\":\"" + desk.id(customer) + "\"}",
                        422,
                        "rule",
                        ""),
                new Case("nobody", "", "CreateTicket", created("\"a\"", "\"b\""), 401, "unauthenticated", ""),
                new Case("no token", "nonsense", "CreateTicket", created("\"a\"", "\"b\""), 401, "unauthenticated", ""),
                new Case(
                        "a token of somebody else's making",
                        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.",
                        "CreateTicket",
                        created("\"a\"", "\"b\""),
                        401,
                        "unauthenticated",
                        ""));
    }

    private static String created(String subject, String description) {
        return "{\"subject\":" + subject + ",\"description\":" + description + "}";
    }

    @ParameterizedTest
    @MethodSource("bad")
    void a_bad_command_is_a_problem_and_appends_nothing(Case bad) {
        var before = desk.head();
        var token =
                switch (bad.as()) {
                    case "customer" -> customer;
                    case "agent" -> agent;
                    default -> bad.as();
                };
        var answer = desk.post(token, "/commands/" + bad.path(), bad.body());
        assertThat(answer.status()).as(answer.body()).isEqualTo(bad.status());
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        assertThat(answer.json().get("type").asString()).isEqualTo("/errors/" + bad.type());
        assertThat(answer.json().get("status").asInt()).isEqualTo(bad.status());
        assertThat(answer.body()).contains(bad.says());
        assertThat(desk.head()).isEqualTo(before);
    }

    @Test
    void a_body_that_is_not_json_is_415_and_a_wrong_method_405() {
        var before = desk.head();
        var form = desk.send(HttpRequest.newBuilder(desk.address("/commands/CreateTicket"))
                .header("Authorization", "Bearer " + customer)
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("hello"))
                .build());
        assertThat(form.status()).isEqualTo(415);
        assertThat(form.json().get("type").asString()).isEqualTo("/errors/unsupported-media-type");
        var got = desk.get(customer, "/commands/CreateTicket");
        assertThat(got.status()).isEqualTo(405);
        assertThat(got.json().get("type").asString()).isEqualTo("/errors/method-not-allowed");
        assertThat(got.header("Allow")).contains("POST");
        assertThat(desk.head()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/nothing/here",
                "/commands/CreateTicket/more",
                "/audit",
                "/audit/tickets",
                "/error",
                "/actuator/health",
                "/%20",
                "/favicon.ico",
            })
    void an_unknown_address_is_a_problem(String path) {
        var answer = desk.get(customer, path);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        assertThat(answer.json().get("type").asString()).isEqualTo("/errors/not-found");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/audit/events?after=x",
                "/audit/events?limit=-1",
                "/audit/events?after=99999999999999999999",
                "/audit/tickets/7",
                "/audit/tickets/7/history",
                "/audit/events?stream=%00",
                "/audit/events?from=yesterday",
            })
    void a_malformed_parameter_is_named(String path) {
        var answer = desk.get(desk.admin(), path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().get("type").asString()).isEqualTo("/errors/malformed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Idempotency-Key", "If-Match", "Prefer"})
    void a_malformed_header_is_a_problem_or_does_no_harm(String header) {
        var before = desk.head();
        var answer = desk.command(
                agent, "ChangeStatus", Map.of("ticketId", ticket, "status", "closed"), header, "\"".repeat(300));
        assertThat(answer.status()).as(answer.body()).isBetween(400, 422);
        assertThat(desk.head()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /\u0000 HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /a b c HTTP/1.1\r\nHost: x\r\n\r\n",
                "NONSENSE\r\n\r\n",
                "GET /{}|^ HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /a/../../b%2f..;x HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST /commands/CreateTicket HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
                "POST /commands/CreateTicket HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "G@T / HTTP/1.1\r\nHost: x\r\n\r\n",
            })
    void what_is_no_proper_request_is_refused_in_plain_words(String request) throws IOException {
        var answer = raw(request);
        assertThat(answer).matches(text -> text.startsWith("HTTP/1.1 4"), "is a 4xx");
        assertThat(answer).doesNotContain("Tomcat", "<html", "Exception", "java.");
    }

    @Test
    void headers_without_end_are_refused_in_plain_words() throws IOException {
        var answer = raw("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + "x".repeat(200_000) + "\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 4").doesNotContain("Tomcat", "<html", "Exception");
    }

    private static String raw(String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), desk.port())) {
            socket.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
            OutputStream out = socket.getOutputStream();
            try {
                out.write(request.getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
                socket.shutdownOutput();
            } catch (IOException e) {
                // refused before all of it was sent
            }
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
