package dev.chronodesk.events.ticket;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Where a ticket stands. {@link #next()} is the whole state machine. */
public enum Status {
    NEW,
    OPEN,
    PENDING,
    ON_HOLD,
    SOLVED,
    CLOSED;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** Where a ticket may go from here. */
    public Set<Status> next() {
        return Collections.unmodifiableSet(
                switch (this) {
                    case NEW -> EnumSet.of(OPEN, PENDING, ON_HOLD, SOLVED);
                    case OPEN -> EnumSet.of(PENDING, ON_HOLD, SOLVED);
                    case PENDING -> EnumSet.of(OPEN, ON_HOLD, SOLVED);
                    case ON_HOLD -> EnumSet.of(OPEN, PENDING, SOLVED);
                    case SOLVED -> EnumSet.of(OPEN, CLOSED);
                    case CLOSED -> EnumSet.noneOf(Status.class);
                });
    }

    /** The word in JSON and in read tables. */
    @Override
    @JsonValue
    public String toString() {
        return word;
    }

    /**
     * The status of that word.
     *
     * @throws IllegalArgumentException when there is none
     */
    @JsonCreator
    public static Status of(String word) {
        for (var value : values()) if (value.toString().equals(word)) return value;
        throw new IllegalArgumentException(word + " is none of " + Arrays.toString(values()));
    }
}
