package dev.chronodesk.db.log;

import org.jspecify.annotations.Nullable;

/** The log cannot take or confirm this now: 503 with Retry-After, and the same key finds out what happened. */
public final class LogUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public LogUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
