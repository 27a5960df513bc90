package dev.chronodesk.events.profile;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Names one person for ever; also the account's id and a token's subject. Flat in JSON, raw in text. */
public record ProfileId(@JsonValue UUID value) {

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    @SuppressWarnings("NullAway") // what JSON brings is checked here
    public ProfileId(@Nullable UUID value) {
        if (value == null) throw new IllegalArgumentException("a profile id is a UUID");
        this.value = value;
    }

    /**
     * The id of that text.
     *
     * @throws IllegalArgumentException when it is no UUID
     */
    public static ProfileId of(String text) {
        return new ProfileId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
