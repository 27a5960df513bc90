package dev.chronodesk.query.audit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer other than what was asked for, as RFC 9457 has it. */
final class ProblemException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String slug;
    private final String title;
    private final @Nullable String field;

    private ProblemException(int status, String slug, String title, String detail, @Nullable String field) {
        super(detail, null, false, false);
        this.status = status;
        this.slug = slug;
        this.title = title;
        this.field = field;
    }

    static ProblemException malformed(String field, String rule) {
        return new ProblemException(400, "malformed", "The request is malformed", field + ": " + rule, field);
    }

    static ProblemException unreadable(String reason) {
        return new ProblemException(400, "malformed", "The request is malformed", reason, null);
    }

    static ProblemException unauthenticated() {
        return new ProblemException(401, "unauthenticated", "Nobody is signed in", "Send an access token.", null);
    }

    static ProblemException forbidden() {
        return new ProblemException(
                403, "forbidden", "This is not allowed", "History is for auditors and administrators.", null);
    }

    static ProblemException conflict(String detail) {
        return new ProblemException(409, "conflict", "Conflict", detail, null);
    }

    static ProblemException notFound(String what) {
        return new ProblemException(404, "not-found", "There is no such thing", what, null);
    }

    int status() {
        return status;
    }

    Map<String, Object> body() {
        var body = new LinkedHashMap<String, Object>();
        body.put("type", "/errors/" + slug);
        body.put("title", title);
        body.put("status", status);
        body.put("detail", String.valueOf(getMessage()));
        if (field != null)
            body.put(
                    "errors",
                    List.of(Map.of(
                            "field",
                            field,
                            "rule",
                            "malformed",
                            "message",
                            String.valueOf(getMessage()).substring(field.length() + 2))));
        return body;
    }
}
