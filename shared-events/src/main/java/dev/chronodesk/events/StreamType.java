package dev.chronodesk.events;

import com.fasterxml.jackson.annotation.JsonValue;

/** The kinds of streams; {@link #toString()} is the name in the log and in JSON. */
public enum StreamType {
    TICKET("ticket"),
    TEAM("team"),
    PROFILE("profile"),
    ADDRESS("address"),
    ROSTER("roster"),
    SCHEDULE("schedule"),
    METRIC("metric"),
    REPORT("report");

    private final String text;

    StreamType(String text) {
        this.text = text;
    }

    @Override
    @JsonValue
    public String toString() {
        return text;
    }

    /**
     * The type of that name.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static StreamType of(String text) {
        for (var type : values()) if (type.text.equals(text)) return type;
        throw new IllegalArgumentException("no stream type " + text);
    }
}
