package dev.chronodesk.app.errors;

import dev.chronodesk.command.gateway.Admission;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses commands at the door while too many are under way, before anybody is asked who sends them: who they are would
 * cost more than the refusal.
 */
final class Crowded extends OncePerRequestFilter {

    private static final byte[] BODY = Problem.UNAVAILABLE
            .json("Too many commands are under way. Nothing was done; send it again, with the same key.")
            .getBytes(StandardCharsets.UTF_8);

    private final Admission admission;

    Crowded(Admission admission) {
        this.admission = admission;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!request.getMethod().equals("POST") || !admission.full()) {
            chain.doFilter(request, response);
            return;
        }
        response.setStatus(Problem.UNAVAILABLE.status());
        response.setHeader("Retry-After", "1");
        response.setContentType("application/problem+json");
        response.setContentLength(BODY.length);
        response.getOutputStream().write(BODY);
    }
}
