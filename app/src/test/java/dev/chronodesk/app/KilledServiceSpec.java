package dev.chronodesk.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.query.LiveSchema;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A process on an embedded server of its own is killed, stopped and copied. */
class KilledServiceSpec {

    static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    static final int SENDERS = 16;

    @TempDir
    Path directory;

    /** Keys that were sent, and the position that was acknowledged, or 0 for none. */
    final Map<String, Long> sent = new ConcurrentHashMap<>();

    @AfterEach
    void noServerIsLeft() throws IOException {
        ServiceProcess.endServer(directory);
    }

    @Test
    void whatever_was_acknowledged_outlives_a_kill_in_the_middle_of_a_load() throws Exception {
        String email;
        String password;
        try (var service = ServiceProcess.serving(directory)) {
            email = service.said("e-mail");
            password = service.said("password");
            assertThat(service.output()).contains("publishable key", "sb_secret_", "Three lines to try");
            underLoad(service.port(), token(service.port(), email, password), service::kill);
        }
        assertThat(acknowledged()).isGreaterThan(50);
        assertThat(sent.size()).as("some outcomes are unknown").isGreaterThan((int) acknowledged());

        try (var service = ServiceProcess.serving(directory)) {
            assertThat(service.output()).as("told once").doesNotContain("password", "sb_secret_");
            var port = service.port();
            var token = token(port, email, password);
            var positions = positionsByKey(port, token);
            sent.forEach((key, position) -> {
                if (position > 0)
                    assertThat(positions).as("acknowledged " + key).containsEntry(key, List.of(position));
            });

            // whoever did not learn the outcome sends again, and then each is there once
            for (var entry : sent.entrySet())
                if (entry.getValue() == 0)
                    assertThat(create(port, token, entry.getKey())).isEqualTo(200);
            var after = positionsByKey(port, token);
            assertThat(sent.keySet())
                    .allSatisfy(key -> assertThat(after.get(key)).hasSize(1));
            assertThat(tickets(port, token, head(after))).isEqualTo(sent.size());

            var followed = tables(directory);
            try (var rebuild = ServiceProcess.start(directory, "rebuild")) {
                assertThat(rebuild.end()).as(rebuild.output()).isZero();
            }
            assertThat(tables(directory)).isEqualTo(followed).containsKey("tickets");
            assertThat(service.stop()).isIn(0, 143);
            assertThat(postmaster(directory)).doesNotExist();
        }
    }

    @Test
    void a_stop_answers_what_is_under_way_and_a_copy_of_the_directory_is_a_backup() throws Exception {
        String email;
        String password;
        try (var service = ServiceProcess.serving(directory)) {
            email = service.said("e-mail");
            password = service.said("password");
            var token = token(service.port(), email, password);
            underLoad(service.port(), token, () -> assertThat(service.stop()).isIn(0, 143));
            assertThat(service.output()).doesNotContain("ERROR");
        }
        assertThat(postmaster(directory)).doesNotExist();

        var copy = Files.createDirectory(directory.resolve("copy"));
        var copying = new ProcessBuilder(
                        "cp", "-a", directory.resolve(".chronodesk").toString(), copy.toString())
                .inheritIO()
                .start();
        assertThat(copying.waitFor()).isZero();
        try (var restored = ServiceProcess.serving(copy)) {
            var port = restored.port();
            var token = token(port, email, password);
            var positions = positionsByKey(port, token);
            sent.forEach((key, position) -> {
                if (position > 0) assertThat(positions).containsEntry(key, List.of(position));
            });
            assertThat(tickets(port, token, head(positions))).isEqualTo(positions.size());
            assertThat(restored.stop()).isIn(0, 143);
        } finally {
            ServiceProcess.endServer(copy);
        }
    }

