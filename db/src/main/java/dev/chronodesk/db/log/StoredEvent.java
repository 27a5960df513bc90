package dev.chronodesk.db.log;

import java.time.Instant;
import java.util.UUID;

/** A row of the log as it is stored; {@code payload} and {@code metadata} are the exact bytes written. */
@SuppressWarnings("ArrayRecordComponent") // the bytes are the point
public record StoredEvent(
        long position,
        UUID streamId,
        int seq,
        String streamType,
        String type,
        int revision,
        UUID eventId,
        Instant recordedAt,
        Instant occurredAt,
        byte[] payload,
        byte[] metadata) {}
