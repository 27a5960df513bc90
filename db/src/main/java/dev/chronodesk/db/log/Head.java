package dev.chronodesk.db.log;

import java.time.Instant;

/** The last position of the log and when it was recorded. */
public record Head(long position, Instant recordedAt) {

    /** The head of an empty log. */
    public static final Head NONE = new Head(0, Instant.EPOCH);
}
