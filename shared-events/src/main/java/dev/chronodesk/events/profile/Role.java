package dev.chronodesk.events.profile;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a person may do. SERVICE belongs to keys, never to a person. */
public enum Role {
    CUSTOMER,
    AGENT,
    ADMIN,
    AUDITOR,
    ANALYST,
    SERVICE;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** Whether people of this role work on tickets: what "staff" means everywhere. */
    public boolean staff() {
        return this == AGENT || this == ADMIN;
    }

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
    public static Role of(String word) {
        for (var value : values()) if (value.toString().equals(word)) return value;
        throw new IllegalArgumentException(word + " is none of " + java.util.Arrays.toString(values()));
    }
}
