package dev.chronodesk.query;

import dev.chronodesk.db.log.EventLog;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

/** Which position of the log somebody means: by its number, or by a moment of recorded time. */
public final class Positions {

    /** What was said means no position. The message is the rule, to be put behind the name of what said it. */
    public static final class NoPositionException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoPositionException(String rule) {
            super(rule, null, false, false);
        }

        public String rule() {
            return String.valueOf(getMessage());
        }
    }

    private final EventLog log;

    public Positions(EventLog log) {
        this.log = log;
    }

    /** @throws NoPositionException when it is neither a position up to the head nor a moment that has been */
    public long of(String text) {
        if (!text.matches("\\d+")) return at(moment(text));
        var head = log.head().position();
        if (text.length() > 18 || Long.parseLong(text) > head)
            throw new NoPositionException("lies beyond the head, which is at " + head);
        return Long.parseLong(text);
    }

    /** The last position that was recorded at that moment or before. */
    public long at(Instant moment) {
        // before there was anything, and beyond what a database can say
        if (moment.isBefore(Instant.EPOCH)) return 0;
        if (moment.isAfter(Instant.now().plus(Duration.ofDays(1)))) throw future();
        try {
            return log.positionAt(moment);
        } catch (IllegalArgumentException e) {
            throw future();
        }
    }

    private static NoPositionException future() {
        return new NoPositionException("lies in the future");
    }

    /** A moment with its offset. */
    public static Instant moment(String text) {
        try {
            // a + in a query means a space unless it was encoded
            return OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
        } catch (DateTimeException e) {
            throw new NoPositionException("must be a moment like 2026-01-31T12:00:00Z");
        }
    }
}
