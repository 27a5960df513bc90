package dev.chronodesk.bench.faults.proxy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Follows the messages of one client (PostgreSQL's frontend/backend protocol 3) and says of each whether it makes the
 * server carry out an append or a commit. Statements are prepared once under a name, so names are remembered.
 */
final class Messages {

    private final Map<String, Kind> statements = new HashMap<>();
    private final Map<String, Kind> portals = new HashMap<>();

    /** @param body of the message, without type and length */
    Kind carriesOut(byte type, byte[] body) {
        var in = ByteBuffer.wrap(body);
        switch (type) {
            case 'P' -> {
                var name = text(in);
                statements.put(name, Kind.of(text(in)));
            }
            case 'B' -> {
                var portal = text(in);
                portals.put(portal, statements.getOrDefault(text(in), Kind.OTHER));
            }
            case 'E' -> {
                return portals.getOrDefault(text(in), Kind.OTHER);
            }
            case 'Q' -> {
                return Kind.of(text(in));
            }
            default -> {
                // describes, closes, synchronises or carries data
            }
        }
        return Kind.OTHER;
    }

    /** Texts end with a zero. */
    private static String text(ByteBuffer in) {
        var text = new ByteArrayOutputStream();
        for (var next = in.get(); next != 0; next = in.get()) text.write(next);
        return text.toString(StandardCharsets.UTF_8);
    }
}
