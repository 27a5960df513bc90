package dev.chronodesk.db.log;

/** Another append was first on one of the streams. Load it again and decide again. */
public final class AppendConflictException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public AppendConflictException(String message) {
        super(message, null, false, false);
    }
}
