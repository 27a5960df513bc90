package dev.chronodesk.query.rest;

import java.util.ArrayList;
import java.util.List;

/** Walks through one expression of the grammar. */
final class Scanner {

    private final String what;
    private final String text;
    private int at;

    Scanner(String what, String text) {
        this.what = what;
        this.text = text;
    }

    boolean atEnd() {
        return at == text.length();
    }

    boolean sees(String token) {
        return text.startsWith(token, at);
    }

    boolean take(String token) {
        if (!sees(token)) return false;
        at += token.length();
        return true;
    }

    void back(int signs) {
        at -= signs;
    }

    void expect(String token) {
        if (!take(token)) throw unexpected("\"" + token + "\"");
    }

    void expectEnd() {
        if (!atEnd()) throw unexpected("the end");
    }

    String rest() {
        var rest = text.substring(at);
        at = text.length();
        return rest;
    }

    /** A name: quoted, or everything up to a sign of the grammar. */
    String name() {
        if (sees("\"")) return quoted();
        var start = at;
        while (!atEnd() && !sees("->") && ",.:()!\"{}".indexOf(text.charAt(at)) < 0) at++;
        var name = text.substring(start, at).strip();
        if (name.isEmpty()) throw unexpected("a name");
        return name;
    }

    /** A column with its arrows. */
    Field field() {
        var column = name();
        var path = new ArrayList<Field.Step>();
        while (sees("->")) {
            if (path.size() == 16) throw unexpected("a path of at most 16 steps");
            var asText = take("->>") || !take("->");
            path.add(new Field.Step(name(), asText));
        }
        return new Field(column, path);
    }

    /** What stands in brackets, without them. */
    String bracketed() {
        expect("(");
        var start = at;
        while (!atEnd() && !sees(")")) at++;
        var inside = text.substring(start, at);
        expect(")");
        return inside;
    }

    /** A word of letters, as operators are. */
    String word() {
        var start = at;
        while (!atEnd() && (Character.isLetter(text.charAt(at)) || text.charAt(at) == '_')) at++;
        return text.substring(start, at);
    }

    /** Between double quotes, where a backslash makes the next sign plain. */
    String quoted() {
        expect("\"");
        var value = new StringBuilder();
        while (!atEnd() && !sees("\"")) {
            if (sees("\\") && at + 1 < text.length()) at++;
            value.append(text.charAt(at++));
        }
        expect("\"");
        return value.toString();
    }

    /** {@code (a,"b,c")} */
    List<String> list() {
        expect("(");
        var values = new ArrayList<String>();
        if (take(")")) return values;
        do {
            values.add(sees("\"") ? quoted() : plain());
        } while (take(","));
        expect(")");
        return values;
    }

    /** A value inside a logic tree: quoted, in braces, or up to the next comma or bracket. */
    String value() {
        if (sees("\"")) return quoted();
        if (!sees("{")) return plain();
        var start = at;
        var inQuotes = false;
        var depth = 0;
        while (!atEnd()) {
            var c = text.charAt(at++);
            if (c == '\\' && !atEnd()) at++;
            else if (c == '"') inQuotes = !inQuotes;
            else if (!inQuotes && c == '{') depth++;
            else if (!inQuotes && c == '}' && --depth == 0) return text.substring(start, at);
        }
        throw unexpected("\"}\"");
    }

    private String plain() {
        var start = at;
        while (!atEnd() && !sees(",") && !sees(")")) at++;
        return text.substring(start, at);
    }

    RestException unexpected(String expected) {
        return RestException.unparsable(what, text, "at " + (at + 1) + ": expected " + expected);
    }
}
