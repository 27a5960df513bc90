package dev.chronodesk.db;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL of our own in a directory: durable, on the loopback interface only, with a password. It outlives the
 * process that started it, so that nothing is cut off when that one is killed; the next one adopts it.
 */
final class EmbeddedPostgres implements AutoCloseable {

    static final String SUPERUSER = "postgres";
    private static final String DATABASE = "chronodesk";
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final int ATTEMPTS = 5;
    private static final long KEEP_LOG_BYTES = 10_000_000;

    /** They go over what is set in the server's files. */
    private static final List<String> SETTINGS = List.of(
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=on",
            "synchronous_commit=on",
            "full_page_writes=on",
            "max_connections=200",
            "shared_buffers=256MB",
            "max_wal_size=2GB",
            // segments are used again rather than filled with zeros first, which would write everything twice
            "min_wal_size=1GB",
            "password_encryption=scram-sha-256",
            "timezone=UTC",
            "log_timezone=UTC",
            // a statement or the row it failed on may hold a secret or something about a person
            "log_min_error_statement=panic",
            "log_error_verbosity=terse");

    private final PostgresBinaries binaries;
    private final Home home;
    private final List<String> settings;
    private final String password;
    private final List<String> prefix;
    private int port;

    private EmbeddedPostgres(PostgresBinaries binaries, Home home, List<String> settings) throws IOException {
        this.binaries = binaries;
        this.settings = settings;
        this.home = home;
        this.password = home.password();
        this.prefix = prefix(new UnixSystem().getUid(), List.of("unshare", "-U"));
    }

    /** Starts the server of that directory, or adopts the one that a killed process left behind. */
    static EmbeddedPostgres start(PostgresBinaries binaries, Home home) {
        return start(binaries, home, SETTINGS);
    }

    static EmbeddedPostgres start(PostgresBinaries binaries, Home home, List<String> settings) {
        try {
            var server = new EmbeddedPostgres(binaries, home, settings);
            server.initialise();
            if (!server.adopt()) server.start();
            server.createDatabase();
            return server;
        } catch (IOException | SQLException e) {
            throw new DatabaseUnusableException("the embedded PostgreSQL in " + home.directory() + " cannot start", e);
        }
    }

    String url() {
        return url(DATABASE);
    }

    String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    String password() {
        return password;
    }

    /** Stops the server as soon as its sessions are ended; what was committed is durable already. */
    @Override
    public void close() {
        try {
            var output = run(
                    "pg_ctl", List.of("stop", "--pgdata", home.data().toString(), "-m", "fast", "-w", "-t", "60"), 70);
            if (output.code() != 0 && postmaster().isPresent())
                LOG.error("The embedded PostgreSQL did not stop: {}", output.text());
        } catch (IOException e) {
            throw new DatabaseUnusableException("the embedded PostgreSQL cannot be stopped", e);
        }
    }

