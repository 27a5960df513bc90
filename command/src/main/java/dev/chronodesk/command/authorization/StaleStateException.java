package dev.chronodesk.command.authorization;

/** What is remembered of a stream does not suffice to decide; what the log says will. */
public final class StaleStateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StaleStateException() {
        super("the stream must be read again", null, false, false);
    }
}
