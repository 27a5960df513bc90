package dev.chronodesk.db.log;

import dev.chronodesk.events.Event;
import dev.chronodesk.events.Metadata;
import java.time.Instant;
import java.util.UUID;

/**
 * An event with its place in history.
 *
 * @param position in the log, from 1
 * @param seq in its stream, from 0
 * @param revision in which it is stored
 * @param recordedAt by the database's clock, never decreasing along {@code position}
 * @param occurredAt when it happened; earlier than recorded for imported history
 */
public record Recorded<E extends Event>(
        long position,
        int seq,
        int revision,
        UUID eventId,
        Instant recordedAt,
        Instant occurredAt,
        E event,
        Metadata metadata) {}
