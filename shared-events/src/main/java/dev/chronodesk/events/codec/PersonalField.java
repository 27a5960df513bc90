package dev.chronodesk.events.codec;

import dev.chronodesk.events.Event;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.profile.ProfileId;
import java.lang.invoke.MethodHandle;
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
 * @param reader of what is inside, from JSON
 */
record PersonalField(String name, int index, String owner, MethodHandle value, MethodHandle id, ObjectReader reader) {

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
