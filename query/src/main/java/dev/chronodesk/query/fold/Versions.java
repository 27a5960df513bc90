package dev.chronodesk.query.fold;

import dev.chronodesk.db.log.Recorded;

/** Holds a row and its stream in step: the guard against an event folded twice or not at all. */
public final class Versions {

    private Versions() {}

    /**
     * The event is the next one of a stream of which so many events are folded.
     *
     * @throws FoldException when it is not
     */
    public static void follows(Recorded<?> recorded, int folded) {
        if (recorded.seq() != folded)
            throw new FoldException("event " + recorded.seq() + " of stream "
                    + recorded.event().streamId() + " is folded onto a row of " + folded + " events");
    }
}
