package dev.chronodesk.events.codec;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * JSON texts without anything to escape, which nearly all texts are: writing and reading those is copying, and a parser
 * takes longer for it than the encryption around it. Everything else is left to the parser.
 */
final class PlainText {

    private PlainText() {}

    /** The text between quotes, as the JSON library writes it; null when there is something to escape. */
    static byte @Nullable [] json(String text) {
        for (var i = 0; i < text.length(); i++) {
            var character = text.charAt(i);
            if (character < 0x20 || character == '"' || character == '\\' || Character.isSurrogate(character))
                return null;
        }
        var encoded = text.getBytes(StandardCharsets.UTF_8);
        var json = new byte[encoded.length + 2];
        json[0] = '"';
        System.arraycopy(encoded, 0, json, 1, encoded.length);
        json[json.length - 1] = '"';
        return json;
    }

    /** The text that this JSON says; null when it is not a text, or has something escaped in it. */
    static @Nullable String text(byte[] json) {
        var end = json.length - 1;
        if (end < 1 || json[0] != '"' || json[end] != '"') return null;
        for (var i = 1; i < end; i++) {
            var unit = json[i];
            // beyond ASCII a byte is negative; whether those are characters at all is the parser's business
            if ((unit < 0x20 && unit >= 0) || unit == '"' || unit == '\\') return null;
        }
        return new String(json, 1, end - 1, StandardCharsets.UTF_8);
    }
}
