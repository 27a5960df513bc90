package dev.chronodesk.db.port;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One event as a reader of history sees it.
 *
 * @param changes before and after by column name, as {@code {"status": {"from": "new", "to": "open"}}}; never a text
 */
public record HistoryEntry(
        long position,
        int seq,
        String type,
        UUID actor,
        UUID sentBy,
        Instant recordedAt,
        Instant occurredAt,
        Map<String, Change> changes) {

    /** A column before and after; {@code from} is null at creation. */
    public record Change(@Nullable Object from, @Nullable Object to) {}
}
