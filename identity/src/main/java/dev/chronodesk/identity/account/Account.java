package dev.chronodesk.identity.account;

import dev.chronodesk.identity.Secret;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a person proves who they are.
 *
 * @param id also the profile's id
 * @param active false until the log has registered the profile and claimed the address
 * @param passwordHash Argon2id with its parameters
 * @param userMetadata what the person wrote about themselves; never decides anything
 */
public record Account(
        UUID id,
        EmailAddress email,
        boolean active,
        Secret passwordHash,
        Map<String, Object> userMetadata,
        @Nullable Instant emailConfirmedAt,
        @Nullable Instant lastSignInAt,
        Instant createdAt,
        Instant updatedAt) {

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
