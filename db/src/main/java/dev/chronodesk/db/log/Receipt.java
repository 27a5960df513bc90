package dev.chronodesk.db.log;

import java.time.Instant;
import java.util.UUID;

/**
 * What became of a command.
 *
 * @param firstPosition position of its first event; with none, the head's when it was decided
 * @param lastPosition position of its last event; with none, the head's when it was decided
 * @param outcome as the draft had it
 */
@SuppressWarnings("ArrayRecordComponent") // compared as bytes where it matters
public record Receipt(
        UUID principal,
        String key,
        byte[] fingerprint,
        byte[] outcome,
        long firstPosition,
        long lastPosition,
        Instant recordedAt) {}
