package dev.chronodesk.query.audit;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.query.fold.Json;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Who is answered under {@code /audit}, and how. */
final class Answers {

    private Answers() {}

    static void mayAudit(Caller caller) {
        switch (caller) {
            case Caller.Anonymous _ -> throw ProblemException.unauthenticated();
            case Caller.Known known -> {
                if (known.role() != Role.AUDITOR && known.role() != Role.ADMIN) throw ProblemException.forbidden();
            }
        }
    }

    static void json(HttpServletResponse response, String json) throws IOException {
        write(response, "application/json; charset=utf-8", json);
    }

    static void refuse(HttpServletResponse response, ProblemException e) throws IOException {
        response.setStatus(e.status());
        if (e.status() == 401) response.setHeader("WWW-Authenticate", "Bearer");
        write(response, "application/problem+json", Json.write(e.body()));
    }

    private static void write(HttpServletResponse response, String contentType, String json) throws IOException {
        var bytes = json.getBytes(StandardCharsets.UTF_8);
        response.setContentType(contentType);
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}
