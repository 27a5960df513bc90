package dev.chronodesk.identity.token;

/** A token that opens nothing: not ours, changed, for something else, or expired. */
public final class BadTokenException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean expired;

    /** @param expired whether it was good once */
    public BadTokenException(boolean expired) {
        super(expired ? "JWT expired" : "JWT invalid", null, false, false);
        this.expired = expired;
    }

    /** Whether it was good once. */
    public boolean expired() {
        return expired;
    }
}
