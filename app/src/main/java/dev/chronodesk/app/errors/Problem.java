package dev.chronodesk.app.errors;

import java.net.URI;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/** The kinds of problems (RFC 9457) that have nothing to do with a command's content; docs/errors.md lists them. */
enum Problem {
    MALFORMED(400, "malformed", "Malformed request"),
    UNAUTHENTICATED(401, "unauthenticated", "Nobody has said who is asking"),
    FORBIDDEN(403, "forbidden", "Not allowed"),
    NOT_FOUND(404, "not-found", "Nothing is there"),
    METHOD_NOT_ALLOWED(405, "method-not-allowed", "Not with this method"),
    NOT_ACCEPTABLE(406, "not-acceptable", "Not in that form"),
    ANOTHER_INCARNATION(412, "another-incarnation", "The log is another one"),
    TOO_LARGE(413, "too-large", "Too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "unsupported-media-type", "Not in this form"),
    TOO_MANY_REQUESTS(429, "too-many-requests", "Too many requests"),
    INTERNAL(500, "internal", "A mistake of ours"),
    UNAVAILABLE(503, "unavailable", "Not now");

    private final int status;
    private final String slug;
    private final String title;

    Problem(int status, String slug, String title) {
        this.status = status;
        this.slug = slug;
        this.title = title;
    }

    /** The problem of a status; what has none of its own is malformed, or a mistake of ours. */
    static Problem of(HttpStatusCode status) {
        for (var problem : values()) if (problem.status == status.value()) return problem;
        return status.is4xxClientError() ? MALFORMED : INTERNAL;
    }

    int status() {
        return status;
    }

    ProblemDetail detail(String detail) {
        var body = ProblemDetail.forStatusAndDetail(HttpStatusCode.valueOf(status), detail);
        body.setType(URI.create("/errors/" + slug));
        body.setTitle(title);
        return body;
    }

    ResponseEntity<ProblemDetail> answer(ProblemDetail body, HttpHeaders headers) {
        var answer = ResponseEntity.status(status).headers(headers).contentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (this == UNAVAILABLE) answer.header(HttpHeaders.RETRY_AFTER, "1");
        return answer.body(body);
    }

    ResponseEntity<ProblemDetail> answer(String detail) {
        return answer(detail(detail), HttpHeaders.EMPTY);
    }

    /** The same where there is no Spring: refused before any of our code saw the request. */
    String json(String detail) {
        return "{\"type\":\"/errors/%s\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\"}"
                .formatted(slug, title, status, detail);
    }
}
