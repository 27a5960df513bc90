package dev.chronodesk.events.address;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Names one e-mail address: a keyed hash of its normalised form, so that the log never shows it. Flat in JSON, raw in
 * text.
 */
public record AddressId(@JsonValue UUID value) {

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    @SuppressWarnings("NullAway") // what JSON brings is checked here
    public AddressId(@Nullable UUID value) {
        if (value == null) throw new IllegalArgumentException("an address id is a UUID");
        this.value = value;
    }

    /**
     * The id of that text.
     *
     * @throws IllegalArgumentException when it is no UUID
     */
    public static AddressId of(String text) {
        return new AddressId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
