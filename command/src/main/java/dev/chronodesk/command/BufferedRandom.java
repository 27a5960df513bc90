package dev.chronodesk.command;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Numbers of a secure generator, fetched many at once: asking it for eight bytes costs about as much as for a thousand.
 * What was given out is forgotten here.
 */
final class BufferedRandom implements RandomGenerator {

    private static final int BYTES = 4096;

    private final SecureRandom random;
    private final byte[] bytes = new byte[BYTES];
    private final ByteBuffer buffer = ByteBuffer.wrap(bytes).limit(0);

    BufferedRandom(SecureRandom random) {
        this.random = random;
    }

    @Override
    public synchronized long nextLong() {
        if (buffer.remaining() < Long.BYTES) {
            random.nextBytes(bytes);
            buffer.clear();
        }
        var at = buffer.position();
        var number = buffer.getLong();
        Arrays.fill(bytes, at, at + Long.BYTES, (byte) 0);
        return number;
    }
}
