package dev.chronodesk.events.report;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Names one report for ever. Flat in JSON, raw in text. */
public record ReportId(@JsonValue UUID value) {

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    @SuppressWarnings("NullAway") // what JSON brings is checked here
    public ReportId(@Nullable UUID value) {
        if (value == null) throw new IllegalArgumentException("a report id is a UUID");
        this.value = value;
    }

    /**
     * The id of that text.
     *
     * @throws IllegalArgumentException when it is no UUID
     */
    public static ReportId of(String text) {
        return new ReportId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
