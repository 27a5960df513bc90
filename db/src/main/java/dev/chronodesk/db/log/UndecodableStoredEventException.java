package dev.chronodesk.db.log;

/**
 * A stored event that cannot be decoded. Whoever reads it stops here, with position and reason; it is never skipped.
 */
public final class UndecodableStoredEventException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final long position;

    public UndecodableStoredEventException(long position, String reason, Throwable cause) {
        super("event at position " + position + " cannot be decoded: " + reason, cause);
        this.position = position;
    }

    public long position() {
        return position;
    }
}
