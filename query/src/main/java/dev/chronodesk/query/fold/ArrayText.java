package dev.chronodesk.query.fold;

import java.util.List;
import java.util.stream.Collectors;

/** PostgreSQL's text form of arrays, every element quoted. */
public final class ArrayText {

    private ArrayText() {}

    public static String of(List<?> elements) {
        return elements.stream()
                .map(element -> quoted(String.valueOf(element)))
                .collect(Collectors.joining(",", "{", "}"));
    }

    public static String quoted(String element) {
        return '"' + element.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
