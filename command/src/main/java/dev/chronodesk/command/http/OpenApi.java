package dev.chronodesk.command.http;

import dev.chronodesk.command.door.Command;
import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.command.gateway.Catalogue;
import dev.chronodesk.events.StreamType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Describes the command door as OpenAPI 3.1, from the command records themselves: a new record is in the document
 * without anybody writing it there.
 */
final class OpenApi {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String UUID_EXAMPLE = "0198c0de-7a11-7000-8000-00000000c0de";
    private static final String PROBLEM = "#/components/schemas/Problem";

    /** The answers that every command may get, with what they mean. */
    private static final Map<String, String> PROBLEMS = Map.of(
            "400", "malformed: each wrong field is named in `errors`",
            "401", "unauthenticated: no valid token or key",
            "403", "forbidden: the role may not do this",
            "404", "not-found: nothing there that the caller may know of",
            "409", "conflict: another writer was first several times, or the id is taken; idempotency-key-reused",
            "412", "version-mismatch: `If-Match` names another version; `missed` lists what happened since",
            "413", "too-large: over 1 MiB, or 32 MiB for a batch",
            "415", "unsupported-media-type: not JSON",
            "422", "rule: a business rule; `allowed` says what would be possible",
            "503", "unavailable: not now; wait for `Retry-After` and send again with the same key");

    private OpenApi() {}

    static ObjectNode document(Catalogue catalogue) {
        var document = NODES.objectNode();
        document.put("openapi", "3.1.0");
        document.putObject("info")
                .put("title", "Chronodesk: commands")
                .put("version", "1")
                .put(
                        "description",
                        "Every change is a command, decided once. One door for all of them: POST /commands/{Command}."
                                + " Errors are problem details (RFC 9457) with a stable type.");
        document.putArray("security").addObject().putArray("bearer");
        var tags = document.putArray("tags");
        var paths = document.putObject("paths");
        var schemas = components(document.putObject("components"));
        for (var kind : Catalogue.KINDS) {
            var tag = kind.getSimpleName().replace("Command", "");
            tags.addObject().put("name", tag);
            Catalogue.of(kind).forEach(command -> {
                path(paths.putObject("/commands/" + command.getSimpleName()), command, tag);
                schema(schemas.putObject(command.getSimpleName()), command);
            });
        }
        tags.addObject().put("name", "Batch");
        batch(paths.putObject("/commands"), schemas, catalogue);
        return document;
    }

    private static void path(ObjectNode path, Class<? extends Command> command, String tag) {
        var post = path.putObject("post");
        post.put("operationId", command.getSimpleName());
        post.put("summary", words(command.getSimpleName()));
        post.putArray("tags").add(tag);
        var parameters = post.putArray("parameters");
        for (var name : List.of("IdempotencyKey", "IfMatch", "Prefer", "DryRun"))
            parameters.addObject().put("$ref", "#/components/parameters/" + name);
        var body = post.putObject("requestBody");
        body.put("required", true);
        body.putObject("content")
                .putObject("application/json")
                .putObject("schema")
                .put("$ref", "#/components/schemas/" + command.getSimpleName());
        var responses = post.putObject("responses");
        var ok = responses.putObject("200");
        ok.put("description", "Accepted and durable, or so already (`unchanged`)");
        var headers = ok.putObject("headers");
        header(headers, "ETag", "The stream's version in quotes, for the next `If-Match`");
        header(headers, "Chronodesk-Position", "The position to ask the read side for");
        header(headers, "Idempotent-Replayed", "`true` when this is the outcome of an earlier send with the same key");
        ok.putObject("content")
                .putObject("application/json")
                .putObject("schema")
                .put("$ref", "#/components/schemas/Reply");
        problems(responses);
    }

    private static void header(ObjectNode headers, String name, String description) {
        var header = headers.putObject(name);
        header.put("description", description);
        header.putObject("schema").put("type", "string");
    }

    private static void problems(ObjectNode responses) {
        PROBLEMS.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(problem -> {
            var response = responses.putObject(problem.getKey());
            response.put("description", problem.getValue());
            response.putObject("content")
                    .putObject("application/problem+json")
                    .putObject("schema")
                    .put("$ref", PROBLEM);
        });
    }

