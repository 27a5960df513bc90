package dev.chronodesk.identity.auth;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.door.MachineKeys;
import dev.chronodesk.identity.door.MachineKeys.Made;
import dev.chronodesk.identity.door.MachineKeys.Scope;
import dev.chronodesk.identity.session.Device;
import dev.chronodesk.identity.trail.Trail;
import dev.chronodesk.identity.trail.Trail.Action;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** Keys of programs, beyond the contract: made, listed, rotated and revoked by administrators. */
@RestController
@RequestMapping("/auth/v1/admin/api_keys")
public final class MachineKeysController {

    private static final int LONGEST_NAME = 100;
    private static final Duration LONGEST_OVERLAP = Duration.ofDays(30);

    private final MachineKeys keys;
    private final Trail trail;
    private final Clock clock;

    public MachineKeysController(MachineKeys keys, Trail trail, Clock clock) {
        this.keys = keys;
        this.trail = trail;
        this.clock = clock;
    }

    /**
     * A key.
     *
     * @param apiKey the key itself, in the answer that made it and never again
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Answer(
            UUID id,
            String name,
            String prefix,
            Role role,
            List<String> scopes,
            String createdAt,
            @Nullable UUID createdBy,
            @Nullable String expiresAt,
            @Nullable String lastUsedAt,
            @Nullable String revokedAt,
            @Nullable String apiKey) {

        static Answer of(MachineKeys.Key key, @Nullable String text) {
            return new Answer(
                    key.id(),
                    key.name(),
                    key.prefix(),
                    key.role(),
                    key.scopes().stream().map(Scope::toString).toList(),
                    String.valueOf(UserAnswer.time(key.createdAt())),
                    key.createdBy(),
                    UserAnswer.time(key.expiresAt()),
                    UserAnswer.time(key.lastUsedAt()),
                    UserAnswer.time(key.revokedAt()),
                    text);
        }

        @Override
        public String toString() {
            return "Answer[" + id + "]";
        }
    }

    private static Answer shown(Made made) {
        return Answer.of(made.key(), made.text().reveal());
    }

    @GetMapping
    List<Answer> list() {
        Administrators.only();
        return keys.all().stream().map(key -> Answer.of(key, null)).toList();
    }

    @PostMapping
    Answer make(HttpServletRequest request) throws IOException {
        var by = Administrators.only();
        var body = AuthBody.of(request);
        var name = body.required("name");
        if (name.isBlank() || name.length() > LONGEST_NAME)
            throw malformed("name: 1 to " + LONGEST_NAME + " characters, not blank");
        var made = keys.make(name, role(body), scopes(body), expiry(body), by.id());
        trail.note(
                Action.KEY_CREATED,
                by.id(),
                null,
                null,
                Device.of(request),
                made.key().prefix());
        return shown(made);
    }

    private static Role role(AuthBody body) {
        var text = body.text("role");
        if (text == null) return Role.SERVICE;
        return MachineKeys.ROLES.stream()
                .filter(role -> role.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> malformed("role: one of "
                        + MachineKeys.ROLES.stream().map(Role::toString).collect(Collectors.joining(", "))));
    }

    private static Set<Scope> scopes(AuthBody body) {
        var texts = body.texts("scopes");
        if (texts.isEmpty()) throw malformed("scopes: some of read, write, admin");
        var scopes = EnumSet.noneOf(Scope.class);
        for (var text : texts)
            scopes.add(Scope.of(text).orElseThrow(() -> malformed("scopes: some of read, write, admin")));
        return scopes;
    }

    private @Nullable Instant expiry(AuthBody body) {
        var text = body.text("expires_at");
        if (text == null) return null;
        try {
            var expiry = Instant.parse(text);
            if (expiry.isAfter(clock.instant())) return expiry;
        } catch (DateTimeParseException e) {
            // answered below
        }
        throw malformed("expires_at: a moment to come, such as 2030-01-31T12:00:00Z");
    }

    @PostMapping("/{id}/rotate")
    Answer rotate(@PathVariable("id") String id, HttpServletRequest request) throws IOException {
        var by = Administrators.only();
        var seconds = AuthBody.of(request).text("overlap");
        var overlap = seconds == null ? Duration.ofDays(1) : overlap(seconds);
        var made = keys.rotate(uuid(id), overlap, by.id()).orElseThrow(MachineKeysController::none);
        trail.note(
                Action.KEY_CREATED,
                by.id(),
                null,
                null,
                Device.of(request),
                made.key().prefix() + " in place of " + id);
        return shown(made);
    }

    private static Duration overlap(String text) {
        try {
            var overlap = Duration.parse(text);
            if (!overlap.isNegative() && overlap.compareTo(LONGEST_OVERLAP) <= 0) return overlap;
        } catch (DateTimeParseException e) {
            // answered below
        }
        throw malformed("overlap: how long the old key works on, such as PT1H, at most P30D");
    }

    @DeleteMapping("/{id}")
    ResponseEntity<Void> revoke(@PathVariable("id") String id, HttpServletRequest request) {
        var by = Administrators.only();
        if (!keys.revoke(uuid(id))) throw none();
        trail.note(Action.KEY_REVOKED, by.id(), null, null, Device.of(request), id);
        return ResponseEntity.noContent().build();
    }

    private static UUID uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw none();
        }
    }

    private static AuthRefusedException none() {
        return new AuthRefusedException(AuthError.of(404, "validation_failed", "There is no such key"));
    }

    private static AuthRefusedException malformed(String message) {
        return new AuthRefusedException(AuthError.malformed(message));
    }
}
