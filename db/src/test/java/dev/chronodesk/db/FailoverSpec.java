package dev.chronodesk.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.chronodesk.db.log.Append;
import dev.chronodesk.db.log.Checkpoints;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.HistoryChangedException;
import dev.chronodesk.db.log.LogUnavailableException;
import dev.chronodesk.db.log.NewEvent;
import dev.chronodesk.db.log.PostgresEventLog;
import dev.chronodesk.events.Metadata;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.StatusChanged;
import dev.chronodesk.events.ticket.TicketId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real standby takes over from a primary that was killed, and a node with the addresses of both goes on. */
@Timeout(180)
class FailoverSpec {

    private static final Set<String> OF_THE_PRIMARY = Set.of("postmaster.pid", "postmaster.opts");

    private static final String FOLLOWER = "a follower";

    @TempDir
    private Path directory;

    @Test
    void a_standby_that_takes_over_is_another_incarnation_and_appends_go_on() throws Exception {
        var binaries = PostgresBinaries.find(null);
        try (var home = Home.hold(directory.resolve("primary")).orElseThrow();
                var primary = EmbeddedPostgres.start(binaries, home)) {
            Database.setUp(admin(primary.url(), primary));
            copy(primary, home);
            try (var other = Home.hold(directory.resolve("standby")).orElseThrow();
                    var standby = EmbeddedPostgres.start(binaries, other)) {
                var both = primary.url().replace("/chronodesk", "," + address(standby) + "/chronodesk");
                var settings = new DatabaseSettings(
                        both + "?targetServerType=primary",
                        EmbeddedPostgres.SUPERUSER,
                        primary.password(),
                        null,
                        directory);
                try (var node = Database.open(settings);
                        var log = new PostgresEventLog(
                                node.write(), new EventCodec(), node.incarnation(), node.signals())) {
                    takeOver(node, log, primary, home, standby);
                }
            }
        }
    }

    private void takeOver(Database node, EventLog log, EmbeddedPostgres primary, Home home, EmbeddedPostgres standby)
            throws Exception {
        var stream = UUID.randomUUID();
        log.append(append(stream, 0, 5));
        var before = log.incarnation();
        var done = log.after(0, 5).getLast();
        try (var connection = node.fold().getConnection()) {
            Checkpoints.save(FOLLOWER, done.position(), done.eventId(), connection);
            assertThat(Checkpoints.load(FOLLOWER, connection)).isEqualTo(done.position());
        }
        awaitReplayed(primary, standby);

        var pid = Long.parseLong(Files.readAllLines(home.data().resolve("postmaster.pid"))
                .getFirst()
                .strip());
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        try (var connection = admin(standby.url(), standby).connect()) {
            Roles.execute(connection, "select pg_promote(true, 60)");
        }

        appendSoon(log, append(stream, 5, 1));
        assertThat(log.stream(stream, 0)).hasSize(6);
        assertThat(log.incarnation()).isNotEqualTo(before);
        assertThatExceptionOfType(HistoryChangedException.class)
                .isThrownBy(() -> loadSoon(node.fold()))
                .withMessageContaining("another incarnation");
    }

    /** The pool may hand out a connection to the dead server once more. */
    private static void loadSoon(DataSource fold) throws SQLException, InterruptedException {
        for (var until = Instant.now().plusSeconds(30); ; Thread.sleep(100)) {
            try (var connection = fold.getConnection()) {
                Checkpoints.load(FOLLOWER, connection);
                return;
            } catch (SQLException e) {
                if (Instant.now().isAfter(until)) throw e;
            }
        }
    }

    /** With a connection that died it is not known what became of it; then the same is asked for again. */
    private static void appendSoon(EventLog log, Append append) throws InterruptedException {
        for (var until = Instant.now().plusSeconds(30); ; Thread.sleep(100)) {
            try {
                log.append(append);
                return;
            } catch (LogUnavailableException e) {
                if (Instant.now().isAfter(until)) throw e;
            }
        }
    }

    private static Append append(UUID stream, int seq, int count) {
        var events = new java.util.ArrayList<NewEvent>();
        for (var number = seq; number < seq + count; number++)
            events.add(new NewEvent(
                    number,
                    UUID.randomUUID(),
                    null,
                    new StatusChanged(new TicketId(stream), Status.NEW, Status.OPEN),
                    new Metadata(stream, Role.AGENT, stream, false, "ChangeStatus", "key " + number, null)));
        return new Append(List.copyOf(events), null);
    }

    private static Database.Admin admin(String url, EmbeddedPostgres server) {
        return new Database.Admin(url, EmbeddedPostgres.SUPERUSER, server.password());
    }

    private static String address(EmbeddedPostgres server) {
        return server.url().replace("jdbc:postgresql://", "").replace("/chronodesk", "");
    }

    /** A base backup by hand: the binaries that come with the build have no program for it. */
    private void copy(EmbeddedPostgres primary, Home home) throws SQLException, IOException {
        var to = Files.createDirectories(directory.resolve("standby"));
        Files.copy(home.passwordFile(), to.resolve("password"), StandardCopyOption.COPY_ATTRIBUTES);
        var data = to.resolve("postgres");
        try (var connection = admin(primary.url(), primary).connect()) {
            Roles.execute(connection, "select pg_backup_start('copy', true)");
            copy(home.data(), data);
            Files.writeString(
                    data.resolve("backup_label"), one(connection, "select labelfile from pg_backup_stop(false)"));
        }
        Files.createFile(data.resolve("standby.signal"));
        var server = address(primary).split(":", -1);
        Files.writeString(
                data.resolve("postgresql.auto.conf"),
                "\nprimary_conninfo = 'host=%s port=%s user=%s password=%s'%n"
                        .formatted(server[0], server[1], EmbeddedPostgres.SUPERUSER, primary.password()),
                StandardOpenOption.APPEND);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var paths = Files.walk(from)) {
            for (var path : (Iterable<Path>) paths::iterator) {
                var name = from.relativize(path);
                if (OF_THE_PRIMARY.contains(name.toString())) continue;
                // what it needs of the log it asks the primary for
                if (name.startsWith("pg_wal") && Files.isRegularFile(path)) continue;
                Files.copy(path, to.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void awaitReplayed(EmbeddedPostgres primary, EmbeddedPostgres standby) throws Exception {
        String written;
        try (var connection = admin(primary.url(), primary).connect()) {
            // also what a follower has committed and nobody has flushed yet
            written = one(connection, "select pg_current_wal_insert_lsn()::text");
        }
        try (var connection = admin(standby.url(), standby).connect()) {
            for (var until = Instant.now().plus(Duration.ofSeconds(60)); ; Thread.sleep(50)) {
                if (one(connection, "select (pg_last_wal_replay_lsn() >= '" + written + "')::text")
                        .equals("true")) return;
                assertThat(Instant.now()).as("the standby replays").isBefore(until);
            }
        }
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
