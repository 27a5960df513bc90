package dev.chronodesk.identity.auth;

import dev.chronodesk.identity.account.Passwords;
import dev.chronodesk.identity.limit.TooManyException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * A refusal of {@code /auth/v1} in the shape that the Supabase clients read. They switch on the code.
 *
 * @param status never 500 to 504 for what the caller did, since the clients repeat those by themselves
 * @param more members beside code and message
 * @param retryAfter seconds, or null
 */
public record AuthError(
        int status, String code, String message, Map<String, Object> more, @Nullable Integer retryAfter) {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String VERSION_HEADER = "X-Supabase-Api-Version";
    private static final String VERSION = "2024-01-01";

    public static AuthError of(int status, String code, String message) {
        return new AuthError(status, code, message, Map.of(), null);
    }

    public static AuthError malformed(String message) {
        return of(400, "validation_failed", message);
    }

    public static AuthError noAuthorization() {
        return of(401, "no_authorization", "This endpoint requires a valid Bearer token");
    }

    public static AuthError badToken(String message) {
        return of(403, "bad_jwt", message);
    }

    public static AuthError unknownKey() {
        return of(401, "no_authorization", "Invalid API key");
    }

    public static AuthError noSession() {
        return of(403, "session_not_found", "Session from session_id claim in JWT does not exist");
    }

    public static AuthError noUser() {
        return of(403, "user_not_found", "User from sub claim in JWT does not exist");
    }

    static AuthError noSuchUser() {
        return of(404, "user_not_found", "User not found");
    }

    public static AuthError banned() {
        return of(403, "user_banned", "User is banned");
    }

    /** 503: the only failure that the clients should repeat. */
    public static AuthError unavailable() {
        return new AuthError(503, "unexpected_failure", "The service is not available now", Map.of(), 1);
    }

    /** 400: what no client of the contract sends. */
    public static AuthError rejected(String message) {
        return malformed(message);
    }

    /** 429, to be repeated after that time and not before. */
    static AuthError busy(Duration delay) {
        var seconds = (int) Math.max(1, delay.plusMillis(999).toSeconds());
        return new AuthError(429, "over_request_rate_limit", "Request rate limit reached", Map.of(), seconds);
    }

    static AuthError tooMany(TooManyException tooMany) {
        return new AuthError(429, tooMany.code(), tooMany.message(), Map.of(), tooMany.seconds());
    }

    static AuthError weakPassword(Passwords.Weakness weakness) {
        return new AuthError(
                422,
                "weak_password",
                switch (weakness) {
                    case LENGTH -> "Password should be 8 to 128 characters";
                    case PWNED -> "Password is known to be weak and easy to guess, please choose a different one.";
                },
                Map.of("weak_password", Map.of("reasons", List.of(weakness.toString()))),
                null);
    }

    /** Answers with it. */
    public void write(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var current = current(request.getHeader(VERSION_HEADER));
        var body = new LinkedHashMap<String, Object>();
        if (current) {
            body.put("code", code);
            body.put("message", message);
            response.setHeader(VERSION_HEADER, VERSION);
        } else {
            body.put("code", status);
            body.put("error_code", code);
            body.put("msg", message);
        }
        body.putAll(more);
        response.setHeader("x-sb-error-code", code);
        if (retryAfter != null) response.setHeader("Retry-After", retryAfter.toString());
        response.setStatus(status);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.getOutputStream().write(JSON.writeValueAsBytes(body));
    }

    private static boolean current(@Nullable String version) {
        if (version == null) return false;
        try {
            return !LocalDate.parse(version).isBefore(LocalDate.parse(VERSION));
        } catch (DateTimeParseException e) {
            return false;
        }
    }
}