    /** Does that while sixteen people send, after some hundred answers. */
    private void underLoad(int port, String token, Interruption interruption) throws InterruptedException {
        var gone = new AtomicBoolean();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var i = 0; i < SENDERS; i++) threads.execute(() -> sendUntil(gone, port, token));
            for (var i = 0; i < 600 && acknowledged() < 300; i++) Thread.sleep(100);
            interruption.run();
            gone.set(true);
        }
    }

    /** What ends a service. */
    @FunctionalInterface
    private interface Interruption {
        void run() throws InterruptedException;
    }

    private long acknowledged() {
        return sent.values().stream().filter(position -> position > 0).count();
    }

    private static long head(Map<String, List<Long>> positions) {
        return positions.values().stream()
                .flatMap(List::stream)
                .mapToLong(Long::longValue)
                .max()
                .orElseThrow();
    }

    /** How many tickets can be read once the read tables are there. */
    private static int tickets(int port, String token, long position) throws IOException, InterruptedException {
        var range = get(
                        port,
                        token,
                        "/rest/v1/tickets?select=id&limit=1",
                        "Prefer",
                        "count=exact,wait=30",
                        "Chronodesk-Min-Position",
                        String.valueOf(position))
                .headers()
                .firstValue("Content-Range")
                .orElseThrow();
        return Integer.parseInt(range.substring(range.indexOf('/') + 1));
    }

    private static Path postmaster(Path directory) {
        return directory.resolve(".chronodesk/postgres/postmaster.pid");
    }

    private void sendUntil(AtomicBoolean gone, int port, String token) {
        while (!gone.get()) {
            var key = UUID.randomUUID().toString();
            sent.put(key, 0L);
            try {
                var answer = HTTP.send(creating(port, token, key), BodyHandlers.ofString());
                if (answer.statusCode() == 200)
                    sent.put(
                            key,
                            TestDesk.JSON
                                    .readTree(answer.body())
                                    .get("position")
                                    .asLong());
            } catch (IOException e) {
                return; // it is gone
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static int create(int port, String token, String key) throws IOException, InterruptedException {
        return HTTP.send(creating(port, token, key), BodyHandlers.ofString()).statusCode();
    }

    private static HttpRequest creating(int port, String token, String key) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/commands/CreateTicket"))
                .timeout(Duration.ofSeconds(20))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofString("{\"subject\":\"" + key + "\",\"description\":\"load\"}"))
                .build();
    }

    private static String token(int port, String email, String password) throws IOException, InterruptedException {
        var body = TestDesk.JSON.writeValueAsString(Map.of("email", email, "password", password));
        var answer = HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/auth/v1/token?grant_type=password"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TestDesk.JSON.readTree(answer.body()).get("access_token").asString();
    }

    private static java.net.http.HttpResponse<String> get(int port, String token, String path, String... headers)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + token);
        if (headers.length > 0) request.headers(headers);
        var answer = HTTP.send(request.GET().build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return answer;
    }

    /** Where the tickets' creations stand in the log, by the key they were sent with; also: no hole in the log. */
    private static Map<String, List<Long>> positionsByKey(int port, String token)
            throws IOException, InterruptedException {
        var byKey = new HashMap<String, List<Long>>();
        var expected = 1L;
        for (var line : get(port, token, "/audit/events").body().lines().toList()) {
            JsonNode event = TestDesk.JSON.readTree(line);
            assertThat(event.get("position").asLong()).isEqualTo(expected++);
            if (event.get("type").asString().equals("TicketCreated"))
                byKey.computeIfAbsent(event.get("key").asString(), unseen -> new ArrayList<>())
                        .add(event.get("position").asLong());
        }
        return byKey;
    }

    /** A digest of each read table's rows, whatever their order. */
    private static Map<String, String> tables(Path directory) throws IOException, SQLException {
        var connection = TestDesk.JSON.readTree(Files.readString(directory.resolve(".chronodesk/connection.json")));
        try (var sql = DriverManager.getConnection(
                connection.get("url").asString(),
                connection.get("username").asString(),
                connection.get("password").asString())) {
            return tables(sql);
        }
    }

    static Map<String, String> tables(Connection sql) throws SQLException {
        var digests = new TreeMap<String, String>();
        var names = new ArrayList<String>();
        try (var statement = sql.createStatement();
                var tables = statement.executeQuery(
                        "select table_name from information_schema.tables where table_schema = '" + LiveSchema.TABLES
                                + "' and table_type = 'BASE TABLE' and table_name <> 'needed' order by table_name")) {
            while (tables.next()) names.add(tables.getString(1));
        }
        for (var name : names)
            try (var statement = sql.createStatement();
                    var rows = statement.executeQuery(
                            "select count(*) || ' rows ' || coalesce(md5(string_agg(md5(t::text),"
                                    + " '' order by md5(t::text))), '') from " + LiveSchema.TABLES + "." + name
                                    + " t")) {
                rows.next();
                digests.put(name, rows.getString(1));
            }
        return digests;
    }
}
