package dev.chronodesk.bench.faults.nodes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One node of the service in a process of its own. */
public final class Node implements AutoCloseable {

    /** The first administrator, whom the first node makes. */
    public static final String ADMIN = "admin@example.org";

    public static final String PASSWORD = "correct horse battery staple";

    private static final Pattern SERVES = Pattern.compile("Chronodesk serves http://localhost:(\\d+)");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Process process;
    private final Path output;
    private final @Nullable String faultPoint;
    private volatile int port;

    private Node(Process process, Path output, @Nullable String faultPoint) {
        this.process = process;
        this.output = output;
        this.faultPoint = faultPoint;
    }

    /**
     * Starts one; it serves later.
     *
     * @param name of its output file
     * @param databasePort of the server or of what stands before it
     * @param faultPoint where it ends itself, or null
     */
    public static Node start(
            Program program, String name, PostgresProcess postgres, int databasePort, @Nullable String faultPoint)
            throws IOException {
        var process = launch(program, program.command(faultPoint), name, postgres, databasePort);
        return new Node(process, output(program, name), faultPoint);
    }

    static Node start(Program program, List<String> command, String name, PostgresProcess postgres, int databasePort)
            throws IOException {
        return new Node(launch(program, command, name, postgres, databasePort), output(program, name), null);
    }

    private static Path output(Program program, String name) {
        return program.directory().resolve(name + ".log");
    }

    private static Process launch(
            Program program, List<String> java, String name, PostgresProcess postgres, int databasePort)
            throws IOException {
        var command = new ArrayList<>(java);
        command.addAll(List.of(
                "serve",
                "--server.port=0",
                "--management.server.port=0",
                "--chronodesk.database.url="
                        + postgres.url().replace(":" + postgres.port() + "/", ":" + databasePort + "/"),
                "--chronodesk.database.username=" + postgres.username(),
                "--chronodesk.admin.email=" + ADMIN,
                "--chronodesk.admin.password=" + PASSWORD));
        var builder = new ProcessBuilder(command)
                .directory(program.directory().toFile())
                .redirectErrorStream(true)
                .redirectOutput(output(program, name).toFile());
        builder.environment().keySet().removeIf(variable -> variable.startsWith("CHRONODESK_"));
        builder.environment().put("CHRONODESK_DATABASE_PASSWORD", postgres.password());
        return builder.start();
    }

    /** Returns when it serves. */
    public Node awaitServing() throws IOException, InterruptedException {
        var until = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < until) {
            var said = SERVES.matcher(Files.readString(output));
            if (said.find()) {
                port = Integer.parseInt(said.group(1));
                return this;
            }
            // one with a fault point may end before it serves
            if (!process.isAlive()) {
                if (faultPoint != null) return this;
                break;
            }
            Thread.sleep(20);
        }
        throw new IOException("a node does not serve, see " + output);
    }

    public boolean isServing() {
        return port > 0 && process.isAlive();
    }

    /** Where it listens, on the loopback interface. */
    public int port() {
        return port;
    }

    public @Nullable String faultPoint() {
        return faultPoint;
    }

    /** Whether it has ended by itself within that time. */
    public boolean ends(Duration within) throws InterruptedException {
        return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** As {@code kill -9} does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Stands still from now on, and knows nothing of it. */
    public void pause() throws IOException, InterruptedException {
        Signal.STOP.send(process.pid());
    }

    /** Goes on as if no time had passed. */
    public void resume() throws IOException, InterruptedException {
        Signal.CONT.send(process.pid());
    }

    /** As SIGTERM does. */
    public void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) kill();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
