package dev.chronodesk.command.http;

import dev.chronodesk.command.door.FieldError;
import dev.chronodesk.command.door.MalformedException;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;

/** JSON as this door reads and writes it, whatever the rest of the service is configured to. */
final class Json {

    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    private static final int SHOWN = 100;

    private Json() {}

    /**
     * The tree that the bytes say.
     *
     * @throws MalformedException when they are not JSON, or name a field twice
     */
    static JsonNode tree(byte[] bytes) {
        try {
            var tree = MAPPER.readTree(bytes);
            if (tree == null || tree.isMissingNode()) throw new MalformedException("", "json", "the body is empty");
            return tree;
        } catch (MismatchedInputException e) {
            throw new MalformedException(List.of(new FieldError("", "duplicate", "the body names a field twice")));
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw new MalformedException(
                    "",
                    "json",
                    at == null
                            ? "the body is not JSON"
                            : "the body is not JSON, at line " + at.getLineNr() + ", column " + at.getColumnNr());
        }
    }

    /** A text of the sender's in a form that can be shown: short, and without anything that JSON cannot carry. */
    static String shown(String text) {
        var shown = new StringBuilder();
        text.codePoints().limit(SHOWN).forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE) shown.append('?');
            else shown.appendCodePoint(c);
        });
        return shown.toString();
    }
}
