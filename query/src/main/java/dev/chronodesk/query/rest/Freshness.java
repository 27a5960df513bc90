package dev.chronodesk.query.rest;

import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.port.LiveTables;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Answers only from tables that include what the client has seen. Waits without holding a connection. */
final class Freshness {

    static final String MIN_POSITION = "Chronodesk-Min-Position";
    static final String POSITION = "Chronodesk-Position";

    private final LiveTables live;
    private final EventLog log;

    Freshness(LiveTables live, EventLog log) {
        this.live = live;
        this.log = log;
    }

    /** The position that the header names; 0 without it. */
    static long wanted(@Nullable String header) {
        if (header == null) return 0;
        if (!header.strip().matches("\\d{1,18}"))
            throw new RestException(400, "CD400", MIN_POSITION + " must be a position, a whole number", null, null);
        return Long.parseLong(header.strip());
    }

    /** Returns when the tables include it. */
    void await(long position, Duration patience) throws InterruptedException {
        if (live.position() >= position) return;
        var head = log.head().position();
        if (position > head)
            throw new RestException(
                    400, "CD400", MIN_POSITION + " lies beyond the head", "The head is at " + head + ".", null);
        if (!live.await(position, patience)) throw behind(position, head);
    }

    /**
     * Returns when the tables include all that was recorded until now, and that position: rows that are to be changed
     * must not be chosen from what has changed already.
     */
    long awaitHead(Duration patience) throws InterruptedException {
        var head = log.head().position();
        if (!reached(head, patience)) throw behind(head, head);
        return head;
    }

    /** Whether the tables include it in time. */
    boolean reached(long position, Duration patience) throws InterruptedException {
        return live.position() >= position || live.await(position, patience);
    }

    private RestException behind(long position, long head) {
        var at = live.position();
        return new RestException(
                503,
                "CD503",
                "the read tables do not include position " + position + " yet",
                "They stand at " + at + ", " + Math.max(0, head - at) + " behind the head.",
                "Try again, or wait longer with Prefer: wait=30.");
    }

    /** What no answer may stand before: what this node has already told somebody. */
    long known() {
        return live.position();
    }
}
