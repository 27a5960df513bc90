package dev.chronodesk.query.fold;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's text form of arrays, every element quoted. */
public final class ArrayText {

    private ArrayText() {}

    public static String of(List<?> elements) {
        return elements.stream()
                .map(element -> quoted(String.valueOf(element)))
                .collect(Collectors.joining(",", "{", "}"));
    }

    /**
     * The elements of a flat array of texts, {@code {a,"b c",NULL}}; NULL is null.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static List<@Nullable String> elements(String array) {
        var text = array.strip();
        if (text.length() < 2 || !text.startsWith("{") || !text.endsWith("}"))
            throw new IllegalArgumentException("it must begin with { and end with }");
        var elements = new ArrayList<@Nullable String>();
        if (text.substring(1, text.length() - 1).isBlank()) return elements;
        var at = 1;
        var end = text.length() - 1;
        while (true) {
            while (at < end && Character.isWhitespace(text.charAt(at))) at++;
            var quoted = at < end && text.charAt(at) == '"';
            if (quoted) at++;
            var element = new StringBuilder();
            while (true) {
                if (at >= end) {
                    if (quoted) throw new IllegalArgumentException("a quote is not closed");
                    break;
                }
                var c = text.charAt(at);
                if (quoted ? c == '"' : c == ',') break;
                if (!quoted && "{}\"".indexOf(c) >= 0) throw new IllegalArgumentException(c + " must be in quotes");
                if (c == '\\' && ++at >= end) throw new IllegalArgumentException("nothing follows a backslash");
                element.append(text.charAt(at++));
            }
            if (quoted) {
                at++;
                while (at < end && Character.isWhitespace(text.charAt(at))) at++;
                if (at < end && text.charAt(at) != ',')
                    throw new IllegalArgumentException("a comma must follow an element");
                elements.add(element.toString());
            } else {
                var bare = element.toString().strip();
                if (bare.isEmpty()) throw new IllegalArgumentException("an element is empty");
                elements.add(bare.equalsIgnoreCase("null") ? null : bare);
            }
            if (at >= end) return elements;
            at++; // the comma
        }
    }

    public static String quoted(String element) {
        return '"' + element.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
