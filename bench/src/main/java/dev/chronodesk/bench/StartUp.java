package dev.chronodesk.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How long the packaged jar takes from the start of its process to ready, on a PostgreSQL given by URL: the very first
 * start, with an empty log, and with imported data.
 */
final class StartUp {

    private static final int RUNS = 5;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Path jar;
    private final Path directory;
    private final List<String> database;

    private StartUp(Path jar, Path directory, List<String> database) {
        this.jar = jar.toAbsolutePath();
        this.directory = directory;
        this.database = database;
    }

    /** @param arguments the packaged jar, and a file for {@code import} */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 2) {
            System.err.println("usage: StartUp <packaged jar> <file to import>");
            System.exit(2);
        }
        var directory = Files.createTempDirectory("chronodesk-start");
        try (var server = new Server()) {
            var bench = new StartUp(
                    Path.of(arguments[0]),
                    directory,
                    List.of(
                            "--chronodesk.database.url=" + server.create("start_up"),
                            "--chronodesk.keys.directory=" + server.keys(),
                            "--chronodesk.database.username=" + server.username(),
                            "--chronodesk.database.password=" + server.password()));
            System.out.printf("first start, makes the schemas   %6.2f s%n", bench.start());
            bench.report("empty log", bench.starts());
            bench.imported(Path.of(arguments[1]).toAbsolutePath());
            bench.report("imported data", bench.starts());
        }
    }

    private void report(String what, double[] seconds) {
        Arrays.sort(seconds);
        System.out.printf(
                "%-32s %6.2f s median of %d (%.2f to %.2f)%n",
                what, seconds[seconds.length / 2], seconds.length, seconds[0], seconds[seconds.length - 1]);
    }

    private double[] starts() throws Exception {
        var seconds = new double[RUNS];
        for (var run = 0; run < RUNS; run++) seconds[run] = start();
        return seconds;
    }

    private double start() throws Exception {
        var port = freePort();
        var from = System.nanoTime();
        var process = launch(List.of("serve", "--server.port=0", "--management.server.port=" + port));
        try {
            awaitReady(process, port);
            return (System.nanoTime() - from) / 1e9;
        } finally {
            process.destroy();
            if (!process.waitFor(60, TimeUnit.SECONDS)) process.destroyForcibly();
        }
    }

    private void imported(Path file) throws Exception {
        var from = System.nanoTime();
        var process = launch(List.of("import", file.toString()));
        var exit = process.waitFor();
        if (exit != 0 && exit != 3) throw new IllegalStateException("import ended with " + exit + ", see " + log());
        System.out.printf("import of %-22s %6.2f s%n", file.getFileName(), (System.nanoTime() - from) / 1e9);
    }

    private Process launch(List<String> arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.add("-jar");
        command.add(jar.toString());
        command.addAll(arguments);
        command.addAll(database);
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    private Path log() {
        return directory.resolve("service.log");
    }

    private void awaitReady(Process process, int port) throws Exception {
        var readiness = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"))
                .timeout(Duration.ofSeconds(5))
                .build();
        var until = System.nanoTime() + LIMIT.toNanos();
        try (var client = HttpClient.newHttpClient()) {
            while (System.nanoTime() < until) {
                if (!process.isAlive()) throw new IllegalStateException("the service ended, see " + log());
                try {
                    if (client.send(readiness, BodyHandlers.discarding()).statusCode() == 200) return;
                } catch (IOException e) {
                    // not listening yet
                }
                Thread.sleep(10);
            }
        }
        throw new IllegalStateException("not ready after " + LIMIT + ", see " + log());
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
