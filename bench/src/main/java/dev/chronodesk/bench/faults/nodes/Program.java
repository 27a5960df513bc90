package dev.chronodesk.bench.faults.nodes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The packaged jar and how it is started quickly: unpacked once, with a cache of what a first start has loaded (JEP
 * 514), compiled no further than needed for a short life.
 */
public final class Program {

    private final Path jar;
    private final Path directory;
    private @Nullable Path cache;

    /**
     * @param jar the packaged jar
     * @param directory where nodes run: all in one, because they share its keys
     */
    public Program(Path jar, Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        var unpacked = directory.resolve("program");
        run(List.of(
                java(),
                "-Djarmode=tools",
                "-jar",
                jar.toAbsolutePath().toString(),
                "extract",
                "--destination",
                unpacked.toString()));
        this.jar = unpacked.resolve(jar.getFileName());
        if (!Files.exists(this.jar)) throw new IOException(jar + " cannot be unpacked, see " + log());
    }

    Path directory() {
        return directory;
    }

    private Path log() {
        return directory.resolve("program.log");
    }

    static String java() {
        return ProcessHandle.current().info().command().orElse("java");
    }

    /** The command line of a node, up to its arguments. */
    List<String> command(@Nullable String faultPoint) {
        var command = new ArrayList<>(List.of(
                java(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED"));
        if (cache != null) command.add("-XX:AOTCache=" + cache);
        if (faultPoint != null) command.add("-Dchronodesk.test.fault-points=" + faultPoint);
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }

    /** Makes the cache with one start and stop of a node. Without it everything works as well, only later. */
    public void train(PostgresProcess postgres) throws IOException, InterruptedException {
        var made = directory.resolve("program.aot");
        var command = command(null);
        command.add(1, "-XX:AOTCacheOutput=" + made);
        try (var node = Node.start(this, command, "training", postgres, postgres.port())) {
            node.awaitServing();
            node.stop();
        }
        if (Files.exists(made)) cache = made;
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) process.destroyForcibly();
    }
}
