package dev.chronodesk.db.port;

import java.time.Duration;

/** How far the live read tables are, for a command whose sender wants to wait for them. */
public interface LiveTables {

    /** The position that the live read tables stand at. */
    long position();

    /** Waits, holding no connection, until the live read tables include {@code position}; whether they do now. */
    boolean await(long position, Duration patience) throws InterruptedException;
}
