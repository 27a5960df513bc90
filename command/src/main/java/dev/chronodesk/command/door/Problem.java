package dev.chronodesk.command.door;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A problem detail (RFC 9457). The one place where they are made; {@code docs/errors.md} catalogues them.
 *
 * @param slug the stable end of {@code type}
 * @param status of the answer
 * @param code the exact reason in kebab case, or null when the slug says it all
 * @param detail one sentence for a person, or null
 * @param members beyond the RFC's
 * @param headers that the answer carries
 */
public record Problem(
        String slug,
        String title,
        int status,
        @Nullable String code,
        @Nullable String detail,
        Map<String, Object> members,
        Map<String, String> headers) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .changeDefaultPropertyInclusion(included -> included.withValueInclusion(JsonInclude.Include.ALWAYS))
            .build();

    public Problem {
        members = Map.copyOf(members);
        headers = Map.copyOf(headers);
    }

    private static Problem plain(String slug, String title, int status, @Nullable String detail) {
        return new Problem(slug, title, status, null, detail, Map.of(), Map.of());
    }

    /** 400: what was sent has the wrong shape. */
    public static Problem malformed(List<FieldError> errors) {
        var detail =
                errors.size() == 1 ? new MalformedException(errors).getMessage() : errors.size() + " fields are wrong";
        return new Problem("malformed", "Malformed", 400, null, detail, Map.of("errors", errors), Map.of());
    }

    /** 401: nobody said, or could prove, who they are. */
    public static Problem unauthenticated() {
        return new Problem(
                "unauthenticated",
                "Not signed in",
                401,
                null,
                "a valid access token or API key is needed",
                Map.of(),
                Map.of(HttpHeaders.WWW_AUTHENTICATE, "Bearer"));
    }

    /** 403: this role may not. */
    public static Problem forbidden(String detail) {
        return plain("forbidden", "Not allowed", 403, detail);
    }

    /** 404: there is nothing there that the caller may know of. */
    public static Problem notFound() {
        return plain("not-found", "Not found", 404, null);
    }

    /** 404: no command has that name. */
    public static Problem unknownCommand() {
        return plain("unknown-command", "Unknown command", 404, "no command has that name; see /openapi.json");
    }

    /** 413. */
    public static Problem tooLarge(int limit) {
        return plain("too-large", "Too large", 413, "at most " + limit + " bytes");
    }

    /** 415. */
    public static Problem unsupportedMediaType(String accepted) {
        return plain("unsupported-media-type", "Unsupported media type", 415, "send " + accepted);
    }

    /** 429: too much at once. */
    public static Problem tooManyRequests(Duration wait) {
        return new Problem("too-many-requests", "Too many requests", 429, null, null, Map.of(), retryAfter(wait));
    }

    /** 503: not now. The outcome of a command may be unknown; the same key finds out. */
    public static Problem unavailable(@Nullable String detail, Duration wait) {
        return new Problem("unavailable", "Unavailable", 503, null, detail, Map.of(), retryAfter(wait));
    }

    private static Map<String, String> retryAfter(Duration wait) {
        return Map.of(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, wait.toSeconds())));
    }

    /** What a refused command is answered with. */
    public static Problem of(Refusal reason) {
        var kind =
                switch (reason.kind()) {
                    case MALFORMED -> plain("malformed", "Malformed", 400, reason.message());
                    case FORBIDDEN -> forbidden(reason.message());
                    case NOT_FOUND -> notFound();
                    case CONFLICT -> plain("conflict", "Conflict", 409, reason.message());
                    case VERSION_MISMATCH -> plain("version-mismatch", "Another version", 412, reason.message());
                    case RULE -> plain("rule", "Refused by a rule", 422, reason.message());
                    case KEY_REUSED -> plain("idempotency-key-reused", "Idempotency key reused", 409, reason.message());
                };
        var members = new LinkedHashMap<String, Object>();
        reason.allowed().ifPresent(allowed -> members.put("allowed", allowed));
        return new Problem(kind.slug, kind.title, kind.status, reason.code(), kind.detail, members, Map.of());
    }

    /** The same with one more member. */
    public Problem with(String member, Object value) {
        var more = new LinkedHashMap<>(members);
        more.put(member, value);
        return new Problem(slug, title, status, code, detail, more, headers);
    }

    /** The members in the order in which people read them. */
    public Map<String, Object> body() {
        var body = new LinkedHashMap<String, Object>();
        body.put("type", "/errors/" + slug);
        body.put("title", title);
        body.put("status", status);
        if (code != null) body.put("code", code);
        if (detail != null) body.put("detail", detail);
        body.putAll(members);
        return body;
    }

    /** The whole answer; its bytes do not depend on how anybody configures JSON. */
    public ResponseEntity<byte[]> response() {
        var answer = ResponseEntity.status(HttpStatus.valueOf(status)).contentType(MediaType.APPLICATION_PROBLEM_JSON);
        headers.forEach(answer::header);
        return answer.header(HttpHeaders.CACHE_CONTROL, "no-store").body(JSON.writeValueAsBytes(body()));
    }
}
