package dev.chronodesk.db;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A directory with {@code bin/postgres}, {@code bin/initdb} and {@code bin/pg_ctl}. */
record PostgresBinaries(Path home) {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresBinaries.class);

    /** What the embedded server is made of, from the directory given or else from the class path. */
    static PostgresBinaries find(@Nullable Path given) {
        if (given != null) return in(given);
        var resource = PostgresBinaries.class.getResource("/" + archive());
        if (resource == null)
            throw new DatabaseUnusableException("There is no database: chronodesk.database.url is not set, and neither"
                    + " is chronodesk.database.binaries, and no PostgreSQL for this machine (" + archive()
                    + ") is on the class path. Set chronodesk.database.url (with .username and .password) to use a"
                    + " server of yours, or chronodesk.database.binaries to a directory with bin/postgres.");
        return unpacked(resource);
    }

    private static PostgresBinaries in(Path home) {
        for (var program : List.of("postgres", "initdb", "pg_ctl"))
            if (!Files.isExecutable(home.resolve("bin").resolve(program)))
                throw new DatabaseUnusableException("chronodesk.database.binaries is " + home.toAbsolutePath()
                        + ", and there is no program bin/" + program + " in it. Set it to the directory that holds bin,"
                        + " lib and share of a PostgreSQL, or set chronodesk.database.url to use a running server.");
        return new PostgresBinaries(home.toAbsolutePath());
    }

    Path program(String name) {
        return home.resolve("bin").resolve(name);
    }

    /** What the archive for this machine is called in the jars that carry it. */
    static String archive() {
        var name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        var system = name.startsWith("mac") ? "darwin" : name.replace(' ', '_');
        var machine =
                switch (System.getProperty("os.arch")) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64", "arm64" -> "arm_64";
                    case String other -> other;
                };
        return "postgres-" + system + "-" + machine + ".txz";
    }

    /** Unpacks once for each content; the directory appears whole or not at all, however many processes do it. */
    static PostgresBinaries unpacked(URL archive) {
        try {
            return unpacked(archive, cache());
        } catch (IOException e) {
            throw new UncheckedIOException("there is no place to unpack PostgreSQL", e);
        }
    }

    static PostgresBinaries unpacked(URL archive, Path cache) {
        try {
            var home = cache.resolve(hash(archive));
            if (Files.isDirectory(home)) return in(home);
            LOG.info("Unpacking PostgreSQL into {}", home);
            var making = Files.createTempDirectory(cache, ".unpacking-");
            try {
                unpack(archive, making);
                Files.move(making, home, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                // a directory with content is never replaced: then another process was first
                if (!Files.isDirectory(home)) throw e;
            } finally {
                delete(making);
            }
            return in(home);
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL cannot be unpacked", e);
        }
    }

    private static Path cache() throws IOException {
        var xdg = System.getenv("XDG_CACHE_HOME");
        var base = xdg == null || xdg.isBlank()
                ? Path.of(System.getProperty("user.home")).resolve(".cache")
                : Path.of(xdg);
        return Files.createDirectories(base.resolve("chronodesk").resolve("postgres"));
    }

    private static String hash(URL archive) throws IOException {
        try (var in = new DigestInputStream(archive.openStream(), sha256())) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        }
    }

    private static MessageDigest sha256() {
        try {
            return Objects.requireNonNull(MessageDigest.getInstance("SHA-256"));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void unpack(URL archive, Path into) throws IOException {
        try (InputStream bytes = new BufferedInputStream(archive.openStream());
                var tar = new TarArchiveInputStream(new XZCompressorInputStream(bytes))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                var path = into.resolve(entry.getName()).normalize();
                if (!path.startsWith(into)) throw new IOException(entry.getName() + " leaves the archive");
                if (entry.isDirectory()) Files.createDirectories(path);
                else unpack(tar, entry, path, into);
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path path, Path into)
            throws IOException {
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else if (entry.isLink()) {
            Files.createLink(path, into.resolve(entry.getLinkName()));
        } else {
            Files.copy(tar, path);
            if ((entry.getMode() & 0100) != 0) {
                var permissions = EnumSet.copyOf(Files.getPosixFilePermissions(path));
                permissions.add(PosixFilePermission.OWNER_EXECUTE);
                Files.setPosixFilePermissions(path, permissions);
            }
            // the directory is taken as whole for ever once it has its name, so also after a power cut
            try (var file = FileChannel.open(path, StandardOpenOption.READ)) {
                file.force(true);
            }
        }
    }

    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) return;
        try (var paths = Files.walk(directory)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(path);
        }
    }
}
