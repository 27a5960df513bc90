package dev.chronodesk.db;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * An embedded server for the tests of one JVM, gone when that ends, with a template that all databases are copied from.
 */
final class TestServer {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Home home;
    private final EmbeddedPostgres server;

    TestServer(PostgresBinaries binaries) {
        try {
            home = Home.hold(Files.createTempDirectory("chronodesk-test-")).orElseThrow();
            server = EmbeddedPostgres.start(binaries, home);
            Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop-test-server"));
            execute("create database template");
            Database.setUp(admin("template"));
        } catch (IOException e) {
            throw new IllegalStateException("no PostgreSQL, no tests", e);
        }
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
        private static final TestServer SERVER = new TestServer(PostgresBinaries.find(null));
    }

    private static final class Oldest {
        private static final TestServer SERVER = new TestServer(oldestBinaries());
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

    /** As superuser, outside of any test's database. */
    void execute(String sql) {
        try (var connection = admin(EmbeddedPostgres.SUPERUSER).connect()) {
            Roles.execute(connection, sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private void stop() {
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