    static void schema(ObjectNode schema, Class<? extends Command> command) {
        schema.put("type", "object");
        schema.put("title", command.getSimpleName());
        schema.put("additionalProperties", false);
        var required = NODES.arrayNode();
        var properties = schema.putObject("properties");
        var example = NODES.objectNode();
        for (var component : command.getRecordComponents()) {
            var name = component.getName();
            property(properties.putObject(name), component);
            var optional = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
            if (optional) continue;
            required.add(name);
            example.set(name, example(component));
        }
        if (!required.isEmpty()) schema.set("required", required);
        properties
                .putObject("occurredAt")
                .put("type", "string")
                .put("format", "date-time")
                .put(
                        "description",
                        "When it happened, for senders of role service or admin: not in the future, not before the"
                                + " stream's last event.");
        properties
                .putObject("onBehalfOf")
                .put("type", "string")
                .put("format", "uuid")
                .put("description", "The person who acted, for senders of role service or admin. Their rights decide.");
        schema.putArray("examples").add(example);
    }

    private static void property(ObjectNode property, RecordComponent component) {
        var field = component.getAnnotation(Field.class);
        if (field == null)
            throw new IllegalStateException("no description of " + component.getDeclaringRecord() + "." + component);
        var type = component.getGenericType();
        property.put("description", field.value());
        if (type == String.class) {
            property.put("type", "string");
            if (field.min() > 0) property.put("minLength", field.min());
            if (field.max() > 0) property.put("maxLength", field.max());
        } else if (type == Boolean.class) {
            property.put("type", "boolean");
        } else if (type instanceof ParameterizedType) {
            property.put("type", "array");
            if (field.min() > 0) property.put("minItems", field.min());
            if (field.max() > 0) property.put("maxItems", field.max());
            property.putObject("items")
                    .put("type", "string")
                    .put("minLength", 1)
                    .put("maxLength", Shape.MAX_TAG);
        } else if (isEnum(type)) {
            property.put("type", "string");
            var words = property.putArray("enum");
            for (var word : ((Class<?>) type).getEnumConstants()) words.add(word.toString());
        } else {
            property.put("type", "string").put("format", "uuid");
        }
        if (!field.example().isEmpty()) property.putArray("examples").add(example(component));
    }

    private static JsonNode example(RecordComponent component) {
        var field = component.getAnnotation(Field.class);
        var said = field == null ? "" : field.example();
        if (component.getType() == Boolean.class) return NODES.booleanNode(Boolean.parseBoolean(said));
        var plain = component.getType() == String.class ? "text" : UUID_EXAMPLE;
        var example = NODES.stringNode(said.isEmpty() ? plain : said);
        return component.getType() == List.class ? NODES.arrayNode().add(example) : example;
    }

    private static boolean isEnum(Type type) {
        return type instanceof Class<?> raw && raw.isEnum();
    }

    private static String words(String name) {
        var spaced = name.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
        return Character.toUpperCase(spaced.charAt(0)) + spaced.substring(1);
    }

    private static ObjectNode components(ObjectNode components) {
        components
                .putObject("securitySchemes")
                .putObject("bearer")
                .put("type", "http")
                .put("scheme", "bearer")
                .put("description", "An access token of /auth/v1, or a secret API key");
        var parameters = components.putObject("parameters");
        parameter(
                        parameters.putObject("IdempotencyKey"),
                        "Idempotency-Key",
                        "header",
                        "A retry with the same key and body gets the first outcome; with another body 409")
                .put("type", "string")
                .put("minLength", 1)
                .put("maxLength", 255);
        parameter(
                        parameters.putObject("IfMatch"),
                        "If-Match",
                        "header",
                        "Act only if the stream is at this version, in quotes; else 412")
                .put("type", "string")
                .put("pattern", "^\"(0|[1-9][0-9]{0,8})\"$");
        parameter(
                        parameters.putObject("Prefer"),
                        "Prefer",
                        "header",
                        "wait=N waits up to N seconds, at most 30, until the read tables include it")
                .put("type", "string");
        parameter(
                        parameters.putObject("DryRun"),
                        "dryRun",
                        "query",
                        "Answer the events that would be appended, in `result.events`, and append nothing")
                .put("type", "boolean");
        var schemas = components.putObject("schemas");
        reply(schemas.putObject("Reply"));
        problem(schemas.putObject("Problem"));
        return schemas;
    }

    private static ObjectNode parameter(ObjectNode parameter, String name, String in, String description) {
        parameter.put("name", name).put("in", in).put("description", description);
        return parameter.putObject("schema");
    }

