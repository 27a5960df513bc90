package dev.chronodesk.bench.reads;

import dev.chronodesk.bench.Server;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/** The whole service in a process of its own, on the server's database, and a token of its administrator. */
final class Service implements AutoCloseable {

    private static final Pattern SERVES = Pattern.compile("Chronodesk serves http://localhost:(\\d+)");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String EMAIL = "admin@example.org";
    private static final String PASSWORD = "correct horse battery staple";

    private final Process process;
    private final Path output;
    private final int port;

    private Service(Process process, Path output) throws IOException, InterruptedException {
        this.process = process;
        this.output = output;
        this.port = serving();
    }

    static Service start(Server server) throws IOException, InterruptedException {
        var output = Files.createTempFile("chronodesk-service", ".log");
        var builder = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx1g",
                        "-XX:+UseParallelGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-classpath",
                        System.getProperty("java.class.path", ""),
                        "dev.chronodesk.app.Chronodesk",
                        "serve",
                        "--server.port=0",
                        "--management.server.port=0",
                        "--chronodesk.database.url=" + server.url(),
                        "--chronodesk.database.username=" + server.username(),
                        "--chronodesk.keys.directory=" + server.keys(),
                        "--chronodesk.admin.email=" + EMAIL,
                        "--chronodesk.admin.password=" + PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(variable -> variable.startsWith("CHRONODESK_"));
        builder.environment().put("CHRONODESK_DATABASE_PASSWORD", server.password());
        var process = builder.start();
        try {
            return new Service(process, output);
        } catch (IOException | InterruptedException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private int serving() throws IOException, InterruptedException {
        var until = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < until && process.isAlive()) {
            var said = SERVES.matcher(Files.readString(output));
            if (said.find()) return Integer.parseInt(said.group(1));
            Thread.sleep(50);
        }
        throw new IOException("the service does not serve: " + Files.readString(output));
    }

    int port() {
        return port;
    }

    /** What its administrator signs in for. */
    String token() throws IOException, InterruptedException {
        var body = JsonMapper.shared().writeValueAsString(java.util.Map.of("email", EMAIL, "password", PASSWORD));
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/auth/v1/token?grant_type=password"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200) throw new IOException("no token: " + answer.body());
            return JsonMapper.shared()
                    .readTree(answer.body())
                    .path("access_token")
                    .asString();
        }
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(output);
    }
}
