package dev.chronodesk.db.log;

import org.jspecify.annotations.Nullable;

/** The log cannot take or confirm this now: 503 with Retry-After, and the same key finds out what happened. */
public final class LogUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param cause null when it was refused before anything was done; then there is no trace, because it is quick */
    public LogUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause, false, cause != null);
    }
}
