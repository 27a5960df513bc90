package dev.chronodesk.db;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/** Files and directories that only their owner may read. */
public final class SecretFile {

    private SecretFile() {}

    /** The directory, made when it is missing. */
    public static Path directory(Path directory) throws IOException {
        if (Files.isDirectory(directory)) return directory;
        return Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** Readable by its owner only from its first byte on, and whole or not there at all; so is its directory. */
    public static void write(Path file, String content) throws IOException {
        directory(parent(file));
        var making = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(making);
        try {
            Files.createFile(
                    making, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            throw new IOException("somebody else writes " + making, e);
        }
        Files.writeString(making, content);
        try (var written = FileChannel.open(making, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        Files.move(making, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        // its name is to be as durable as what is in it
        try (var directory = FileChannel.open(parent(file), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static Path parent(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file is in a directory");
    }
}
