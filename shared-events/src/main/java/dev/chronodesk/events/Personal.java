package dev.chronodesk.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;

/**
 * A value about a person, or the fact that it was erased. Everything that reads history takes both.
 *
 * <p>Encoded as an object, {@code {"value": …}} or {@code {"erased": true}}, so that an encrypted form can stand beside
 * the two later without a new revision of any event.
 */
@JsonDeserialize(using = PersonalReader.class)
public sealed interface Personal<T> permits Personal.Known, Personal.Erased {

    /** The value, or empty when it was erased. */
    Optional<T> value();

    /** The value, or null when it was erased: what a read table stores. */
    default @Nullable T orNull() {
        return value().orElse(null);
    }

    static <T> Personal<T> of(T value) {
        return new Known<>(value);
    }

    @SuppressWarnings("unchecked") // an erased value has no type left
    static <T> Personal<T> erased() {
        return (Personal<T>) Erased.INSTANCE;
    }

    /** A value that is still there. */
    record Known<T>(T known) implements Personal<T> {
        @Override
        public Optional<T> value() {
            return Optional.of(known);
        }

        @JsonValue
        Encoded<T> encoded() {
            return new Encoded<>(known, null);
        }

        /** Nothing about a person reaches a log file by accident. */
        @Override
        public String toString() {
            return "Personal[…]";
        }
    }

    /** A value that nobody can read any more. */
    final class Erased<T> implements Personal<T> {
        private static final Erased<?> INSTANCE = new Erased<>();

        private Erased() {}

        @Override
        public Optional<T> value() {
            return Optional.empty();
        }

        @JsonValue
        Encoded<T> encoded() {
            return new Encoded<>(null, true);
        }

        @Override
        public String toString() {
            return "Personal[erased]";
        }
    }

    /** The shape in JSON: exactly one of the two is there. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Encoded<T>(@JsonProperty("value") @Nullable T value, @JsonProperty("erased") @Nullable Boolean erased) {}
}
