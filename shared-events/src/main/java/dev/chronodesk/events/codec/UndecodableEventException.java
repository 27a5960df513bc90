package dev.chronodesk.events.codec;

/** A stored event that this version cannot read. Nobody may skip it: whoever meets it stops and says so. */
public final class UndecodableEventException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UndecodableEventException(String message) {
        super(message);
    }

    public UndecodableEventException(String message, Throwable cause) {
        super(message, cause);
    }
}
