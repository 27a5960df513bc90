package dev.chronodesk.identity.session;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * From where a request came, as far as it says so.
 *
 * @param address the network address, or null when nobody said
 * @param userAgent what the client calls itself, cut to 500 characters; never trusted, only shown
 */
public record Device(@Nullable String address, @Nullable String userAgent) {

    /** No request at all: the desk itself. */
    public static final Device NONE = new Device(null, null);

    private static final int MAX = 500;

    /** The device of that request. */
    public static Device of(HttpServletRequest request) {
        var agent = request.getHeader("User-Agent");
        return new Device(
                request.getRemoteAddr(), agent == null || agent.length() <= MAX ? agent : agent.substring(0, MAX));
    }
}
