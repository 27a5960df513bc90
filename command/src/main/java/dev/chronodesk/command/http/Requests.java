package dev.chronodesk.command.http;

import dev.chronodesk.command.door.MalformedException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Collections;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** Reads a request's body and headers, each within its bounds. */
final class Requests {

    /** A body has more bytes than are taken. */
    static final class TooLargeException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int limit;

        TooLargeException(int limit) {
            super("too large", null, false, false);
            this.limit = limit;
        }

        int limit() {
            return limit;
        }
    }

    private static final Pattern KEY = Pattern.compile("[\\x20-\\x7e]{1,255}");
    private static final Pattern VERSION = Pattern.compile("\"(0|[1-9][0-9]{0,8})\"");
    private static final Pattern WAIT =
            Pattern.compile("(?i)(?:^|[,;\\s])wait\\s*=\\s*\"?([0-9]{1,9})\"?(?:$|[,;\\s])");
    private static final int LONGEST_WAIT = 30;

    private Requests() {}

    /**
     * The whole body, also one that does not say its length.
     *
     * @throws TooLargeException as soon as there are more than {@code limit} bytes
     */
    static byte[] body(HttpServletRequest request, int limit) {
        if (request.getContentLengthLong() > limit) throw new TooLargeException(limit);
        try {
            var body = request.getInputStream().readNBytes(limit + 1);
            if (body.length > limit) throw new TooLargeException(limit);
            return body;
        } catch (IOException e) {
            throw new MalformedException("", "json", "the body could not be read to its end");
        }
    }

    /** Whether the body is of that type, whatever its parameters. */
    static boolean is(HttpServletRequest request, MediaType type) {
        var said = request.getContentType();
        if (said == null) return false;
        try {
            return type.equalsTypeAndSubtype(MediaType.parseMediaType(said));
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }

    /** The key that the sender chose. */
    static @Nullable String key(HttpServletRequest request) {
        var key = single(request, "Idempotency-Key");
        if (key != null && !keyLike(key))
            throw new MalformedException("Idempotency-Key", "format", "must have 1 to 255 printable ASCII characters");
        return key;
    }

    /** Whether a key can be a header's value, so that it is the same key at every door. */
    static boolean keyLike(String key) {
        return KEY.matcher(key).matches();
    }

    /** The version that the sender expects. */
    static @Nullable Integer ifMatch(HttpServletRequest request) {
        var tag = single(request, "If-Match");
        if (tag == null) return null;
        var version = VERSION.matcher(tag);
        if (!version.matches())
            throw new MalformedException("If-Match", "format", "must be one version in quotes, such as \"3\"");
        return Integer.valueOf(version.group(1));
    }

    /**
     * How many seconds the sender would wait for the read tables; a preference that cannot be read is none (RFC 7240).
     */
    static Optional<Integer> wait(HttpServletRequest request) {
        for (var preference : Collections.list(request.getHeaders("Prefer"))) {
            var wait = WAIT.matcher(preference);
            if (wait.find()) return Optional.of(Math.min(LONGEST_WAIT, Integer.parseInt(wait.group(1))));
        }
        return Optional.empty();
    }

    /** A parameter that is true, false or left out. */
    static boolean flag(HttpServletRequest request, String name) {
        var values = request.getParameterValues(name);
        if (values == null) return false;
        if (values.length == 1 && values[0].equals("true")) return true;
        if (values.length == 1 && values[0].equals("false")) return false;
        throw new MalformedException(name, "value", "must be true or false");
    }

    private static @Nullable String single(HttpServletRequest request, String header) {
        var values = Collections.list(request.getHeaders(header));
        if (values.size() > 1) throw new MalformedException(header, "duplicate", "must be sent once");
        return values.isEmpty() ? null : values.getFirst();
    }
}
