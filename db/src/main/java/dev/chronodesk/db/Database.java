package dev.chronodesk.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chronodesk.db.log.Incarnation;
import dev.chronodesk.db.log.PostgresEventLog;
import dev.chronodesk.db.log.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database, set up: schemas and roles are there, and one pool of connections for each run-time login. Each login
 * may do its own part and nothing else.
 */
public final class Database implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern CREDENTIALS = Pattern.compile("[?&](user|password)=|//[^/?]*@");

    /** Held on one connection while schemas and roles of this database are made: the bytes of CHRONODB. */
    private static final long SETTING_UP = 0x4348524F4E4F4442L;

    private enum Login {
        WRITE(Roles.WRITE, Roles.WRITE, 16),
        /** Connections of their own: a key may be asked for by somebody who holds one of the others. */
        KEYS("chronodesk_keys", Roles.WRITE, 4),
        FOLD(Roles.FOLD, Roles.FOLD, 6),
        READ(Roles.READ, Roles.READ, 16),
        IDENTITY(Roles.IDENTITY, Roles.IDENTITY, 8),
        /** Connections of their own: a flood at a door must not use up those that signed-in people need. */
        LIMITS("chronodesk_limits", Roles.IDENTITY, 4);

        private final String pool;
        private final String role;
        private final int connections;

        Login(String pool, String role, int connections) {
            this.pool = pool;
            this.role = role;
            this.connections = connections;
        }
    }

    /** Where the administrator gets in. */
    record Admin(String url, String username, String password) {
        Connection connect() throws SQLException {
            return DriverManager.getConnection(url, username, password);
        }

        @Override
        public String toString() {
            return "Admin[url=" + url + ", username=" + username + "]";
        }
    }

    private final Map<Login, HikariDataSource> pools = new EnumMap<>(Login.class);
    private final Incarnation incarnation = new Incarnation();
    private final Signals signals;
    private final @Nullable EmbeddedPostgres server;
    private final @Nullable Home home;

    private final Admin admin;

    private Database(Admin admin, @Nullable EmbeddedPostgres server, @Nullable Home home) {
        this.admin = admin;
        this.server = server;
        this.home = home;
        for (var login : Login.values()) pools.put(login, pool(admin, login, incarnation));
        this.signals = new Signals(connections(admin, Login.WRITE, incarnation)::getConnection);
    }

    /**
     * Starts the embedded server or uses the URL, makes what is missing, and checks that the server is safe to use.
     *
     * @throws DatabaseUnusableException naming the setting that is wrong, also when a live process serves the directory
     */
    public static Database open(DatabaseSettings settings) {
        if (settings.url() != null) return external(settings, settings.url());
        var home = Home.hold(settings.directory())
                .orElseThrow(() -> new DatabaseUnusableException("Another process serves "
                        + settings.directory().toAbsolutePath().normalize()
                        + ". Stop it first, or start in another directory."));
        return embedded(settings, home);
    }

    /**
     * The same, but joins a live process that serves the directory. Closing what was joined leaves that server as it
     * is.
     */
    public static Database join(DatabaseSettings settings) {
        if (settings.url() != null) return external(settings, settings.url());
        var until = Instant.now().plus(PATIENCE);
        while (true) {
            var home = Home.hold(settings.directory());
            if (home.isPresent()) return embedded(settings, home.orElseThrow());
            var published = Home.published(settings.directory());
            if (published.isPresent()) {
                var there = published.orElseThrow();
                var joined = joined(new Admin(there.url(), there.username(), there.password()));
                if (joined != null) return joined;
            }
            if (Instant.now().isAfter(until))
                throw new DatabaseUnusableException("A process serves "
                        + settings.directory().toAbsolutePath().normalize()
                        + ", but cannot be joined: it neither finishes its start nor ends.");
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseUnusableException("interrupted while waiting for the service", e);
        }
    }

    private static Database external(DatabaseSettings settings, String url) {
        if (!url.startsWith("jdbc:postgresql:"))
            throw new DatabaseUnusableException("chronodesk.database.url must begin with jdbc:postgresql:");
        if (CREDENTIALS.matcher(url).find())
            throw new DatabaseUnusableException("chronodesk.database.url holds a user or a password. Give them as"
                    + " chronodesk.database.username and chronodesk.database.password: the service runs with logins"
                    + " of its own.");
        if (settings.username() == null || settings.password() == null)
            throw new DatabaseUnusableException("chronodesk.database.url is set, so chronodesk.database.username and"
                    + " chronodesk.database.password must be set too, of a role that owns the database and may create"
                    + " roles.");
        var admin = new Admin(url, settings.username(), settings.password());
        setUp(admin);
        return new Database(admin, null, null);
    }

    private static Database embedded(DatabaseSettings settings, Home home) {
        try {
            var server = EmbeddedPostgres.start(PostgresBinaries.find(settings.binaries()), home);
            try {
                var admin = new Admin(server.url(), EmbeddedPostgres.SUPERUSER, server.password());
                setUp(admin);
                home.publish(new Home.Connection(
                        admin.url(),
                        admin.username(),
                        admin.password(),
                        ProcessHandle.current().pid()));
                return new Database(admin, server, home);
            } catch (RuntimeException | IOException e) {
                server.close();
                throw e;
            }
        } catch (IOException e) {
            home.close();
            throw new UncheckedIOException("the connection file cannot be written", e);
        } catch (RuntimeException e) {
            home.close();
            throw e;
        }
    }

    /** Null when the one who published it is gone meanwhile. */
    private static @Nullable Database joined(Admin admin) {
        try (var connection = admin.connect()) {
            Requirements.check(connection);
        } catch (SQLException e) {
            if (e.getCause() instanceof ConnectException) return null;
            throw new DatabaseUnusableException("The running service's database cannot be joined", e);
        }
        if (flyway(admin).info().pending().length > 0)
            throw new DatabaseUnusableException("The running service is of an older version than this one."
                    + " Stop it, or start it anew with this version.");
        return new Database(admin, null, null);
    }

    /** A database whose schemas are there already, because it is a copy of one that was set up. */
    static Database copy(Admin admin) throws SQLException {
        try (var connection = admin.connect()) {
            Roles.grantDatabase(connection);
        }
        return new Database(admin, null, null);
    }

    static void setUp(Admin admin) {
        try (var connection = admin.connect()) {
            Requirements.check(connection);
            Roles.execute(connection, "select pg_advisory_lock(" + SETTING_UP + ")");
            Roles.make(connection);
            Roles.grantDatabase(connection);
            flyway(admin).migrate();
            for (var role : Roles.PERSONS) Requirements.checkRole(connection, role);
            for (var role : Roles.LOGINS) {
                Requirements.checkRole(connection, role);
                try (var login = Roles.connect(connection, admin.url(), role, Roles.password(admin.password(), role))) {
                    Requirements.check(login);
                }
            }
        } catch (SQLException e) {
            throw new DatabaseUnusableException(
                    "The database at " + admin.url() + " (chronodesk.database.url) cannot be set up as "
                            + admin.username()
                            + " (chronodesk.database.username), who must own it and may have to create roles: "
                            + e.getMessage(),
                    e);
        }
    }

    private static Flyway flyway(Admin admin) {
        return Flyway.configure()
                .dataSource(admin.url(), admin.username(), admin.password())
                .locations("classpath:db/migration")
                .defaultSchema("migration")
                .table("history")
                .cleanDisabled(true)
                .validateMigrationNaming(true)
                .load();
    }

    private static Connections connections(Admin admin, Login login, Incarnation incarnation) {
        // a reader may not name the log; where its answers stand comes from the read tables
        return new Connections(admin.url(), properties(admin, login), login == Login.READ ? null : incarnation);
    }

    private static HikariDataSource pool(Admin admin, Login login, Incarnation incarnation) {
        return pool(connections(admin, login, incarnation), login.pool, login.connections);
    }

    static HikariDataSource pool(DataSource connections, String name, int most) {
        var config = new HikariConfig();
        config.setPoolName(name);
        config.setDataSource(connections);
        config.setMaximumPoolSize(most);
        config.setMinimumIdle(0);
        config.setIdleTimeout(Duration.ofMinutes(2).toMillis());
        config.setConnectionTimeout(Duration.ofSeconds(10).toMillis());
        config.setInitializationFailTimeout(-1);
        // Otherwise the pool asks its first connection, and when that one is lost just then, none is ever made again.
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        return new HikariDataSource(config);
    }

    private static Properties properties(Admin admin, Login login) {
        var properties = new Properties();
        properties.setProperty("user", login.role);
        properties.setProperty("password", Roles.password(admin.password(), login.role));
        properties.setProperty("ApplicationName", login.pool);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", "10");
        // details show the row that was refused, and that may say something about a person
        properties.setProperty("logServerErrorDetail", "false");
        if (login.role.equals(Roles.WRITE)) {
            properties.setProperty("prepareThreshold", "1");
            properties.setProperty("binaryTransferEnable", PostgresEventLog.BINARY_ARRAYS);
            properties.setProperty("socketTimeout", "60");
            // a plan that was made while a table was small must not go on reading all of it
            properties.setProperty("options", "-c lock_timeout=20s -c enable_seqscan=off");
        }
        if (login == Login.READ) {
            // each keeps its plan on the server, and that of a deep query is large
            properties.setProperty("preparedStatementCacheQueries", "64");
            // once and for all: when it changes, the driver forgets every statement that is prepared
            properties.setProperty("options", "-c search_path=");
        }
        if (login == Login.LIMITS) {
            properties.setProperty("prepareThreshold", "1");
            // A node that stops in the middle of a transaction holds its bucket no longer than this.
            properties.setProperty(
                    "options",
                    "-c synchronous_commit=off -c lock_timeout=5s -c idle_in_transaction_session_timeout=5s"
                            + " -c enable_seqscan=off");
        }
        if (login == Login.FOLD) {
            properties.setProperty("prepareThreshold", "1");
            // A follower that stops in the middle of a transaction holds rows no longer than its lease lasts. What a
            // crash of the database loses of its work is folded again. A fold asks for rows by their keys, and a plan
            // that was made while a table was small must not go on reading all of it.
            properties.setProperty(
                    "options",
                    "-c lock_timeout=20s -c idle_in_transaction_session_timeout=2500 -c synchronous_commit=off"
                            + " -c enable_seqscan=off -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2");
        }
        return properties;
    }

    /** Login {@code chronodesk_write}: appends to the log and reads it, and keeps the service's own keys. */
    public DataSource write() {
        return pool(Login.WRITE);
    }

    /** The same login, for the keys of persons only. */
    public DataSource keys() {
        return pool(Login.KEYS);
    }

    /** Login {@code chronodesk_fold}: reads the log, owns the read tables and its followers' checkpoints. */
    public DataSource fold() {
        return pool(Login.FOLD);
    }

    /**
     * Login {@code chronodesk_read}: owns nothing, sees nothing, and may only become one of the persons' roles with
     * {@code set local role}.
     */
    public DataSource read() {
        return pool(Login.READ);
    }

    /** Login {@code chronodesk_identity}: accounts and sessions, and reads the log. */
    public DataSource identity() {
        return pool(Login.IDENTITY);
    }

    /** The same login, for the rate limits only. A crash of the server may forget what was counted just before. */
    public DataSource limits() {
        return pool(Login.LIMITS);
    }

    /** What nodes on this database tell each other. */
    public Signals signals() {
        return signals;
    }

    /** Which history of the log this database is, as every new connection has last seen it. */
    public Incarnation incarnation() {
        return incarnation;
    }

    /**
     * Begins another incarnation of the log, as its administrator; for a restore that the database cannot notice.
     *
     * @throws DatabaseUnusableException when it cannot be asked
     */
    public UUID beginIncarnation() {
        try (var connection = admin.connect();
                var begin = connection.prepareStatement("select log.begin_incarnation() as id");
                var row = begin.executeQuery()) {
            row.next();
            return row.getObject("id", UUID.class);
        } catch (SQLException e) {
            throw new DatabaseUnusableException("no other incarnation of the log could be begun", e);
        }
    }

    /** All pools, to be measured. */
    public List<DataSource> pools() {
        return List.copyOf(pools.values());
    }

    private DataSource pool(Login login) {
        var pool = pools.get(login);
        if (pool == null) throw new IllegalStateException("every login has a pool");
        return pool;
    }

    /** Ends all connections, then stops the server if this process started it. Close what uses them before. */
    @Override
    public void close() {
        signals.close();
        pools.values().forEach(HikariDataSource::close);
        if (server == null || home == null) return;
        LOG.info("Stopping the embedded PostgreSQL");
        try (home) {
            home.unpublish();
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the connection file cannot be removed", e);
        }
    }
}
