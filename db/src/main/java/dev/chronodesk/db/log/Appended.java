package dev.chronodesk.db.log;

import java.time.Instant;

/**
 * An append that is durable.
 *
 * @param firstPosition position of its first event; with none, the head's
 * @param lastPosition position of its last event; with none, the head's
 */
public record Appended(long firstPosition, long lastPosition, Instant recordedAt) {}
