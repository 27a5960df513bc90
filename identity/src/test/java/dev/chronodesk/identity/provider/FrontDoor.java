package dev.chronodesk.identity.provider;

import dev.chronodesk.identity.provider.OpenIdProvider.Endpoint;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Counts who comes, lets them wait, or sends them away, before the provider itself sees them. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class FrontDoor implements Filter {

    private record Answer(int status, String type, String body) {}

    private final Map<Endpoint, AtomicInteger> requests = new EnumMap<>(Endpoint.class);
    private final Map<Endpoint, Answer> answers = new ConcurrentHashMap<>();
    private final Map<Endpoint, Duration> pauses = new ConcurrentHashMap<>();

    FrontDoor() {
        for (var endpoint : Endpoint.values()) requests.put(endpoint, new AtomicInteger());
    }

    static Endpoint[] those(Endpoint... named) {
        return named.length == 0 ? Endpoint.values() : named;
    }

    int requests(Endpoint endpoint) {
        return requests.get(endpoint).get();
    }

    void open() {
        answers.clear();
        pauses.clear();
    }

    void slow(Duration pause, Endpoint... endpoints) {
        for (var endpoint : those(endpoints)) pauses.put(endpoint, pause);
    }

    void instead(Endpoint endpoint, int status, String type, String body) {
        answers.put(endpoint, new Answer(status, type, body));
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain provider)
            throws IOException, ServletException {
        var endpoint = at(((HttpServletRequest) request).getRequestURI());
        if (endpoint.isEmpty()) {
            provider.doFilter(request, response);
            return;
        }
        requests.get(endpoint.get()).incrementAndGet();
        if (!paused(pauses.getOrDefault(endpoint.get(), Duration.ZERO))) return;
        var instead = answers.get(endpoint.get());
        if (instead == null) {
            provider.doFilter(request, response);
            return;
        }
        ((HttpServletResponse) response).setStatus(instead.status());
        response.setContentType(instead.type());
        response.getOutputStream().write(instead.body().getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<Endpoint> at(String path) {
        for (var endpoint : Endpoint.values()) if (endpoint.path().equals(path)) return Optional.of(endpoint);
        return Optional.empty();
    }

    /** Whether it did, rather than being interrupted because the server is closed. */
    private static boolean paused(Duration length) {
        try {
            Thread.sleep(length);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
