package dev.chronodesk.events.codec;

import dev.chronodesk.events.Event;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.profile.ProfileId;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Type;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectReader;

/**
 * One personal component of an event.
 *
 * @param index among the record's components
 * @param owner name of the component that holds the person's id
 * @param value reads the component
 * @param id reads the owner
 * @param inside what is personal
 * @param reader of that, from JSON
 */
record PersonalField(
        String name, int index, String owner, MethodHandle value, MethodHandle id, Type inside, ObjectReader reader) {

    Object read(byte[] json) {
        var plain = inside == String.class ? PlainText.text(json) : null;
        return plain != null ? plain : reader.<Object>readValue(json);
    }

    @Nullable
    Personal<?> value(Event event) {
        try {
            return (@Nullable Personal<?>) (@Nullable Object) value.invokeExact(event);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    UUID person(Event event) {
        try {
            return ((ProfileId) (Object) id.invokeExact(event)).value();
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /** What reading or making a record throws; only the record's own checks can, and those are unchecked. */
    static RuntimeException failed(Throwable e) {
        return switch (e) {
            case RuntimeException unchecked -> unchecked;
            case Error error -> throw error;
            default -> new IllegalStateException(e);
        };
    }
}
