package dev.chronodesk.identity;

/**
 * Text that must not reach a log file, an error or a screen by accident: it prints as dots.
 *
 * @param reveal the text itself
 */
public record Secret(String reveal) {

    /** Named so that settings can be bound to it. */
    public static Secret of(String text) {
        return new Secret(text);
    }

    @Override
    public String toString() {
        return "…";
    }
}
