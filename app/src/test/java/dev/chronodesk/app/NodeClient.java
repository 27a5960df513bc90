package dev.chronodesk.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A client of the npm registry with the Node that it is for, installed under {@code target} as its lock file says. */
final class NodeClient {

    private static final Path SOURCES = Path.of("src/test/clients");
    private static final Path SAMPLES = Path.of("../samples");

    /** Once for all specs: it takes longer than most of what is done with it. */
    private static final Map<String, NodeClient> INSTALLED = new HashMap<>();

    private final Path directory;

    private NodeClient(Path directory) {
        this.directory = directory;
    }

    /**
     * Installs it. Where npm or the network is missing, the test is skipped with the reason; with {@code CI=true} it
     * fails.
     */
    static synchronized NodeClient install(String name) throws IOException, InterruptedException {
        var known = INSTALLED.get(name);
        if (known != null) return known;
        var directory = Path.of("target/clients", name);
        Files.createDirectories(directory);
        for (var file : List.of("package.json", "package-lock.json"))
            Files.copy(
                    SOURCES.resolve(name).resolve(file), directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        try {
            // scripts of packages have no hash in the lock file
            run(directory, Map.of(), 180, List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
        } catch (IOException e) {
            if ("true".equals(System.getenv("CI"))) throw e;
            Assumptions.abort(name + " cannot be installed: " + e.getMessage());
        }
        var installed = new NodeClient(directory);
        INSTALLED.put(name, installed);
        return installed;
    }

    /** Runs one of our programs with it; the lines it printed. */
    List<String> run(String program, Map<String, String> environment) throws IOException, InterruptedException {
        return run(SOURCES, program, environment);
    }

    /** Runs one of the samples with it; the lines it printed. */
    List<String> runSample(String program, Map<String, String> environment) throws IOException, InterruptedException {
        return run(SAMPLES, program, environment);
    }

    private List<String> run(Path sources, String program, Map<String, String> environment)
            throws IOException, InterruptedException {
        // modules are looked for beside the program
        Files.copy(sources.resolve(program), directory.resolve(program), StandardCopyOption.REPLACE_EXISTING);
        return run(directory, environment, 120, List.of(node().toString(), program));
    }

    private Path node() throws IOException {
        try (Stream<Path> modules = Files.list(directory.resolve("node_modules"))) {
            return modules.flatMap(module -> Stream.of(module.resolve("bin/node"), module.resolve("bin/node.exe")))
                    .filter(Files::isRegularFile)
                    .findFirst()
                    .orElseThrow(() -> new IOException("no Node for this machine in " + directory))
                    .toAbsolutePath();
        }
    }

    private static List<String> run(Path directory, Map<String, String> environment, int seconds, List<String> command)
            throws IOException, InterruptedException {
        var printed = directory.resolve("output.txt");
        var errors = directory.resolve("errors.txt");
        var builder = new ProcessBuilder(new ArrayList<>(command))
                .directory(directory.toFile())
                .redirectOutput(printed.toFile())
                .redirectError(errors.toFile());
        builder.environment().putAll(environment);
        var process = builder.start();
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS))
                throw new IOException(command.getFirst() + " did not end in " + seconds + " s");
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0)
            throw new IOException(
                    command.getFirst() + " ended with " + process.exitValue() + ": " + Files.readString(errors));
        return Files.readAllLines(printed);
    }
}
