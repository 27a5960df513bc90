package dev.chronodesk.db.keys;

import org.jspecify.annotations.Nullable;

/** The key-encryption key cannot be used as it is set; the message names the setting and says how to mend it. */
public final class KeysUnusableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public KeysUnusableException(String message) {
        super(message);
    }

    public KeysUnusableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
