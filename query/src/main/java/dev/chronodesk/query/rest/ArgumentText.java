package dev.chronodesk.query.rest;

import dev.chronodesk.query.QueryText;
import dev.chronodesk.query.fold.ArrayText;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a client sends as JSON, as the text that PostgreSQL reads as a function's argument. */
final class ArgumentText {

    private static final int DEEPEST = 6;

    private ArgumentText() {}

    /**
     * @param type as PostgreSQL names it
     * @throws RestException when a list has lists in it beyond what PostgreSQL has dimensions
     */
    static @Nullable String of(JsonNode value, String type) {
        if (value.isNull()) return null;
        if (value.isString()) return QueryText.storable(value.stringValue());
        var text = value.isArray() && type.endsWith("[]") ? array(value, 1) : value.toString();
        return QueryText.storable(text);
    }

    private static String array(JsonNode list, int depth) {
        if (depth > DEEPEST)
            throw new RestException(
                    400, "PGRST102", "Empty or invalid json", "An array has at most " + DEEPEST + " levels.", null);
        return list.valueStream().map(one -> element(one, depth)).collect(Collectors.joining(",", "{", "}"));
    }

    private static String element(JsonNode one, int depth) {
        if (one.isNull()) return "NULL";
        if (one.isArray()) return array(one, depth + 1);
        var text = one.isString() ? one.stringValue() : one.toString();
        return ArrayText.quoted(text);
    }
}
