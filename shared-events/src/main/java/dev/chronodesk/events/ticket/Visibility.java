package dev.chronodesk.events.ticket;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Who may read a comment: everybody who may read the ticket, or staff and auditors only. */
public enum Visibility {
    PUBLIC,
    INTERNAL;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The word in JSON and in read tables. */
    @Override
    @JsonValue
    public String toString() {
        return word;
    }

    /**
     * The value of that word.
     *
     * @throws IllegalArgumentException when there is none
     */
    @JsonCreator
    public static Visibility of(String word) {
        for (var value : values()) if (value.toString().equals(word)) return value;
        throw new IllegalArgumentException(word + " is none of " + java.util.Arrays.toString(values()));
    }
}
