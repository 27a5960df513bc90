package dev.chronodesk.identity.mfa;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An authenticator app of somebody, without its secret.
 *
 * @param friendlyName what the person calls it
 * @param verified whether a code of it was right once; until then it protects nothing
 */
public record Factor(
        UUID id,
        @Nullable String friendlyName,
        boolean verified,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant lastChallengedAt) {}
