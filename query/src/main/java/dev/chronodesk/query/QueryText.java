package dev.chronodesk.query;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The query string as it came, decoded strictly: what is not UTF-8 or holds U+0000 is refused, not replaced. */
public final class QueryText {

    /** What was sent is no text. */
    public static final class UnreadableRequestException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnreadableRequestException(String message) {
            super(message, null, false, false);
        }
    }

    /** A parameter in its place; the same name may come again. */
    public record Parameter(String name, String value) {}

    private QueryText() {}

    public static List<Parameter> parameters(@Nullable String query, int maxLength) {
        if (query == null || query.isEmpty()) return List.of();
        if (query.length() > maxLength)
            throw new UnreadableRequestException("the query is longer than " + maxLength + " characters");
        var parameters = new ArrayList<Parameter>();
        for (var pair : query.split("&", -1)) {
            if (pair.isEmpty()) continue;
            var equals = pair.indexOf('=');
            var name = equals < 0 ? pair : pair.substring(0, equals);
            var value = equals < 0 ? "" : pair.substring(equals + 1);
            parameters.add(new Parameter(decoded(name), decoded(value)));
        }
        return parameters;
    }

    private static String decoded(String text) {
        var bytes = new byte[text.length() * 3];
        var length = 0;
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c == '%') {
                if (i + 2 >= text.length()) throw malformed("a % without two hexadecimal digits");
                var high = Character.digit(text.charAt(i + 1), 16);
                var low = Character.digit(text.charAt(i + 2), 16);
                if (high < 0 || low < 0) throw malformed("a % without two hexadecimal digits");
                bytes[length++] = (byte) ((high << 4) | low);
                i += 2;
            } else if (c == '+') {
                bytes[length++] = ' ';
            } else if (c < 0x80) {
                bytes[length++] = (byte) c;
            } else if (c < 0x100) {
                // a container that hands over raw bytes does so one char a byte
                bytes[length++] = (byte) c;
            } else {
                throw malformed("a character that should have been percent-encoded");
            }
        }
        return checked(bytes, length);
    }

    private static String checked(byte[] bytes, int length) {
        try {
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
            if (text.indexOf('\0') >= 0) throw malformed("U+0000");
            return text;
        } catch (CharacterCodingException e) {
            throw malformed("bytes that are not UTF-8");
        }
    }

    /** Text that PostgreSQL can store and UTF-8 can say, or a refusal. */
    public static String storable(String text) {
        if (text.indexOf('\0') >= 0) throw malformed("U+0000");
        // a pair is one code point; what is left of a broken one is its own
        if (text.codePoints().anyMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE))
            throw malformed("half a surrogate pair");
        return text;
    }

    private static UnreadableRequestException malformed(String what) {
        return new UnreadableRequestException("the request holds " + what);
    }
}
