package dev.chronodesk.identity.door;

import dev.chronodesk.identity.auth.AuthError;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/** Answers of the door itself, in the shape that the path speaks: GoTrue's, PostgREST's, or problem details. */
final class Refusals {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Refusals() {}

    static boolean auth(HttpServletRequest request) {
        return under(request, "/auth/v1");
    }

    private static boolean under(HttpServletRequest request, String prefix) {
        var path = request.getRequestURI();
        return path.equals(prefix) || path.startsWith(prefix + "/");
    }

    /** Whoever asks is not who they say: 401, or the contract's 403 under {@code /auth/v1}. */
    static void unadmitted(Unadmitted reason, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (auth(request)) {
            auth(reason).write(request, response);
            return;
        }
        if (reason == Unadmitted.OUT_OF_SCOPE) {
            if (under(request, "/rest/v1")) postgrest(response, 403, "42501", reason.message());
            else problem(response, 403, "forbidden", "Not allowed", reason.message());
            return;
        }
        response.setHeader(
                "WWW-Authenticate", "Bearer error=\"invalid_token\", error_description=\"" + reason.message() + "\"");
        if (under(request, "/rest/v1"))
            postgrest(response, 401, reason == Unadmitted.EXPIRED_TOKEN ? "PGRST303" : "PGRST301", reason.message());
        else problem(response, 401, "unauthenticated", "Not signed in", reason.message());
    }

    private static AuthError auth(Unadmitted reason) {
        return switch (reason) {
            case BAD_HEADER -> AuthError.noAuthorization();
            case UNKNOWN_KEY -> AuthError.unknownKey();
            case BAD_TOKEN -> AuthError.badToken("invalid JWT: unable to parse or verify signature");
            case EXPIRED_TOKEN -> AuthError.badToken("invalid JWT: token is expired");
            case NO_USER -> AuthError.noUser();
            case NO_SESSION -> AuthError.noSession();
            case BARRED -> AuthError.banned();
            case OUT_OF_SCOPE -> AuthError.of(403, "not_admin", reason.message());
        };
    }

    /** Who asks cannot be found out now. */
    static void unavailable(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Retry-After", "1");
        if (auth(request)) AuthError.unavailable().write(request, response);
        else if (under(request, "/rest/v1")) postgrest(response, 503, "PGRST001", "The database is not available now");
        else problem(response, 503, "unavailable", "Not available now", "The database cannot be asked now.");
    }

    /** The request's line or headers are what no client of ours sends. */
    static void malformed(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var detail = "The address, the method or a header of the request is not allowed.";
        if (auth(request)) AuthError.rejected(detail).write(request, response);
        else if (under(request, "/rest/v1")) postgrest(response, 400, "PGRST125", detail);
        else problem(response, 400, "malformed", "Malformed request", detail);
    }

    private static void problem(HttpServletResponse response, int status, String slug, String title, String detail)
            throws IOException {
        var body = new LinkedHashMap<String, Object>();
        body.put("type", "/errors/" + slug);
        body.put("title", title);
        body.put("status", status);
        body.put("detail", detail);
        write(response, status, MediaType.APPLICATION_PROBLEM_JSON_VALUE, body);
    }

    private static void postgrest(HttpServletResponse response, int status, String code, String message)
            throws IOException {
        var body = new LinkedHashMap<String, Object>();
        body.put("code", code);
        body.put("message", message);
        body.put("details", null);
        body.put("hint", null);
        response.setHeader("Proxy-Status", "PostgREST; error=" + code);
        write(response, status, MediaType.APPLICATION_JSON_VALUE, body);
    }

    private static void write(HttpServletResponse response, int status, String type, Object body) throws IOException {
        response.setStatus(status);
        response.setContentType(type);
        response.getOutputStream().write(JSON.writeValueAsBytes(body));
    }
}
