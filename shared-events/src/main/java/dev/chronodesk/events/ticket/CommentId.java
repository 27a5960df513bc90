package dev.chronodesk.events.ticket;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Names one comment for ever. Flat in JSON, raw in text. */
public record CommentId(@JsonValue UUID value) {

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    @SuppressWarnings("NullAway") // what JSON brings is checked here
    public CommentId(@Nullable UUID value) {
        if (value == null) throw new IllegalArgumentException("a comment id is a UUID");
        this.value = value;
    }

    /**
     * The id of that text.
     *
     * @throws IllegalArgumentException when it is no UUID
     */
    public static CommentId of(String text) {
        return new CommentId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
