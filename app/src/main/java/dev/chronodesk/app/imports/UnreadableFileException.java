package dev.chronodesk.app.imports;

import org.jspecify.annotations.Nullable;

/** The file as a whole cannot be imported: it is not there, not in the format, or ends too early. */
public final class UnreadableFileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnreadableFileException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
