package dev.chronodesk.identity.auth;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.account.Account;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A person as the clients know one. Times are RFC 3339 with microseconds, in UTC. */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record UserAnswer(
        UUID id,
        String aud,
        String role,
        String email,
        @Nullable String emailConfirmedAt,
        String phone,
        @Nullable String confirmedAt,
        @Nullable String lastSignInAt,
        AppMetadata appMetadata,
        Map<String, Object> userMetadata,
        List<IdentityAnswer> identities,
        String createdAt,
        String updatedAt,
        boolean isAnonymous) {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSX").withZone(ZoneOffset.UTC);

    /** What only the service writes; {@code role} is the role at the desk. */
    record AppMetadata(String provider, List<String> providers, Role role) {}

    /** A way to sign in. */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record IdentityAnswer(
            UUID identityId,
            UUID id,
            UUID userId,
            Map<String, Object> identityData,
            String provider,
            @Nullable String lastSignInAt,
            String createdAt,
            String updatedAt,
            String email) {}

    static UserAnswer of(Account account, Role role) {
        var email = account.email().value();
        var confirmed = time(account.emailConfirmedAt());
        var signedIn = time(account.lastSignInAt());
        var created = String.valueOf(time(account.createdAt()));
        var identity = new IdentityAnswer(
                Uuids.v5(account.id(), "email"),
                account.id(),
                account.id(),
                Map.of(
                        "sub",
                        account.id(),
                        "email",
                        email,
                        "email_verified",
                        confirmed != null,
                        "phone_verified",
                        false),
                "email",
                signedIn,
                created,
                created,
                email);
        return new UserAnswer(
                account.id(),
                "authenticated",
                "authenticated",
                email,
                confirmed,
                "",
                confirmed,
                signedIn,
                new AppMetadata("email", List.of("email"), role),
                account.userMetadata(),
                List.of(identity),
                created,
                String.valueOf(time(account.updatedAt())),
                false);
    }

    private static @Nullable String time(@Nullable Instant instant) {
        return instant == null ? null : TIME.format(instant);
    }
}
