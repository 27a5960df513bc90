package dev.chronodesk.db.keys;

import dev.chronodesk.db.SecretFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The list of destroyed keys outside the database, so that a database restored from before does not bring anybody back:
 * one line each with the person, the moment and a checksum of both. Lines are only added. A line cut by a crash was
 * never acted on and is dropped.
 */
final class DestroyedKeys {

    private final Path file;

    DestroyedKeys(Path file) {
        this.file = file;
    }

    /** Who is on it, and since when. */
    Map<UUID, Instant> read() throws IOException {
        synchronized (DestroyedKeys.class) {
            if (!Files.exists(file)) return Map.of();
            try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                channel.lock(); // until it is closed
                return read(channel);
            }
        }
    }

    /** Adds them; durable when this returns. */
    void add(Collection<UUID> persons, Instant at) throws IOException {
        if (persons.isEmpty()) return;
        var lines = new StringBuilder();
        for (var person : persons) lines.append(line(person, at)).append('\n');
        // two channels of one process may not lock one file
        synchronized (DestroyedKeys.class) {
            if (!Files.exists(file)) SecretFile.write(file, "");
            try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                channel.lock(); // until it is closed
                read(channel);
                channel.position(channel.size());
                var bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) channel.write(bytes);
                channel.force(true);
            }
        }
    }

    private Map<UUID, Instant> read(FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
        channel.position(0);
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
            // reads until the end
        }
        var text = new String(bytes.array(), StandardCharsets.UTF_8);
        var whole = text.lastIndexOf('\n') + 1;
        if (whole < text.length()) channel.truncate(text.substring(0, whole).getBytes(StandardCharsets.UTF_8).length);
        var listed = new LinkedHashMap<UUID, Instant>();
        var number = 0;
        for (var line : text.substring(0, whole).lines().toList()) {
            number++;
            var words = line.split(" ", -1);
            try {
                var person = UUID.fromString(words[0]);
                var at = Instant.parse(words[1]);
                if (!line.equals(line(person, at))) throw new IllegalArgumentException("another checksum");
                listed.putIfAbsent(person, at);
            } catch (RuntimeException e) {
                throw new KeysUnusableException(
                        "chronodesk.keys.directory: line " + number + " of " + file.toAbsolutePath()
                                + " is damaged. Without this list a restore could bring back what was erased: put it"
                                + " back from a copy, or remove that one line if you know whose it is.",
                        e);
            }
        }
        return listed;
    }

    private static String line(UUID person, Instant at) {
        var fact = person + " " + at;
        var checksum = new CRC32C();
        checksum.update(fact.getBytes(StandardCharsets.UTF_8));
        return fact + " " + String.format("%08x", checksum.getValue());
    }
}
