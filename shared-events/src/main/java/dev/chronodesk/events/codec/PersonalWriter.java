package dev.chronodesk.events.codec;

import dev.chronodesk.events.Event;
import dev.chronodesk.events.Personal;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;

/** Writes the three shapes of a personal value. With a cipher a known one is sealed on its way into the buffer. */
final class PersonalWriter extends ValueSerializer<Personal<?>> {

    private static final ObjectWriter VALUE = JsonMapper.builder().build().writer();

    private final @Nullable PersonalCipher cipher;
    private final Map<Class<?>, PersonalFields> fields;
    private final @Nullable PersonalField field;

    PersonalWriter(@Nullable PersonalCipher cipher, Map<Class<?>, PersonalFields> fields) {
        this(cipher, fields, null);
    }

    private PersonalWriter(
            @Nullable PersonalCipher cipher, Map<Class<?>, PersonalFields> fields, @Nullable PersonalField field) {
        this.cipher = cipher;
        this.fields = fields;
        this.field = field;
    }

    @Override
    public Class<?> handledType() {
        return Personal.class;
    }

    @Override
    public ValueSerializer<?> createContextual(SerializationContext context, @Nullable BeanProperty property) {
        if (property == null) return this;
        var of = fields.get(property.getMember().getDeclaringClass());
        return of == null ? this : new PersonalWriter(cipher, fields, of.named(property.getName()));
    }

    @Override
    public void serialize(Personal<?> personal, JsonGenerator json, SerializationContext context) {
        switch (personal) {
            case Personal.Known<?>(var known) -> {
                if (cipher == null || field == null) value(known, json, context);
                else seal(known, (Event) Objects.requireNonNull(json.currentValue()), field, cipher, json);
            }
            case Personal.Erased<?> _ -> erased(json);
            case Personal.Sealed<?> _ -> throw new IllegalStateException("the codec hands out no sealed value");
        }
    }

    private static void value(Object known, JsonGenerator json, SerializationContext context) {
        json.writeStartObject();
        json.writeName("value");
        context.writeValue(json, known);
        json.writeEndObject();
    }

    private static void erased(JsonGenerator json) {
        json.writeStartObject();
        json.writeName("erased");
        json.writeBoolean(true);
        json.writeEndObject();
    }

    private static byte[] json(Object known) {
        var plain = known instanceof String text ? PlainText.json(text) : null;
        return plain != null ? plain : VALUE.writeValueAsBytes(known);
    }

    private static void seal(
            Object known, Event event, PersonalField field, PersonalCipher cipher, JsonGenerator json) {
        var person = field.person(event);
        var sealed = cipher.seal(person, json(known), PersonalFields.place(person, event.streamId()));
        if (sealed.isEmpty()) {
            erased(json);
            return;
        }
        json.writeStartObject();
        json.writeName("sealed");
        json.writeBinary(sealed.orElseThrow());
        json.writeEndObject();
    }
}
