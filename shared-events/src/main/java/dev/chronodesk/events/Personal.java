package dev.chronodesk.events;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value about a person, or the fact that it was erased. Everything that reads history takes both.
 *
 * <p>In the log it is an object: {@code {"sealed": "…"}}, encrypted with the person's key; {@code {"erased": true}}
 * when it was written after the key was destroyed; {@code {"value": …}} where nothing is encrypted.
 */
public sealed interface Personal<T> permits Personal.Known, Personal.Erased, Personal.Sealed {

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

        @Override
        public String toString() {
            return "Personal[erased]";
        }
    }

    /**
     * A value as it is stored, before the codec has opened it. The codec never hands one out: it exists between reading
     * an event's bytes, which say whose it is, and opening it. Until then it has no value, as if it were erased.
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Sealed<T>(byte[] bytes) implements Personal<T> {
        @Override
        public Optional<T> value() {
            return Optional.empty();
        }

        @Override
        public String toString() {
            return "Personal[sealed]";
        }
    }
}
