package dev.chronodesk.events.codec;

import dev.chronodesk.events.Personal;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;

/**
 * Reads {@code {"value": …}}, {@code {"erased": true}} or {@code {"sealed": "…"}} and nothing else. Not a creator,
 * because two of the three fields are always missing and the codec takes a missing field of an event for damage.
 */
final class PersonalReader extends ValueDeserializer<Personal<?>> {

    private final @Nullable JavaType type;

    PersonalReader() {
        this(null);
    }

    private PersonalReader(@Nullable JavaType type) {
        this.type = type;
    }

    @Override
    public ValueDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property) {
        var personal = property == null ? context.getContextualType() : property.getType();
        return new PersonalReader(personal.containedTypeOrUnknown(0));
    }

    @Override
    public Personal<?> deserialize(JsonParser parser, DeserializationContext context) {
        if (!parser.isExpectedStartObjectToken()) throw refused(context);
        var shape = parser.nextName();
        var token = parser.nextToken();
        Personal<?> read;
        if ("sealed".equals(shape) && token == JsonToken.VALUE_STRING) read = new Personal.Sealed<>(binary(parser));
        else if ("value".equals(shape) && token != JsonToken.VALUE_NULL)
            read = Personal.of(context.<Object>readValue(parser, type));
        else if ("erased".equals(shape) && token == JsonToken.VALUE_TRUE) read = Personal.erased();
        else throw refused(context);
        if (parser.nextToken() != JsonToken.END_OBJECT) throw refused(context);
        return read;
    }

    /** The runtime's decoder takes a fraction of the parser's time; what it does not take is the parser's to judge. */
    private static byte[] binary(JsonParser parser) {
        try {
            return Base64.getDecoder().decode(parser.getString());
        } catch (IllegalArgumentException e) {
            return parser.getBinaryValue();
        }
    }

    private RuntimeException refused(DeserializationContext context) {
        return context.<RuntimeException>reportInputMismatch(
                this, "a personal value is {\"value\": …}, {\"erased\": true} or {\"sealed\": \"…\"}");
    }
}
