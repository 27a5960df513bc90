package dev.chronodesk.bench.faults.nodes;

import dev.chronodesk.db.Database;
import dev.chronodesk.db.DatabaseSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A PostgreSQL that can be killed and started again in its place. It is set up as the embedded server, durable and on
 * the loopback interface; a new start repeats the command line of the first one, which the server keeps beside its
 * data.
 */
public final class PostgresProcess implements AutoCloseable {

    private static final Pattern ARGUMENT = Pattern.compile("\"([^\"]*)\"|(\\S+)");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final Database database;
    private final String url;
    private final String username;
    private final String password;

    /** @param binaries a directory with {@code bin/postgres}, or null for those on the class path */
    public PostgresProcess(Path directory, @Nullable Path binaries) throws IOException {
        this.directory = directory;
        database = Database.open(new DatabaseSettings(null, null, null, binaries, directory));
        var connection = JsonMapper.shared().readTree(directory.resolve("connection.json"));
        url = connection.path("url").asString();
        username = connection.path("username").asString();
        password = connection.path("password").asString();
    }

    public Database database() {
        return database;
    }

    public String url() {
        return url;
    }

    public String username() {
        return username;
    }

    public String password() {
        return password;
    }

    public int port() {
        return Integer.parseInt(url.replaceFirst("^[^:]*:[^:]*://[^:]*:([0-9]+)/.*$", "$1"));
    }

    /** As the administrator, who may do everything. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url, username, password);
    }

    /** As {@code kill -9} of all its processes: nothing is written any more. */
    public void kill() throws IOException {
        var postmaster = postmaster();
        var children = postmaster.descendants().toList();
        postmaster.destroyForcibly();
        for (var child : children) child.destroyForcibly();
        await(postmaster, children);
    }

    /** The server's own immediate stop: it recovers at its next start. */
    public void stopImmediately() throws IOException, InterruptedException {
        var postmaster = postmaster();
        var children = postmaster.descendants().toList();
        Signal.QUIT.send(postmaster.pid());
        await(postmaster, children);
    }

    private static void await(ProcessHandle postmaster, List<ProcessHandle> children) {
        postmaster.onExit().orTimeout(30, java.util.concurrent.TimeUnit.SECONDS).join();
        for (var child : children)
            child.onExit().orTimeout(30, java.util.concurrent.TimeUnit.SECONDS).join();
    }

    public boolean isAlive() {
        try {
            return postmaster().isAlive();
        } catch (IOException e) {
            return false;
        }
    }

    private ProcessHandle postmaster() throws IOException {
        var pid = Long.parseLong(
                Files.readAllLines(data().resolve("postmaster.pid")).getFirst().strip());
        return ProcessHandle.of(pid).orElseThrow(() -> new IOException("PostgreSQL does not run"));
    }

    private Path data() {
        return directory.resolve("postgres");
    }

    /** Starts it again on the same port, and returns when it answers. */
    public void start() throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        // PostgreSQL refuses to run as root; in a namespace of its own it is somebody else
        if (ProcessHandle.current().info().user().orElse("").equals("root")) command.addAll(List.of("unshare", "-U"));
        var line = ARGUMENT.matcher(
                Files.readString(data().resolve("postmaster.opts")).strip());
        while (line.find()) command.add(line.group(1) != null ? line.group(1) : line.group(2));
        var until = System.nanoTime() + PATIENCE.toNanos();
        var process = launch(command);
        while (!answers()) {
            if (System.nanoTime() > until) throw new IOException("PostgreSQL does not start, see " + log());
            // what the killed one shared may be in use for another moment
            if (!process.isAlive()) process = launch(command);
            Thread.sleep(20);
        }
    }

    private Process launch(List<String> command) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        var process = builder.start();
        process.getOutputStream().close();
        Thread.sleep(50);
        return process;
    }

    private Path log() {
        return directory.resolve("restarts.log");
    }

    private boolean answers() {
        try (var connection = connect()) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