    private static void reply(ObjectNode schema) {
        schema.put("type", "object");
        var properties = schema.putObject("properties");
        properties.putObject("command").put("type", "string");
        text(properties, "key", "The idempotency key that was used, also when it was made here");
        properties
                .putObject("position")
                .put("type", "integer")
                .put("format", "int64")
                .put("description", "Position of its last event; the head's when it changed nothing");
        var stream = properties
                .putObject("streams")
                .put("type", "array")
                .put("description", "Streams with their versions after it, the command's own first")
                .putObject("items")
                .put("type", "object")
                .putObject("properties");
        var types = stream.putObject("type").put("type", "string").putArray("enum");
        Arrays.stream(StreamType.values()).forEach(type -> types.add(type.toString()));
        stream.putObject("id").put("type", "string").put("format", "uuid");
        stream.putObject("version").put("type", "integer");
        properties
                .putObject("result")
                .put("type", "object")
                .put("description", "Ids of what was made; for CreateTicket also its `number`");
        properties
                .putObject("unchanged")
                .put("type", "boolean")
                .put("description", "True when everything was so already");
        properties
                .putObject("replayed")
                .put("type", "boolean")
                .put(
                        "description",
                        "In a batch: true for the outcome of an earlier send; alone the header Idempotent-Replayed"
                                + " says so");
        properties.putObject("dryRun").put("type", "boolean");
        var required = schema.putArray("required");
        List.of("command", "key", "position", "streams", "result").forEach(required::add);
    }

    private static void problem(ObjectNode schema) {
        schema.put("type", "object");
        var properties = schema.putObject("properties");
        text(properties, "type", "Stable, /errors/<slug>");
        text(properties, "title", "What kind it is");
        properties.putObject("status").put("type", "integer");
        text(properties, "code", "The exact reason in kebab case");
        text(properties, "detail", "One sentence for a person; may change");
        var errors = properties
                .putObject("errors")
                .put("type", "array")
                .put("description", "With 400: every field that is wrong")
                .putObject("items")
                .put("type", "object")
                .putObject("properties");
        List.of("field", "rule", "message")
                .forEach(member -> errors.putObject(member).put("type", "string"));
        properties
                .putObject("allowed")
                .put("type", "array")
                .put("description", "With 422: what would be possible")
                .putObject("items")
                .put("type", "string");
        properties
                .putObject("missed")
                .put("type", "array")
                .put("description", "With 412: the visible events since the version that was named")
                .putObject("items")
                .put("type", "object");
        properties.putObject("version").put("type", "integer").put("description", "With 412: the version now");
        properties
                .putObject("item")
                .put("type", "integer")
                .put("description", "In an atomic batch: which one was refused, from 0");
        var required = schema.putArray("required");
        List.of("type", "title", "status").forEach(required::add);
    }

    private static void text(ObjectNode properties, String name, String description) {
        properties.putObject(name).put("type", "string").put("description", description);
    }

    private static void batch(ObjectNode path, ObjectNode schemas, Catalogue catalogue) {
        var post = path.putObject("post");
        post.put("operationId", "Batch");
        post.put("summary", "Up to 1,000 commands, one answer each, in order");
        post.putArray("tags").add("Batch");
        var parameters = post.putArray("parameters");
        var atomic = parameter(
                parameters.addObject(),
                "atomic",
                "query",
                "All or nothing in one append; then Idempotency-Key is the key of all, and items have none");
        atomic.put("type", "boolean");
        for (var name : List.of("IdempotencyKey", "Prefer", "DryRun"))
            parameters.addObject().put("$ref", "#/components/parameters/" + name);
        var body = post.putObject("requestBody");
        body.put("required", true);
        var content = body.putObject("content");
        content.putObject("application/json")
                .putObject("schema")
                .put("type", "array")
                .put("minItems", 1)
                .put("maxItems", CommandController.BATCH_ITEMS)
                .putObject("items")
                .put("$ref", "#/components/schemas/Item");
        content.putObject("application/x-ndjson").putObject("schema").put("$ref", "#/components/schemas/Item");
        var item = schemas.putObject("Item").put("type", "object").put("additionalProperties", false);
        var properties = item.putObject("properties");
        var names = properties.putObject("command").put("type", "string").putArray("enum");
        catalogue.all().keySet().stream().sorted().forEach(names::add);
        properties.putObject("key").put("type", "string").put("minLength", 1).put("maxLength", 255);
        properties.putObject("ifMatch").put("type", "integer").put("minimum", 0);
        var bodies = properties.putObject("body").putArray("anyOf");
        catalogue.all().keySet().stream().sorted().forEach(name -> bodies.addObject()
                .put("$ref", "#/components/schemas/" + name));
        item.putArray("required").add("command").add("body");
        var responses = post.putObject("responses");
        var ok = responses.putObject("200");
        ok.put("description", "One answer per item, in order: a reply with `status` 200, or a problem");
        var one = ok.putObject("content")
                .putObject("application/json")
                .putObject("schema")
                .put("type", "array")
                .putObject("items")
                .putArray("anyOf");
        one.addObject().put("$ref", "#/components/schemas/Reply");
        one.addObject().put("$ref", PROBLEM);
        problems(responses);
    }
}
