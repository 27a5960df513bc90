package dev.chronodesk.app.errors;

import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.Incarnation;
import dev.chronodesk.db.log.LogUnavailableException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Says with every position which incarnation of the log it is of, and refuses requests that know another one: a
 * position or a version of a history that was lost must not be taken for one of this.
 */
final class SameIncarnation extends OncePerRequestFilter {

    static final String HEADER = "Chronodesk-Incarnation";

    private final EventLog log;

    SameIncarnation(EventLog log) {
        this.log = log;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String now;
        try {
            now = Incarnation.shortName(log.incarnation());
        } catch (LogUnavailableException e) {
            refuse(request, response, Problem.UNAVAILABLE, CatchAll.sentence(Problem.UNAVAILABLE));
            return;
        }
        response.setHeader(HEADER, now);
        var known = request.getHeader(HEADER);
        if (known == null || known.strip().equals(now)) chain.doFilter(request, response);
        else
            refuse(
                    request,
                    response,
                    Problem.ANOTHER_INCARNATION,
                    "The log is incarnation " + now + ", not the one that the request names: it was restored, or its"
                            + " server replaced. Forget positions and versions, and read again.");
    }

    private static void refuse(
            HttpServletRequest request, HttpServletResponse response, Problem problem, String sentence)
            throws IOException {
        var rest = request.getRequestURI().startsWith("/rest/v1");
        var code = "CD" + problem.status();
        var body = rest
                ? "{\"code\":\"%s\",\"message\":\"%s\",\"details\":null,\"hint\":null}".formatted(code, sentence)
                : problem.json(sentence);
        response.setStatus(problem.status());
        if (rest) response.setHeader("Proxy-Status", "PostgREST; error=" + code);
        if (problem == Problem.UNAVAILABLE) response.setHeader("Retry-After", "1");
        response.setContentType(rest ? "application/json; charset=utf-8" : "application/problem+json");
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}
