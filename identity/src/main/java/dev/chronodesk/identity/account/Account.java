package dev.chronodesk.identity.account;

import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.Secret;
import dev.chronodesk.identity.mfa.Factor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a person proves who they are.
 *
 * @param id also the profile's id
 * @param email null for who is anonymous, and for whom a trusted issuer names without an address
 * @param active false until the log has registered the profile and claimed the address
 * @param passwordHash Argon2id with its parameters; null for who has none and signs in by mail
 * @param appMetadata what administrators wrote about the person; never decides anything
 * @param userMetadata what the person wrote about themselves; never decides anything
 * @param emailOnTrust the address counts as confirmed, and nobody has shown anything for it
 * @param emailIdentityAt since when the address is a way to sign in, by password or mail; null while only providers are
 * @param newEmail the address that the person wants and has not proved yet
 * @param role by the log
 * @param disabled locked out, by the log
 * @param bannedUntil locked out until then
 * @param factors the person's second factors, the oldest first
 * @param identities who the person is at providers, the oldest first
 */
public record Account(
        UUID id,
        @Nullable EmailAddress email,
        boolean active,
        @Nullable Secret passwordHash,
        Map<String, Object> appMetadata,
        Map<String, Object> userMetadata,
        @Nullable Instant emailConfirmedAt,
        boolean emailOnTrust,
        @Nullable Instant emailIdentityAt,
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
        List<Factor> factors,
        List<Identity> identities) {

    /** Whether somebody has shown that mail to the address reaches them, or it was taken on trust. */
    public boolean confirmed() {
        return emailConfirmedAt != null;
    }

    /** Whether nobody knows who it is: neither an address nor an identity at a provider. */
    public boolean anonymous() {
        return email == null && identities.isEmpty();
    }

    /** The names of the ways to sign in, the oldest first: {@code email}, and providers. */
    public List<String> providers() {
        var since = emailIdentityAt;
        var names = identities.stream()
                .filter(identity -> since == null || identity.createdAt().isBefore(since))
                .map(Identity::provider)
                .collect(Collectors.toCollection(ArrayList::new));
        if (since != null) {
            names.add("email");
            identities.stream()
                    .filter(identity -> !identity.createdAt().isBefore(since))
                    .map(Identity::provider)
                    .forEach(names::add);
        }
        return names.stream().distinct().toList();
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
