package dev.chronodesk.db.log;

import dev.chronodesk.events.Event;
import dev.chronodesk.events.Metadata;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event that is not recorded yet. Its stream is the event's own.
 *
 * @param seq its number in the stream, from 0
 * @param eventId names it for ever, UUIDv7
 * @param occurredAt when it happened, or null for now: then it is when it is recorded
 */
public record NewEvent(int seq, UUID eventId, @Nullable Instant occurredAt, Event event, Metadata metadata) {}
