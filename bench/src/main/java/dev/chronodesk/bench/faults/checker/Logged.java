package dev.chronodesk.bench.faults.checker;

import java.time.Instant;
import java.util.UUID;

/**
 * An event as far as the rules look at it.
 *
 * @param type logical name
 * @param sentBy who sent the command that caused it
 * @param key the command's idempotency key
 */
public record Logged(
        long position, UUID stream, int seq, UUID eventId, Instant recordedAt, String type, UUID sentBy, String key) {}
