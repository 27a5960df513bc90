package dev.chronodesk.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The program in a process of its own, in a directory of its own, as somebody starts it. */
final class ServiceProcess implements AutoCloseable {

    private static final Pattern SERVES = Pattern.compile("Chronodesk serves http://localhost:(\\d+)");

    private final Process process;
    private final List<String> output = new CopyOnWriteArrayList<>();
    private final Thread reader;

    private ServiceProcess(Process process) {
        this.process = process;
        reader = Thread.ofVirtual().start(this::read);
    }

    /** Starts it with the class path of this test. */
    static ServiceProcess start(Path directory, String... arguments) throws IOException {
        return start(directory, entry -> true, arguments);
    }

    /** The same with a part of the class path only. */
    static ServiceProcess start(Path directory, Predicate<String> classPath, String... arguments) throws IOException {
        var separator = System.getProperty("path.separator");
        var entries = Arrays.stream(System.getProperty("java.class.path").split(separator))
                .filter(entry -> !entry.contains("test-classes") && !entry.endsWith("-tests.jar"))
                .filter(classPath)
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(separator));
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx768m", "--enable-native-access=ALL-UNNAMED", "-cp", entries));
        command.add(Chronodesk.class.getName());
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("CHRONODESK_"));
        return new ServiceProcess(builder.start());
    }

    /** Serves on free ports, and has said so. */
    static ServiceProcess serving(Path directory, String... settings) throws IOException, InterruptedException {
        var all = new ArrayList<>(List.of("serve", "--server.port=0", "--management.server.port=0"));
        all.addAll(List.of(settings));
        var service = start(directory, all.toArray(String[]::new));
        try {
            service.port();
            return service;
        } catch (RuntimeException | InterruptedException e) {
            service.close();
            throw e;
        }
    }

    private void read() {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) output.add(line);
        } catch (IOException e) {
            output.add("(the output broke off: " + e + ")");
        }
    }

    /** Waits until it serves. */
    int port() throws InterruptedException {
        for (var i = 0; i < 1200; i++) {
            var port = port(output);
            if (port.isPresent()) return port.get();
            if (!process.isAlive()) break;
            Thread.sleep(100);
        }
        throw new IllegalStateException("it does not serve:\n" + output());
    }

    private static Optional<Integer> port(List<String> output) {
        for (var line : output) {
            var matcher = SERVES.matcher(line);
            if (matcher.find()) return Optional.of(Integer.valueOf(matcher.group(1)));
        }
        return Optional.empty();
    }

    String output() {
        return String.join("\n", output);
    }

    /** What a line says behind these words. */
    String said(String words) {
        return output.stream()
                .map(String::strip)
                .filter(line -> line.startsWith(words))
                .map(line -> line.substring(words.length()).strip())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nothing about " + words + ":\n" + output()));
    }

    /** As {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** As SIGTERM does; the exit code. */
    int stop() throws InterruptedException {
        process.destroy();
        return end();
    }

    /** Waits until it has ended by itself; the exit code. */
    int end() throws InterruptedException {
        if (!process.waitFor(90, TimeUnit.SECONDS)) throw new IllegalStateException("it does not end:\n" + output());
        reader.join(Duration.ofSeconds(10));
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) kill();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Ends a PostgreSQL that a killed service left in the directory. */
    static void endServer(Path directory) throws IOException {
        var pid = directory.resolve(".chronodesk/postgres/postmaster.pid");
        if (!Files.exists(pid)) return;
        ProcessHandle.of(Long.parseLong(Files.readAllLines(pid).getFirst().strip()))
                .ifPresent(ProcessHandle::destroy);
    }
}
