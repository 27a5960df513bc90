package dev.chronodesk.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chronodesk.db.Database;
import dev.chronodesk.db.DatabaseSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An embedded PostgreSQL for one run, with fsync on as always, in a directory that goes with it or is kept. */
public final class Server implements AutoCloseable {

    private final Path directory;
    private final boolean kept;
    private final Database database;
    /** 1 GiB, the embedded server's {@code min_wal_size}. */
    private static final int SEGMENTS = 64;

    private final JsonNode connection;

    public Server() throws IOException {
        this(Files.createTempDirectory("chronodesk-bench"), false, true);
    }

    /** One on which nothing is measured, so that its log need not be prepared. */
    public static Server young() throws IOException {
        return new Server(Files.createTempDirectory("chronodesk-bench"), false, false);
    }

    /** In a directory that stays, for another run on the same data. */
    public static Server kept(Path directory) throws IOException {
        Files.createDirectories(directory);
        return new Server(directory, true, true);
    }

    private Server(Path directory, boolean kept, boolean aged) throws IOException {
        this.directory = directory;
        this.kept = kept;
        database = Database.open(new DatabaseSettings(null, null, null, null, directory));
        connection = JsonMapper.shared().readTree(directory.resolve("connection.json"));
        if (aged) age();
    }

    /**
     * A new server has to make each segment of its log, 16 MiB of zeros on the disk while every commit waits; one that
     * ran for a while uses old segments again. So many are made and given back here as the server keeps.
     */
    private void age() throws IOException {
        try (var admin = pool(url(), 1);
                var connected = admin.getConnection();
                var statement = connected.createStatement()) {
            for (var segment = 0; segment < SEGMENTS; segment++) {
                statement.execute("select pg_logical_emit_message(false, 'bench', '')");
                statement.execute("select pg_switch_wal()");
            }
            statement.execute("checkpoint");
        } catch (SQLException e) {
            throw new IOException("the server's log cannot be prepared", e);
        }
    }

    /** The database that the service would use, set up. */
    public Database database() {
        return database;
    }

    /** Where what keys leave outside the database is. */
    public Path keys() {
        return directory.resolve("keys");
    }

    /** A new, empty database beside it, for a baseline or for a service in a process of its own; its URL. */
    String create(String name) throws SQLException {
        try (var admin = pool(url(), 1);
                var connected = admin.getConnection();
                var statement = connected.createStatement()) {
            statement.execute("create database " + name);
        }
        return url().replaceFirst("/[^/?]+(\\?|$)", "/" + name + "$1");
    }

    /** Connections of the administrator's, for baselines that make their own tables. */
    public HikariDataSource pool(String url, int connections) {
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(username());
        config.setPassword(password());
        config.setMaximumPoolSize(connections);
        config.setConnectionTimeout(60_000);
        return new HikariDataSource(config);
    }

    public String version() throws SQLException {
        try (var connection = database.read().getConnection()) {
            return connection.getMetaData().getDatabaseProductVersion();
        }
    }

    public String url() {
        return connection.path("url").asString();
    }

    public String username() {
        return connection.path("username").asString();
    }

    public String password() {
        return connection.path("password").asString();
    }

    @Override
    public void close() throws IOException {
        database.close();
        if (kept) return;
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        }
    }
}
