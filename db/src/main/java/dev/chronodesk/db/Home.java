package dev.chronodesk.db;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The directory of an embedded server: its data, its password, and which process serves it. One live process holds its
 * lock; the operating system gives the lock back when that process ends, however it ends.
 */
final class Home implements AutoCloseable {

    /** How another process of this machine reaches the server while it is served; {@code pid} is who serves it. */
    record Connection(String url, String username, String password, long pid) {
        @Override
        public String toString() {
            return "Connection[url=" + url + ", username=" + username + ", pid=" + pid + "]";
        }
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** A second channel to a lock file would give the first one's lock back when it is closed, so none is opened. */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel file;
    private final FileLock lock;

    private Home(Path directory, FileChannel file, FileLock lock) {
        this.directory = directory;
        this.file = file;
        this.lock = lock;
    }

    /** Makes this process the one that serves the directory; empty while another live one does. */
    static Optional<Home> hold(Path given) {
        try {
            var directory = SecretFile.directory(given).toRealPath();
            if (!HELD_HERE.add(directory)) return Optional.empty();
            var held = false;
            try {
                var home = lock(directory);
                held = home.isPresent();
                return home;
            } finally {
                if (!held) HELD_HERE.remove(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the directory " + given.toAbsolutePath() + " cannot be used", e);
        }
    }

    private static Optional<Home> lock(Path directory) throws IOException {
        var file = FileChannel.open(
                directory.resolve("lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        var held = false;
        try {
            var lock = file.tryLock();
            if (lock == null) return Optional.empty();
            held = true;
            return Optional.of(new Home(directory, file, lock));
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        } finally {
            if (!held) file.close();
        }
    }

    Path directory() {
        return directory;
    }

    Path data() {
        return directory.resolve("postgres");
    }

    Path passwordFile() {
        return directory.resolve("password");
    }

    Path serverLog() {
        return directory.resolve("postgres.log");
    }

    /** The superuser's password, made once, before the data that needs it. */
    String password() throws IOException {
        try {
            return Files.readString(passwordFile()).strip();
        } catch (NoSuchFileException missing) {
            if (Files.exists(data().resolve("PG_VERSION")))
                throw new DatabaseUnusableException(
                        passwordFile() + " is missing, and without it the data in " + data()
                                + " cannot be opened. Put the file back from a backup.",
                        missing);
            var bytes = new byte[24];
            new SecureRandom().nextBytes(bytes);
            var password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            SecretFile.write(passwordFile(), password + "\n");
            return password;
        }
    }

    void publish(Connection connection) throws IOException {
        SecretFile.write(directory.resolve("connection.json"), JSON.writeValueAsString(connection));
    }

    void unpublish() throws IOException {
        Files.deleteIfExists(directory.resolve("connection.json"));
    }

    /** What the live owner of the directory has published; empty while it starts or stops. */
    static Optional<Connection> published(Path directory) {
        try {
            return Optional.of(
                    JSON.readValue(Files.readString(directory.resolve("connection.json")), Connection.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | JacksonException e) {
            throw new DatabaseUnusableException(directory.resolve("connection.json") + " cannot be read", e);
        }
    }

    @Override
    public void close() {
        try (file) {
            unpublish();
            lock.release();
        } catch (IOException e) {
            throw new UncheckedIOException("the lock of " + directory + " cannot be given back", e);
        } finally {
            HELD_HERE.remove(directory);
        }
    }
}
