package dev.chronodesk.events.team;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Names one team for ever. Flat in JSON, raw in text. */
public record TeamId(@JsonValue UUID value) {

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    @SuppressWarnings("NullAway") // what JSON brings is checked here
    public TeamId(@Nullable UUID value) {
        if (value == null) throw new IllegalArgumentException("a team id is a UUID");
        this.value = value;
    }

    /**
     * The id of that text.
     *
     * @throws IllegalArgumentException when it is no UUID
     */
    public static TeamId of(String text) {
        return new TeamId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
