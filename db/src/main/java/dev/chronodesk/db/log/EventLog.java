package dev.chronodesk.db.log;

import dev.chronodesk.events.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One table, one order, no gaps. Positions are 1, 2, 3 … in commit order; a stream's events are numbered 0, 1, 2 …;
 * what was appended never changes.
 */
public interface EventLog {

    /**
     * Appends all events of one command and its receipt, or nothing. Returns after the commit is durable. Many callers
     * at once share one commit; a conflict is its own append's alone.
     *
     * @throws AppendConflictException when another append took a {@code (streamId, seq)} first
     * @throws ReceiptExistsException when the receipt's key was already used; nothing was appended
     * @throws LogUnavailableException when the queue is full, the log is closing, or the outcome could not be learnt;
     *     the same append with the same key finds out
     */
    Appended append(Append append);

    /** The events of a stream from {@code fromSeq} on, in order; empty for a stream that does not exist. */
    List<Recorded<Event>> stream(UUID streamId, int fromSeq);

    /** How many events the stream has; 0 when it does not exist. */
    int version(UUID streamId);

    /**
     * Up to {@code limit} events after {@code position}, in order. Whoever has seen a position has seen all before it.
     */
    List<Recorded<Event>> after(long position, int limit);

    /** The same as bytes, for whoever does not need to understand them. */
    List<StoredEvent> storedAfter(long position, int limit);

    /** The last position and when it was recorded; {@link Head#NONE} for an empty log. */
    Head head();

    /**
     * The last position recorded at or before that moment; 0 when there is none. Repeatable: events appended later are
     * recorded after the moment.
     *
     * @throws IllegalArgumentException when the moment lies in the future of the database's clock
     */
    long positionAt(Instant moment);

    /** What became of the command with that key, if it is known. */
    Optional<Receipt> receipt(UUID principal, String key);

    /**
     * Which history the log is. Another one after a restore, and after a change of the primary: positions and versions
     * of the one before mean nothing in it, and nothing that was remembered of it may be relied on.
     */
    UUID incarnation();

    /**
     * Waits until there is an event after {@code position}. Woken in memory by appends of this node and by hints of
     * others; a slow poll finds what no hint came for.
     *
     * @return whether there is one now
     */
    boolean awaitAfter(long position, Duration patience) throws InterruptedException;
}
