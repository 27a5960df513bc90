package dev.chronodesk.identity.account;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who a person is at a provider.
 *
 * @param provider its name in the settings
 * @param subject the provider's word for the person, which it gives to nobody else
 * @param claims what it said about the person last, as far as that is kept
 */
public record Identity(
        UUID id,
        String provider,
        String subject,
        Map<String, Object> claims,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant lastSignInAt) {

    @Override
    public String toString() {
        return "Identity[" + id + "]";
    }
}
