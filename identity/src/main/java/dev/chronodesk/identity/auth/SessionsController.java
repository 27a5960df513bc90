package dev.chronodesk.identity.auth;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.session.Device;
import dev.chronodesk.identity.session.Proof;
import dev.chronodesk.identity.session.Sessions;
import dev.chronodesk.identity.trail.Trail;
import dev.chronodesk.identity.trail.Trail.Action;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** One's own sign-ins, beyond the contract: where one is signed in, and how to end one of them. */
@RestController
@RequestMapping("/auth/v1/sessions")
public final class SessionsController {

    private final Accounts accounts;
    private final Sessions sessions;
    private final Trail trail;

    public SessionsController(Accounts accounts, Sessions sessions, Trail trail) {
        this.accounts = accounts;
        this.sessions = sessions;
        this.trail = trail;
    }

    /**
     * One sign-in.
     *
     * @param lastSeenAt exact to some minutes
     * @param current whether it is the one that asks
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Listed(
            UUID id,
            String createdAt,
            String lastSeenAt,
            String aal,
            List<Proof> amr,
            @Nullable String address,
            @Nullable String userAgent,
            boolean current) {}

    @GetMapping
    List<Listed> list() {
        var signedIn = SignedIn.now(accounts);
        return sessions.of(signedIn.account().id()).stream()
                .map(each -> new Listed(
                        each.id(),
                        String.valueOf(UserAnswer.time(each.createdAt())),
                        String.valueOf(UserAnswer.time(each.lastSeenAt())),
                        each.aal(),
                        each.proofs(),
                        each.address(),
                        each.userAgent(),
                        each.id().equals(signedIn.session())))
                .toList();
    }

    @DeleteMapping("/{id}")
    ResponseEntity<Void> end(@PathVariable("id") String id, HttpServletRequest request) {
        var signedIn = SignedIn.now(accounts);
        var session = uuid(id);
        if (session == null || !sessions.end(signedIn.account().id(), session))
            throw new AuthRefusedException(AuthError.of(404, "session_not_found", "There is no such session"));
        trail.note(
                Action.SESSION_ENDED,
                signedIn.caller().id(),
                signedIn.account().id(),
                session,
                Device.of(request),
                null);
        return ResponseEntity.noContent().build();
    }

    private static @Nullable UUID uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
