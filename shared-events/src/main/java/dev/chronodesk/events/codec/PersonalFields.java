package dev.chronodesk.events.codec;

import dev.chronodesk.events.Event;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.PersonalOf;
import dev.chronodesk.events.profile.ProfileId;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where a kind of event keeps values about people, and whose they are: found once when the codec is made, so that
 * nothing is looked up while events go through.
 */
final class PersonalFields {

    private static final MethodHandles.Lookup PUBLIC = MethodHandles.publicLookup();
    private static final MethodType READ = MethodType.methodType(Object.class, Event.class);

    private final List<PersonalField> fields;
    private final MethodHandle[] components;
    private final MethodHandle make;

    private PersonalFields(List<PersonalField> fields, MethodHandle[] components, MethodHandle make) {
        this.fields = fields;
        this.components = components;
        this.make = make;
    }

    /**
     * Those of that record.
     *
     * @throws IllegalArgumentException when a personal component does not say whose it is, or hides in another type
     */
    static PersonalFields of(Class<?> record, JsonMapper json) {
        var components = record.getRecordComponents();
        var fields = new ArrayList<PersonalField>();
        for (var index = 0; index < components.length; index++) {
            var component = components[index];
            var of = component.getAnnotation(PersonalOf.class);
            if (component.getType() != Personal.class) {
                if (of != null || mentions(component.getGenericType()))
                    throw refused(record, component, "is not itself a Personal<…>");
                continue;
            }
            if (of == null) throw refused(record, component, "does not say whose it is with @PersonalOf");
            var owner = Arrays.stream(components)
                    .filter(each -> each.getName().equals(of.value()) && each.getType() == ProfileId.class)
                    .findFirst()
                    .orElseThrow(() -> refused(record, component, "is of " + of.value() + ", which is no ProfileId"));
            fields.add(new PersonalField(
                    component.getName(),
                    index,
                    owner.getName(),
                    read(component),
                    read(owner),
                    inside(component),
                    json.readerFor(json.constructType(inside(component)))));
        }
        return new PersonalFields(
                List.copyOf(fields),
                Arrays.stream(components).map(PersonalFields::read).toArray(MethodHandle[]::new),
                constructor(record, components));
    }

    private static Type inside(RecordComponent component) {
        return ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
    }

    private static boolean mentions(Type type) {
        return switch (type) {
            case Class<?> plain -> Personal.class.isAssignableFrom(plain);
            case ParameterizedType of ->
                mentions(of.getRawType())
                        || Arrays.stream(of.getActualTypeArguments()).anyMatch(PersonalFields::mentions);
            default -> false;
        };
    }

    private static IllegalArgumentException refused(Class<?> record, RecordComponent component, String why) {
        return new IllegalArgumentException(record.getSimpleName() + "." + component.getName() + " " + why);
    }

    private static MethodHandle read(RecordComponent component) {
        try {
            return PUBLIC.unreflect(component.getAccessor()).asType(READ);
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException("events are public records", e);
        }
    }

    private static MethodHandle constructor(Class<?> record, RecordComponent[] components) {
        var types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return PUBLIC.findConstructor(record, MethodType.methodType(void.class, types))
                    .asSpreader(Object[].class, types.length)
                    .asType(MethodType.methodType(Event.class, Object[].class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("events are public records", e);
        }
    }

    PersonalField named(String name) {
        return fields.stream()
                .filter(field -> field.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no personal component is called " + name));
    }

    /** What a sealed value is bound to: the person and the stream, so that it can be moved to neither another. */
    static byte[] place(UUID person, UUID stream) {
        return ByteBuffer.allocate(32)
                .putLong(person.getMostSignificantBits())
                .putLong(person.getLeastSignificantBits())
                .putLong(stream.getMostSignificantBits())
                .putLong(stream.getLeastSignificantBits())
                .array();
    }

    /**
     * The event with what is sealed in it opened, or erased; the event itself when nothing is.
     *
     * @throws UndecodableEventException for what was damaged or moved, or without a cipher
     */
    Event opened(Event event, @Nullable PersonalCipher cipher) {
        @Nullable Object @Nullable [] values = null;
        for (var field : fields) {
            if (!(field.value(event) instanceof Personal.Sealed<?>(var sealed))) continue;
            if (values == null) values = values(event);
            values[field.index()] = open(field, field.person(event), event.streamId(), sealed, cipher);
        }
        return values == null ? event : made(values);
    }

    private @Nullable Object[] values(Event event) {
        var values = new @Nullable Object[components.length];
        try {
            for (var i = 0; i < values.length; i++) values[i] = (@Nullable Object) components[i].invokeExact(event);
        } catch (Throwable e) {
            throw PersonalField.failed(e);
        }
        return values;
    }

    private Event made(@Nullable Object[] values) {
        try {
            return (Event) make.invokeExact(values);
        } catch (Throwable e) {
            throw PersonalField.failed(e);
        }
    }

    private static Personal<?> open(
            PersonalField field, UUID person, UUID stream, byte[] sealed, @Nullable PersonalCipher cipher) {
        if (cipher == null)
            throw new UndecodableEventException(field.name() + " is sealed, and there are no keys here");
        var opened = cipher.open(person, sealed, place(person, stream));
        return opened.isEmpty() ? Personal.erased() : Personal.of(field.read(opened.orElseThrow()));
    }

    /** The same on a tree; what cannot be opened stays sealed. */
    void open(ObjectNode tree, UUID stream, @Nullable PersonalCipher cipher) {
        for (var field : fields) {
            if (!(tree.get(field.name()) instanceof ObjectNode personal)) continue;
            var sealed = personal.get("sealed");
            var owner = tree.get(field.owner());
            if (sealed == null || owner == null) continue;
            try {
                var person = UUID.fromString(owner.asString());
                var opened = open(field, person, stream, sealed.binaryValue(), cipher);
                personal.removeAll();
                opened.value()
                        .ifPresentOrElse(value -> personal.putPOJO("value", value), () -> personal.put("erased", true));
            } catch (IllegalArgumentException | UndecodableEventException | JacksonException unreadable) {
                // shown as it is stored
            }
        }
    }
}
