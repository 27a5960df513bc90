package dev.chronodesk.identity.auth;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.account.Account;
import dev.chronodesk.identity.account.EmailAddress;
import dev.chronodesk.identity.account.Identity;
import dev.chronodesk.identity.token.TokenSubject;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A person as the clients know one. Times are RFC 3339 with microseconds, in UTC. */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record UserAnswer(
        UUID id,
        String aud,
        String role,
        String email,
        @Nullable String emailConfirmedAt,
        String phone,
        @Nullable String confirmedAt,
        @Nullable String confirmationSentAt,
        @Nullable String recoverySentAt,
        @Nullable String invitedAt,
        @Nullable String newEmail,
        @Nullable String emailChangeSentAt,
        @Nullable String lastSignInAt,
        Map<String, Object> appMetadata,
        Map<String, Object> userMetadata,
        @Nullable List<FactorAnswer> factors,
        List<IdentityAnswer> identities,
        String createdAt,
        String updatedAt,
        @Nullable String bannedUntil,
        boolean isAnonymous) {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSX").withZone(ZoneOffset.UTC);

    /** A way to sign in. */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record IdentityAnswer(
            UUID identityId,
            String id,
            UUID userId,
            Map<String, Object> identityData,
            String provider,
            @Nullable String lastSignInAt,
            String createdAt,
            String updatedAt,
            @Nullable String email) {}

    /** The person; {@code app_metadata} is what only the service writes, with the role at the desk. */
    public static UserAnswer of(Account account, Role role) {
        var address = account.email();
        var email = address == null ? "" : address.value();
        var confirmed = time(account.emailConfirmedAt());
        var signedIn = time(account.lastSignInAt());
        var created = String.valueOf(time(account.createdAt()));
        var newEmail = account.newEmail();
        return new UserAnswer(
                account.id(),
                "authenticated",
                "authenticated",
                email,
                confirmed,
                "",
                confirmed,
                time(account.confirmationSentAt()),
                time(account.recoverySentAt()),
                time(account.invitedAt()),
                newEmail == null ? null : newEmail.value(),
                newEmail == null ? null : time(account.emailChangeSentAt()),
                signedIn,
                TokenSubject.claims(account.appMetadata(), account.providers(), role),
                account.userMetadata(),
                account.factors().isEmpty()
                        ? null
                        : account.factors().stream().map(FactorAnswer::of).toList(),
                identities(account, email),
                created,
                String.valueOf(time(account.updatedAt())),
                time(account.bannedUntil()),
                account.anonymous());
    }

    /**
     * Somebody whose address was not confirmed yet, of whom nothing is shown but what they said themselves just now.
     */
    static UserAnswer unconfirmed(UUID id, EmailAddress address, Map<String, Object> userMetadata, Instant now) {
        var email = address.value();
        var created = String.valueOf(time(now));
        return new UserAnswer(
                id,
                "authenticated",
                "authenticated",
                email,
                null,
                "",
                null,
                created,
                null,
                null,
                null,
                null,
                null,
                TokenSubject.claims(Map.of(), List.of("email"), Role.CUSTOMER),
                userMetadata,
                null,
                List.of(identity(id, email, false, null, created)),
                created,
                created,
                null,
                false);
    }

    private static List<IdentityAnswer> identities(Account account, String email) {
        var identities = new ArrayList<IdentityAnswer>();
        var since = account.emailIdentityAt();
        if (since != null)
            identities.add(identity(
                    account.id(),
                    email,
                    account.confirmed(),
                    time(account.lastSignInAt()),
                    String.valueOf(time(since))));
        account.identities().forEach(each -> identities.add(identity(account.id(), each)));
        return identities;
    }

    private static IdentityAnswer identity(UUID account, Identity identity) {
        return new IdentityAnswer(
                identity.id(),
                identity.subject(),
                account,
                identity.claims(),
                identity.provider(),
                time(identity.lastSignInAt()),
                String.valueOf(time(identity.createdAt())),
                String.valueOf(time(identity.updatedAt())),
                identity.claims().get("email") instanceof String email ? email : null);
    }

    /** The identity of the address: its id never changes. */
    static UUID emailIdentity(UUID account) {
        return Uuids.v5(account, "email");
    }

    private static IdentityAnswer identity(
            UUID id, String email, boolean confirmed, @Nullable String signedIn, String created) {
        return new IdentityAnswer(
                emailIdentity(id),
                id.toString(),
                id,
                Map.of("sub", id, "email", email, "email_verified", confirmed, "phone_verified", false),
                "email",
                signedIn,
                created,
                created,
                email);
    }

    /** As the contract writes times. */
    static @Nullable String time(@Nullable Instant instant) {
        return instant == null ? null : TIME.format(instant);
    }
}
