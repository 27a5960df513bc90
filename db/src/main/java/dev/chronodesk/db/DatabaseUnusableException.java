package dev.chronodesk.db;

import org.jspecify.annotations.Nullable;

/** The database cannot be used as it is; the message says which setting is wrong and how to mend it. */
public final class DatabaseUnusableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public DatabaseUnusableException(String message) {
        super(message);
    }

    public DatabaseUnusableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
