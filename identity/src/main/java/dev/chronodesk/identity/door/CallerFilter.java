package dev.chronodesk.identity.door;

import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.LogUnavailableException;
import dev.chronodesk.identity.door.MachineKeys.Scope;
import dev.chronodesk.identity.provider.ProviderUnavailableException;
import dev.chronodesk.identity.session.CallerAuthentication;
import dev.chronodesk.identity.session.Device;
import dev.chronodesk.identity.session.Sessions;
import dev.chronodesk.identity.token.AccessTokens;
import dev.chronodesk.identity.token.BadTokenException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Finds out who asks, for every request: by the bearer token or key, else by the {@code apikey} header. Only a token's
 * signature is remembered; role, ban and session are read now. Whether the caller may do what is asked is for others.
 */
final class CallerFilter extends OncePerRequestFilter {

    /** Calls that are made to get a token: clients send along whatever old one they have. */
    private static final Set<String> WITHOUT_TOKEN = Set.of(
            "/auth/v1/signup",
            "/auth/v1/token",
            "/auth/v1/otp",
            "/auth/v1/magiclink",
            "/auth/v1/recover",
            "/auth/v1/resend",
            "/auth/v1/verify",
            "/auth/v1/authorize",
            "/auth/v1/callback",
            "/auth/v1/settings",
            "/auth/v1/health",
            "/auth/v1/.well-known/jwks.json",
            "/.well-known/jwks.json");

    private final ApiKeys keys;
    private final MachineKeys machines;
    private final AccessTokens tokens;
    private final TrustedCallers trusted;
    private final Sessions sessions;
    private final RequestAttributeSecurityContextRepository contexts = new RequestAttributeSecurityContextRepository();

    CallerFilter(ApiKeys keys, MachineKeys machines, AccessTokens tokens, TrustedCallers trusted, Sessions sessions) {
        this.keys = keys;
        this.machines = machines;
        this.tokens = tokens;
        this.trusted = trusted;
        this.sessions = sessions;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        touchHeaders(request);
        try {
            var context = SecurityContextHolder.createEmptyContext();
            context.setAuthentication(who(request));
            SecurityContextHolder.setContext(context);
            contexts.saveContext(context, request, response); // an asynchronous dispatch asks again
        } catch (UnadmittedException e) {
            Refusals.unadmitted(e.reason(), request, response);
            return;
        } catch (DataAccessException
                | LogUnavailableException
                | CommandRefusedException
                | ProviderUnavailableException e) {
            Refusals.unavailable(request, response);
            return;
        }
        chain.doFilter(request, response);
    }

    /** The firewall looks at a header when it is read: read all here, where its refusal still becomes a 400. */
    private static void touchHeaders(HttpServletRequest request) {
        for (var name : Collections.list(request.getHeaderNames()))
            for (var values = request.getHeaders(name); values.hasMoreElements(); ) values.nextElement();
    }

    private CallerAuthentication who(HttpServletRequest request) throws UnadmittedException {
        var apikey = single(request, "apikey", Unadmitted.UNKNOWN_KEY);
        var keyed = apikey == null ? new Caller.Anonymous() : key(apikey, request);
        var authorization = single(request, "Authorization", Unadmitted.BAD_HEADER);
        if (authorization == null) return new CallerAuthentication(keyed, null);
        var token = bearer(authorization);
        if (token.startsWith("sb_")) return new CallerAuthentication(key(token, request), null);
        if (WITHOUT_TOKEN.contains(request.getRequestURI())) return new CallerAuthentication(keyed, null);
        return person(token, request);
    }

    private Caller key(String text, HttpServletRequest request) throws UnadmittedException {
        var known = keys.caller(text);
        if (known.isPresent()) return known.get();
        var machine = machines.working(text).orElseThrow(() -> new UnadmittedException(Unadmitted.UNKNOWN_KEY));
        if (!machine.scopes().contains(scope(request))) throw new UnadmittedException(Unadmitted.OUT_OF_SCOPE);
        return machine.caller();
    }

    private static Scope scope(HttpServletRequest request) {
        var path = request.getRequestURI();
        if (path.startsWith("/auth/v1/admin") || path.startsWith("/auth/v1/invite")) return Scope.ADMIN;
        return switch (request.getMethod()) {
            case "GET", "HEAD", "OPTIONS" -> Scope.READ;
            default -> Scope.WRITE;
        };
    }

    private static @Nullable String single(HttpServletRequest request, String header, Unadmitted otherwise)
            throws UnadmittedException {
        List<String> values = Collections.list(request.getHeaders(header));
        if (values.size() > 1) throw new UnadmittedException(otherwise);
        return values.isEmpty() ? null : values.getFirst();
    }

    private static String bearer(String authorization) throws UnadmittedException {
        var space = authorization.indexOf(' ');
        var token = space < 0 ? "" : authorization.substring(space + 1).strip();
        if (token.isEmpty()
                || !authorization.substring(0, space).toLowerCase(Locale.ROOT).equals("bearer"))
            throw new UnadmittedException(Unadmitted.BAD_HEADER);
        return token;
    }

    private CallerAuthentication person(String token, HttpServletRequest request) throws UnadmittedException {
        try {
            var remembered = trusted.remembered(token);
            return remembered == null ? verified(token, request) : named(remembered);
        } catch (BadTokenException e) {
            throw new UnadmittedException(e.expired() ? Unadmitted.EXPIRED_TOKEN : Unadmitted.BAD_TOKEN);
        }
    }

    private CallerAuthentication verified(String token, HttpServletRequest request)
            throws UnadmittedException, BadTokenException {
        try {
            return signedIn(token);
        } catch (BadTokenException e) {
            var person = e.expired() ? Optional.<UUID>empty() : trusted.person(token, Device.of(request));
            return named(person.orElseThrow(() -> e));
        }
    }

    /** Somebody whom a trusted issuer names: without a session of ours. */
    private CallerAuthentication named(UUID person) throws UnadmittedException {
        var standing = sessions.standing(person, null).orElseThrow(() -> new UnadmittedException(Unadmitted.NO_USER));
        if (standing.barred()) throw new UnadmittedException(Unadmitted.BARRED);
        return new CallerAuthentication(new Caller.Known(person, standing.role()), null);
    }

    private CallerAuthentication signedIn(String token) throws UnadmittedException, BadTokenException {
        var read = tokens.verify(token);
        var standing = sessions.standing(read.subject(), read.session())
                .orElseThrow(() -> new UnadmittedException(Unadmitted.NO_USER));
        if (standing.barred()) throw new UnadmittedException(Unadmitted.BARRED);
        if (!standing.signedIn()) throw new UnadmittedException(Unadmitted.NO_SESSION);
        return new CallerAuthentication(new Caller.Known(read.subject(), standing.role()), read.session());
    }
}
