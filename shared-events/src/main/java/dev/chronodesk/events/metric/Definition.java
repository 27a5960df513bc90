package dev.chronodesk.events.metric;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.chronodesk.events.Uuids;
import java.util.Arrays;
import java.util.UUID;

/**
 * A version of a metric's definition. What it says is never changed: whoever wants other numbers adds the next version,
 * and both can be asked for. Flat in JSON and in text: {@code full_resolution/2}.
 */
public enum Definition {
    FIRST_RESPONSE_1("first_response", 1),
    NEXT_RESPONSE_1("next_response", 1),
    FIRST_RESOLUTION_1("first_resolution", 1),
    FULL_RESOLUTION_1("full_resolution", 1),
    FULL_RESOLUTION_2("full_resolution", 2),
    REQUESTER_WAIT_1("requester_wait", 1),
    AGENT_WAIT_1("agent_wait", 1),
    ON_HOLD_1("on_hold", 1),
    AGENT_WORK_1("agent_work", 1);

    /** Where the names of metrics are; an enum's own constants are made after its values. */
    private static final class Namespace {
        /** The URL namespace of RFC 9562. */
        static final UUID URL = UUID.fromString("6ba7b811-9dad-11d1-80b4-00c04fd430c8");
    }

    private final String metric;
    private final int version;
    private final UUID stream;

    Definition(String metric, int version) {
        this.metric = metric;
        this.version = version;
        this.stream = Uuids.v5(Namespace.URL, "chronodesk:metric:" + metric);
    }

    /** The metric's name. */
    public String metric() {
        return metric;
    }

    /** Which of the metric's definitions it is, from 1. */
    public int version() {
        return version;
    }

    /** The metric's stream: UUIDv5 of {@code chronodesk:metric:} and its name. */
    public UUID stream() {
        return stream;
    }

    /** The metric's definition that is in force until another one is adopted. */
    public Definition first() {
        return Arrays.stream(values())
                .filter(each -> each.metric.equals(metric) && each.version == 1)
                .findFirst()
                .orElseThrow();
    }

    @Override
    @JsonValue
    public String toString() {
        return metric + "/" + version;
    }

    /**
     * The definition of that name.
     *
     * @throws IllegalArgumentException when there is none
     */
    @JsonCreator
    public static Definition of(String text) {
        for (var value : values()) if (value.toString().equals(text)) return value;
        throw new IllegalArgumentException(text + " is none of " + Arrays.toString(values()));
    }
}
