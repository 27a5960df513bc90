package dev.chronodesk.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;

/**
 * How long the disk alone takes to make 8 KiB durable, one after the other, in place: no commit can be quicker, and
 * where the disk stands still, everything does.
 */
final class Disk {

    private static final int BYTES = 8 << 10;
    private static final long FILE = 16 << 20;

    private Disk() {}

    /** Prints one line; the file lies where temporary files do, as the server's data. */
    static void print(Duration duration) throws IOException {
        var file = Files.createTempFile("chronodesk-disk", ".bench");
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (var at = 0L; at < FILE; at += BYTES) channel.write(ByteBuffer.allocate(BYTES), at);
            channel.force(true);
            var times = new ArrayList<Double>();
            var end = System.nanoTime() + duration.toNanos();
            for (var at = 0L; System.nanoTime() < end; at = (at + BYTES) % FILE) {
                channel.write(ByteBuffer.allocate(BYTES), at);
                var from = System.nanoTime();
                channel.force(false);
                times.add((System.nanoTime() - from) / 1e6);
            }
            System.out.printf(
                    "the disk alone, 8 KiB made durable: p50 %.2f ms, p99 %.2f ms, p99.99 %.1f ms, longest %.0f ms of"
                            + " %,d in %d s%n",
                    Figures.median(times),
                    Figures.at(0.99, times),
                    Figures.at(0.9999, times),
                    Figures.at(1, times),
                    times.size(),
                    duration.toSeconds());
        } finally {
            Files.delete(file);
        }
    }
}
