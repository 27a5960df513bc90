package dev.chronodesk.events;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** UUIDs of RFC 9562 that the JDK does not make. */
public final class Uuids {

    private Uuids() {}

    /** Version 7: ordered by time, so that new rows go to the end of their index. */
    public static UUID v7(Instant at, RandomGenerator random) {
        var high = (at.toEpochMilli() << 16) | 0x7000L | (random.nextLong() & 0x0FFFL);
        var low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    /** Version 5: the same name in the same namespace is the same id, always and everywhere. */
    public static UUID v5(UUID namespace, String name) {
        var digest = sha1();
        digest.update(bytes(namespace));
        return eight(digest.digest(name.getBytes(StandardCharsets.UTF_8)), 5);
    }

    /** Version 8: the first 122 bits of a keyed hash, with the version and variant set. */
    public static UUID v8(byte[] hash) {
        return eight(hash, 8);
    }

    private static UUID eight(byte[] hash, int version) {
        var buffer = ByteBuffer.wrap(hash);
        var high = (buffer.getLong() & 0xFFFF_FFFF_FFFF_0FFFL) | ((long) version << 12);
        var low = (buffer.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    private static MessageDigest sha1() {
        try {
            return Objects.requireNonNull(MessageDigest.getInstance("SHA-1"));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
