package dev.chronodesk.identity.account;

import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.Secret;
import dev.chronodesk.identity.mfa.Factor;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a person proves who they are.
 *
 * @param id also the profile's id
 * @param active false until the log has registered the profile and claimed the address
 * @param passwordHash Argon2id with its parameters; null for who has none and signs in by mail
 * @param appMetadata what administrators wrote about the person; never decides anything
 * @param userMetadata what the person wrote about themselves; never decides anything
 * @param newEmail the address that the person wants and has not proved yet
 * @param role by the log
 * @param disabled locked out, by the log
 * @param bannedUntil locked out until then
 * @param factors the person's second factors, the oldest first
 */
public record Account(
        UUID id,
        EmailAddress email,
        boolean active,
        @Nullable Secret passwordHash,
        Map<String, Object> appMetadata,
        Map<String, Object> userMetadata,
        @Nullable Instant emailConfirmedAt,
        @Nullable Instant confirmationSentAt,
        @Nullable Instant recoverySentAt,
        @Nullable Instant invitedAt,
        @Nullable EmailAddress newEmail,
        @Nullable Instant emailChangeSentAt,
        @Nullable Instant lastSignInAt,
        Instant createdAt,
        Instant updatedAt,
        Role role,
        boolean disabled,
        @Nullable Instant bannedUntil,
        List<Factor> factors) {

    /** Whether somebody has shown that mail to the address reaches them, or it was taken on trust. */
    public boolean confirmed() {
        return emailConfirmedAt != null;
    }

    /** What the person wants to be called: {@code display_name}, else {@code name}, else nothing. */
    public String displayName() {
        return displayName(userMetadata);
    }

    /**
     * The display name in what a person wrote about themselves.
     *
     * @throws IllegalArgumentException when it is no text, naming the field
     */
    static String displayName(Map<String, Object> userMetadata) {
        for (var field : new String[] {"display_name", "name"}) {
            var value = userMetadata.get(field);
            if (value instanceof String text) return text;
            if (value != null) throw new IllegalArgumentException("data." + field + ": must be a text");
        }
        return "";
    }

    @Override
    public String toString() {
        return "Account[" + id + "]";
    }
}
