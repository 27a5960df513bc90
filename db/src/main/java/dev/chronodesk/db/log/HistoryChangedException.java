package dev.chronodesk.db.log;

/**
 * The log is not the one that a follower has followed: it was restored, or failed over to another history. What the
 * follower has made must be made anew; it may not go on.
 */
public final class HistoryChangedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public HistoryChangedException(String message) {
        super(message);
    }
}
