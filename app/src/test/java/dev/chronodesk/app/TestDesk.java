package dev.chronodesk.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.identity.limit.Limit;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole service in this process, on random ports and a database of its own, and a client for it. */
final class TestDesk implements AutoCloseable {

    static final String ADMIN = "admin@example.org";
    static final String PASSWORD = "correct horse battery";
    static final JsonMapper JSON = JsonMapper.builder().build();

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    private final TestDatabase database;
    private final ConfigurableApplicationContext context;

    /** An answer, whole. */
    record Answer(int status, java.net.http.HttpHeaders headers, String body) {
        JsonNode json() {
            return JSON.readTree(body);
        }

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        Answer ok() {
            assertThat(status).as(body).isBetween(200, 299);
            return this;
        }

        long position() {
            return Long.parseLong(header("Chronodesk-Position"));
        }
    }

    private TestDesk(TestDatabase database, ConfigurableApplicationContext context) {
        this.database = database;
        this.context = context;
    }

    static TestDesk start(String... more) {
        return on(TestDatabase.create(), more);
    }

    static TestDesk on(TestDatabase database, String... more) {
        var settings = new ArrayList<>(settings(database));
        settings.addAll(List.of("--chronodesk.admin.email=" + ADMIN, "--chronodesk.admin.password=" + PASSWORD));
        settings.addAll(List.of(more));
        return new TestDesk(database, Serve.start(settings.toArray(String[]::new)));
    }

    /** What somebody writes on the command line to serve that database on free ports. */
    static List<String> settings(TestDatabase database) {
        var settings = database.settings();
        var all = new ArrayList<>(List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--chronodesk.database.url=" + settings.url(),
                "--chronodesk.database.username=" + settings.username(),
                "--chronodesk.database.password=" + settings.password(),
                "--chronodesk.keys.directory=" + database.keySettings().directory(),
                "--chronodesk.mail.directory=" + mail(database)));
        // everybody comes from one network here
        for (var limit : Limit.values()) all.add("--chronodesk.identity.limits." + limit.property() + "=1000000/1s");
        return all;
    }

    /** Where mails are put. */
    static Path mail(TestDatabase database) {
        return database.keySettings().directory().resolveSibling("mail");
    }

    TestDatabase database() {
        return database;
    }

    <T> T part(Class<T> type) {
        return context.getBean(type);
    }

    int port() {
        return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
    }

    URI management(String path) {
        var port = context.getEnvironment().getRequiredProperty("local.management.port");
        return URI.create("http://127.0.0.1:" + port + path);
    }

    URI address(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    Answer send(HttpRequest request) {
        try {
            var response = HTTP.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    Answer get(String token, String path, String... headers) {
        return send(request(token, path, headers).GET().build());
    }

    Answer post(String token, String path, String body, String... headers) {
        return send("POST", token, path, body, headers);
    }

    private HttpRequest.Builder request(String token, String path, String... headers) {
        var request = HttpRequest.newBuilder(address(path)).timeout(Duration.ofSeconds(60));
        if (!token.isEmpty()) request.header("Authorization", "Bearer " + token);
        if (headers.length > 0) request.headers(headers);
        return request;
    }

    /** A request with a body, of JSON unless a header says otherwise, and any method. */
    Answer send(String method, String token, String path, String body, String... headers) {
        var request = request(token, path, headers).method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!List.of(headers).contains("Content-Type")) request.header("Content-Type", "application/json");
        return send(request.build());
    }

    Answer command(String token, String name, Map<String, ?> fields, String... headers) {
        return post(token, "/commands/" + name, JSON.writeValueAsString(fields), headers);
    }

    /** Reads what the read tables say once they include everything that is in the log now. */
    JsonNode read(String token, String path) {
        return get(token, "/rest/v1/" + path, "Chronodesk-Min-Position", String.valueOf(head()), "Prefer", "wait=30")
                .ok()
                .json();
    }

    long head() {
        return database.log().head().position();
    }

    void signUp(String email, String name) {
        post(
                        "",
                        "/auth/v1/signup",
                        JSON.writeValueAsString(
                                Map.of("email", email, "password", PASSWORD, "data", Map.of("display_name", name))))
                .ok();
    }

    String signIn(String email) {
        return post(
                        "",
                        "/auth/v1/token?grant_type=password",
                        JSON.writeValueAsString(Map.of("email", email, "password", PASSWORD)))
                .ok()
                .json()
                .get("access_token")
                .asString();
    }

    String admin() {
        return signIn(ADMIN);
    }

    /** Somebody new with that role: a token. */
    String person(String name, String role) {
        var email = name + "-" + UUID.randomUUID() + "@example.org";
        signUp(email, name);
        var token = signIn(email);
        if (!role.equals("customer"))
            command(admin(), "AssignRole", Map.of("profileId", id(token), "role", role))
                    .ok();
        return token;
    }

    String id(String token) {
        return get(token, "/auth/v1/user").ok().json().get("id").asString();
    }

    String ticket(String token, String subject) {
        return command(token, "CreateTicket", Map.of("subject", subject, "description", "It really is."))
                .ok()
                .json()
                .get("result")
                .get("ticketId")
                .asString();
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Stops the service and keeps the database. */
    TestDatabase stop() {
        context.close();
        return database;
    }

    @Override
    public void close() {
        context.close();
        database.close();
    }
}
