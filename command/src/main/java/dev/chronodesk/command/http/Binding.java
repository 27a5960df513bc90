package dev.chronodesk.command.http;

import dev.chronodesk.command.door.Command;
import dev.chronodesk.command.door.FieldError;
import dev.chronodesk.command.door.MalformedException;
import dev.chronodesk.events.profile.ProfileId;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes a command from JSON. Takes nothing for something else: a text is a text, an id is a UUID in full, a field that
 * nobody knows is refused. Whatever is wrong is told at once, with what the command's own constructor finds.
 */
final class Binding {

    /**
     * A command as it came.
     *
     * @param occurredAt as the body said beside the command's fields
     * @param onBehalfOf as the body said beside the command's fields
     */
    record Bound(Command command, @Nullable Instant occurredAt, @Nullable ProfileId onBehalfOf) {}

    /** A constructor with its components, looked up once. */
    private record Form(Constructor<? extends Command> constructor, List<RecordComponent> components) {}

    static final String OCCURRED_AT = "occurredAt";
    static final String ON_BEHALF_OF = "onBehalfOf";

    /** As RFC 9562 writes them; the JDK would also take {@code 1-1-1-1-1}. */
    private static final Pattern UUID_TEXT =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private final Map<Class<? extends Command>, Form> forms = new ConcurrentHashMap<>();

    /**
     * The command that the body says.
     *
     * @throws MalformedException with every field that is wrong
     */
    Bound bind(Class<? extends Command> type, JsonNode body) {
        if (!(body instanceof ObjectNode object))
            throw new MalformedException("", "type", "the body must be a JSON object");
        var form = forms.computeIfAbsent(type, Binding::form);
        var errors = new ArrayList<FieldError>();
        var known = form.components().stream().map(RecordComponent::getName).collect(Collectors.toSet());
        for (var name : object.propertyNames())
            if (!known.contains(name) && !name.equals(OCCURRED_AT) && !name.equals(ON_BEHALF_OF))
                errors.add(new FieldError(Json.shown(name), "unknown", "is no field of " + type.getSimpleName()));
        var values = new @Nullable Object[form.components().size()];
        for (var i = 0; i < values.length; i++) {
            var component = form.components().get(i);
            values[i] = value(component.getName(), component.getGenericType(), object.get(component.getName()), errors);
        }
        var occurredAt = instant(object.get(OCCURRED_AT), errors);
        var onBehalfOf = (ProfileId) value(ON_BEHALF_OF, ProfileId.class, object.get(ON_BEHALF_OF), errors);
        var command = construct(form, values, errors);
        if (command == null || !errors.isEmpty()) throw new MalformedException(errors);
        return new Bound(command, occurredAt, onBehalfOf);
    }

    private static Form form(Class<? extends Command> type) {
        var components = type.getRecordComponents();
        try {
            return new Form(
                    type.getConstructor(Arrays.stream(components)
                            .map(RecordComponent::getType)
                            .toArray(Class[]::new)),
                    List.of(components));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every command is a public record", e);
        }
    }

    /** What the constructor finds wrong is added, unless the field could not be read in the first place. */
    private static @Nullable Command construct(Form form, @Nullable Object[] values, List<FieldError> errors) {
        try {
            return form.constructor().newInstance(values);
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof MalformedException malformed))
                throw new IllegalStateException("a command refuses by its shape only", e.getCause());
            var told = new HashSet<String>();
            for (var error : errors) told.add(root(error.field()));
            for (var error : malformed.errors()) if (!told.contains(root(error.field()))) errors.add(error);
            return null;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("every command is a public record", e);
        }
    }

    private static String root(String field) {
        var bracket = field.indexOf('[');
        return bracket < 0 ? field : field.substring(0, bracket);
    }

    private static @Nullable Object value(String field, Type type, @Nullable JsonNode node, List<FieldError> errors) {
        if (node == null || node.isNull()) return null;
        if (type instanceof ParameterizedType list && list.getRawType() == List.class)
            return list(field, list.getActualTypeArguments()[0], node, errors);
        var raw = (Class<?>) type;
        if (raw == Boolean.class) {
            if (node.isBoolean()) return node.booleanValue();
            errors.add(new FieldError(field, "type", "must be true or false"));
            return null;
        }
        if (!node.isString()) {
            errors.add(new FieldError(field, "type", "must be a text"));
            return null;
        }
        var text = node.stringValue();
        if (raw == String.class) return text;
        if (raw.isEnum()) return word(field, raw, text, errors);
        if (raw.isRecord()) return id(field, raw, text, errors);
        throw new IllegalStateException("no command has a field of type " + type);
    }

    private static @Nullable List<@Nullable Object> list(
            String field, Type element, JsonNode node, List<FieldError> errors) {
        if (!node.isArray()) {
            errors.add(new FieldError(field, "type", "must be a list"));
            return null;
        }
        var list = new ArrayList<@Nullable Object>();
        for (var i = 0; i < node.size(); i++) list.add(value(field + "[" + i + "]", element, node.get(i), errors));
        return list;
    }

    private static @Nullable Object word(String field, Class<?> type, String text, List<FieldError> errors) {
        for (var constant : type.getEnumConstants()) if (constant.toString().equals(text)) return constant;
        errors.add(new FieldError(
                field,
                "value",
                "must be one of "
                        + Arrays.stream(type.getEnumConstants())
                                .map(Object::toString)
                                .collect(Collectors.joining(", "))));
        return null;
    }

    private static @Nullable Object id(String field, Class<?> type, String text, List<FieldError> errors) {
        if (!UUID_TEXT.matcher(text).matches()) {
            errors.add(new FieldError(field, "format", "must be a UUID"));
            return null;
        }
        try {
            return type.getConstructor(UUID.class).newInstance(UUID.fromString(text));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("every id is a public record of a UUID", e);
        }
    }

    private static @Nullable Instant instant(@Nullable JsonNode node, List<FieldError> errors) {
        if (node == null || node.isNull()) return null;
        try {
            if (node.isString()) return OffsetDateTime.parse(node.stringValue()).toInstant();
        } catch (DateTimeException e) {
            // told below, as for everything else that is no moment
        }
        errors.add(new FieldError(OCCURRED_AT, "format", "must be a moment such as 2026-01-31T09:30:00Z"));
        return null;
    }
}
