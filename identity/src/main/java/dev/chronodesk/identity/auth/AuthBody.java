package dev.chronodesk.identity.auth;

import dev.chronodesk.command.door.Shape;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A body of {@code /auth/v1}: a JSON object whatever its content type says, as the contract has it. Members that we do
 * not know are ignored, because clients of all versions send some; empty texts count as absent.
 */
public final class AuthBody {

    private static final int MAX = 1_048_576;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final TypeReference<Map<String, @Nullable Object>> OBJECT = new TypeReference<>() {};

    private final ObjectNode root;

    private AuthBody(ObjectNode root) {
        this.root = root;
    }

    /** The request's body; none is an empty object. */
    public static AuthBody of(HttpServletRequest request) throws IOException {
        if (request.getContentLengthLong() > MAX) throw tooLarge();
        var bytes = request.getInputStream().readNBytes(MAX + 1);
        if (bytes.length > MAX) throw tooLarge();
        if (bytes.length == 0) return new AuthBody(JSON.createObjectNode());
        var text = text(bytes);
        if (text.isBlank()) return new AuthBody(JSON.createObjectNode());
        try {
            if (JSON.readTree(text) instanceof ObjectNode object) {
                check("", object);
                return new AuthBody(object);
            }
            throw badJson("the body must be a JSON object");
        } catch (JacksonException e) {
            throw badJson("Could not parse request body as JSON: " + e.getOriginalMessage());
        }
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw badJson("the body must be UTF-8");
        }
    }

    /** What a database cannot keep is refused here, however deep it lies. */
    private static void check(String path, JsonNode node) {
        if (node.isString() && !Shape.storable(node.stringValue()))
            throw malformed(path + ": must not contain U+0000 or half of a surrogate pair");
        if (node.isNumber() && !Double.isFinite(node.doubleValue()))
            throw malformed(path + ": must be a number that fits");
        if (node.isArray()) for (var element : node) check(path + "[]", element);
        if (node.isObject())
            for (var member : node.properties()) {
                if (!Shape.storable(member.getKey()))
                    throw malformed(path + ": names must not contain U+0000 or half of a surrogate pair");
                check(path.isEmpty() ? member.getKey() : path + "." + member.getKey(), member.getValue());
            }
    }

    public boolean has(String field) {
        var node = root.get(field);
        return node != null && !node.isNull();
    }

    /** That text, or null when it is absent or empty. */
    public @Nullable String text(String field) {
        var node = root.get(field);
        if (node == null || node.isNull()) return null;
        if (!node.isString()) throw malformed(field + ": must be a text");
        return node.stringValue().isEmpty() ? null : node.stringValue();
    }

    /** That text. */
    public String required(String field) {
        var text = text(field);
        if (text == null) throw malformed(field + ": is required");
        return text;
    }

    /** Those texts; none when the field is absent. */
    List<String> texts(String field) {
        var node = root.get(field);
        if (node == null || node.isNull()) return List.of();
        var texts = new ArrayList<String>();
        for (var each : node) {
            if (!each.isString()) throw malformed(field + ": must be a list of texts");
            texts.add(each.stringValue());
        }
        if (!node.isArray()) throw malformed(field + ": must be a list of texts");
        return texts;
    }

    /** That object, empty when it is absent. */
    Map<String, @Nullable Object> object(String field) {
        var node = root.get(field);
        if (node == null || node.isNull()) return Map.of();
        if (!node.isObject()) throw malformed(field + ": must be an object");
        return Objects.requireNonNull(JSON.convertValue(node, OBJECT));
    }

    /** That object without the members that are null. */
    Map<String, Object> withoutNulls(String field) {
        var kept = new LinkedHashMap<String, Object>();
        object(field).forEach((key, value) -> {
            if (value != null) kept.put(key, value);
        });
        return kept;
    }

    /** That truth value. */
    boolean yes(String field, boolean otherwise) {
        var node = root.get(field);
        if (node == null || node.isNull()) return otherwise;
        if (!node.isBoolean()) throw malformed(field + ": must be true or false");
        return node.booleanValue();
    }

    private static AuthRefusedException malformed(String message) {
        return new AuthRefusedException(AuthError.malformed(message));
    }

    private static AuthRefusedException badJson(String message) {
        return new AuthRefusedException(AuthError.of(400, "bad_json", message));
    }

    private static AuthRefusedException tooLarge() {
        return new AuthRefusedException(
                AuthError.of(413, "request_entity_too_large", "the body must have at most " + MAX + " bytes"));
    }
}
