package dev.chronodesk.db;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * An embedded server for the tests of one JVM, gone when that ends, with a template that all databases are copied from.
 */
final class TestServer {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Home home;
    private final EmbeddedPostgres server;

    private TestServer(PostgresBinaries binaries, List<String> settings) {
        try {
            home = Home.hold(Files.createTempDirectory("chronodesk-test-")).orElseThrow();
            server = settings.isEmpty()
                    ? EmbeddedPostgres.start(binaries, home)
                    : EmbeddedPostgres.start(binaries, home, settings);
        } catch (IOException e) {
            throw new IllegalStateException("no PostgreSQL, no tests", e);
        }
    }

    /** With a template, and stopped when this JVM ends. */
    private static TestServer shared(PostgresBinaries binaries) {
        var server = bare(binaries);
        Runtime.getRuntime().addShutdownHook(new Thread(server::stop, "stop-test-server"));
        server.execute("create database template");
        Database.setUp(server.admin("template"));
        return server;
    }

    /** Without anything in it, for a test that changes the whole cluster and stops it afterwards. */
    static TestServer bare(PostgresBinaries binaries) {
        return new TestServer(binaries, List.of());
    }

    /** As somebody may have set up one of their own. */
    static TestServer with(PostgresBinaries binaries, String setting) {
        return new TestServer(
                binaries, List.of("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=on", setting));
    }

    /** The one of this JVM, with the binaries on the class path. */
    static TestServer shared() {
        return Shared.SERVER;
    }

    /** The same with the oldest major release that is supported; the build fetches it beside the class path. */
    static TestServer oldest() {
        return Oldest.SERVER;
    }

    private static final class Shared {
        private static final TestServer SERVER = shared(PostgresBinaries.find(null));
    }

    private static final class Oldest {
        private static final TestServer SERVER = shared(oldestBinaries());
    }

    static PostgresBinaries oldestBinaries() {
        try {
            var jar = Stream.of("target/postgres-15", "../db/target/postgres-15")
                    .map(Path::of)
                    .filter(Files::isDirectory)
                    .flatMap(TestServer::list)
                    .filter(path -> path.toString().endsWith(".jar"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("the build has not fetched PostgreSQL 15"));
            return PostgresBinaries.unpacked(URI.create("jar:" + jar.toUri() + "!/" + PostgresBinaries.archive())
                    .toURL());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> list(Path directory) {
        try (var paths = Files.list(directory)) {
            return paths.toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Database.Admin admin(String database) {
        return new Database.Admin(server.url(database), EmbeddedPostgres.SUPERUSER, server.password());
    }

    /** A fresh database with all schemas; returns its name. */
    String create() {
        return create("template");
    }

    String create(String template) {
        var name = "test_" + NUMBER.incrementAndGet();
        execute("create database " + name + " template " + template);
        return name;
    }

    void drop(String name) {
        execute("drop database " + name + " with (force)");
    }

    List<String> databases() {
        try (var connection = admin(EmbeddedPostgres.SUPERUSER).connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select datname from pg_database where datallowconn")) {
            var names = new ArrayList<String>();
            while (rows.next()) names.add(rows.getString("datname"));
            return names;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As superuser, outside of any test's database. */
    void execute(String sql) {
        try (var connection = admin(EmbeddedPostgres.SUPERUSER).connect()) {
            Roles.execute(connection, sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    void stop() {
        server.close();
        home.close();
        try {
            PostgresBinaries.delete(home.directory());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path directory() {
        return home.directory();
    }
}