    private void initialise() throws IOException {
        var version = home.data().resolve("PG_VERSION");
        var major = majorVersion();
        if (Files.exists(version)) {
            var stored = Files.readString(version).strip();
            if (!stored.equals(major))
                throw new DatabaseUnusableException("The data in " + home.data() + " is of PostgreSQL " + stored
                        + ", and the binaries are of " + major + ". Use binaries of " + stored
                        + " (chronodesk.database.binaries), or dump and restore as the operations guide says.");
            return;
        }
        var making = home.directory().resolve("postgres.new");
        PostgresBinaries.delete(making);
        var arguments = new ArrayList<>(List.of(
                "--pgdata=" + making,
                "--username=" + SUPERUSER,
                "--auth=scram-sha-256",
                "--pwfile=" + home.passwordFile(),
                "--encoding=UTF8",
                "--locale=C",
                "--data-checksums"));
        // case and order of all letters, the same on every machine
        if (Integer.parseInt(major) >= 17)
            arguments.addAll(List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
        var output = run("initdb", arguments, 300);
        if (output.code() != 0)
            throw new DatabaseUnusableException("initdb failed in " + home.directory() + ":\n" + output.text());
        Files.move(making, home.data(), StandardCopyOption.ATOMIC_MOVE);
    }

    private String majorVersion() throws IOException {
        var output = run("postgres", List.of("--version"), 30);
        var words = output.text().strip().split(" ", -1);
        if (output.code() != 0 || words.length < 3)
            throw new DatabaseUnusableException(
                    binaries.program("postgres") + " does not run on this machine: " + output.text());
        return words[2].split("[.a-z]", -1)[0];
    }

    /** Takes over a server that runs already. The lock is ours, so whoever started it is gone. */
    private boolean adopt() throws IOException {
        var postmaster = postmaster();
        if (postmaster.isEmpty()) return false;
        var running = postmaster.orElseThrow();
        port = running.port();
        if (port > 0 && answers()) {
            LOG.info("Adopted the embedded PostgreSQL that a killed process left behind, process {}", running.pid());
            return true;
        }
        if (isPostgres(running.pid())) {
            LOG.info("Stopping an embedded PostgreSQL that does not answer, process {}", running.pid());
            var output = run(
                    "pg_ctl", List.of("stop", "--pgdata", home.data().toString(), "-m", "fast", "-w", "-t", "60"), 70);
            if (output.code() != 0 && postmaster().isPresent())
                throw new DatabaseUnusableException("A PostgreSQL of an earlier start, process " + running.pid()
                        + ", neither answers nor stops: " + output.text());
        } else {
            // after a restart of the machine or container another program may have got the number
            Files.deleteIfExists(home.data().resolve("postmaster.pid"));
        }
        return false;
    }

    private record Postmaster(long pid, int port) {}

    /** The live process that the data directory names. */
    private Optional<Postmaster> postmaster() throws IOException {
        try {
            var lines = Files.readAllLines(home.data().resolve("postmaster.pid"));
            if (lines.isEmpty()) return Optional.empty();
            var pid = Math.abs(Long.parseLong(lines.getFirst().strip()));
            var alive = ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
            var onPort = lines.size() > 3 ? Integer.parseInt(lines.get(3).strip()) : 0;
            return alive ? Optional.of(new Postmaster(pid, onPort)) : Optional.empty();
        } catch (NoSuchFileException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static boolean isPostgres(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().command())
                .map(command -> command.contains("postgres"))
                .orElse(true);
    }

    /** Whether the server on our port is the one of our data directory: it knows our password and says so. */
    private boolean answers() {
        try (var connection = DriverManager.getConnection(url(SUPERUSER), SUPERUSER, password);
                var statement = connection.createStatement();
                var row = statement.executeQuery("select current_setting('data_directory') as data")) {
            row.next();
            return Path.of(row.getString("data"))
                    .toRealPath()
                    .equals(home.data().toRealPath());
        } catch (SQLException | IOException e) {
            LOG.debug("The server that was left behind does not answer", e);
            return false;
        }
    }

    private void start() throws IOException {
        truncateLog();
        for (var attempt = 1; ; attempt++) {
            port = freePort();
            var options = settings.stream()
                    .map(setting -> "-c " + quoted(setting))
                    .collect(Collectors.joining(" ", "-p " + port + " ", ""));
            var output = run(
                    "pg_ctl",
                    List.of(
                            "start",
                            "--pgdata",
                            home.data().toString(),
                            "--log",
                            home.serverLog().toString(),
                            "-w",
                            "-t",
                            "600",
                            "-o",
                            options),
                    620);
            if (output.code() == 0) return;
            // another program may have taken the port in between
            if (attempt == ATTEMPTS)
                throw new DatabaseUnusableException("The embedded PostgreSQL does not start: "
                        + output.text().strip() + "\n" + endOfLog());
        }
    }

    private static String quoted(String setting) {
        return "'" + setting + "'";
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void truncateLog() throws IOException {
        var log = home.serverLog();
        if (Files.exists(log) && Files.size(log) > KEEP_LOG_BYTES)
            Files.move(log, log.resolveSibling("postgres.log.1"), StandardCopyOption.REPLACE_EXISTING);
    }

    private String endOfLog() throws IOException {
        if (!Files.exists(home.serverLog())) return "";
        var lines = Files.readAllLines(home.serverLog());
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }

    private void createDatabase() throws SQLException {
        try (var connection = DriverManager.getConnection(url(SUPERUSER), SUPERUSER, password);
                var statement = connection.createStatement()) {
            try (var row = statement.executeQuery(
                    "select exists (select from pg_database where datname = '" + DATABASE + "') as there")) {
                row.next();
                if (row.getBoolean("there")) return;
            }
            statement.execute("create database " + DATABASE);
        }
    }

    private record Output(int code, String text) {}

    private Output run(String program, List<String> arguments, int seconds) throws IOException {
        var command = new ArrayList<>(prefix);
        command.add(binaries.program(program).toString());
        command.addAll(arguments);
        return run(command, seconds);
    }

    /** The output goes through a file: a server that stays would keep a pipe open for ever. */
    private static Output run(List<String> command, int seconds) throws IOException {
        var output = Files.createTempFile("chronodesk-", ".out");
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            // what the shell says about another PostgreSQL is not for this one
            builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
            builder.environment().put("LC_ALL", "C");
            var process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Output(-1, "no end after " + seconds + " seconds\n" + Files.readString(output));
            }
            return new Output(process.exitValue(), Files.readString(output));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + command.getFirst() + " ran", e);
        } finally {
            Files.deleteIfExists(output);
        }
    }

    /** PostgreSQL refuses to run as root; in a user namespace of its own it is somebody else with the same files. */
    static List<String> prefix(long user, List<String> namespace) {
        if (user != 0) return List.of();
        var refused = "";
        try {
            var trial = new ArrayList<>(namespace);
            trial.add("true");
            var tried = run(trial, 10);
            if (tried.code() == 0) return namespace;
            refused = tried.text().strip();
        } catch (IOException e) {
            refused = String.valueOf(e.getMessage());
        }
        throw new DatabaseUnusableException("PostgreSQL refuses to run as root, and this machine refuses the user"
                + " namespace in which it would (" + String.join(" ", namespace) + ": " + refused
                + "). Run the service as another user, allow"
                + " user namespaces, or set chronodesk.database.url to use a running server.");
    }
}
