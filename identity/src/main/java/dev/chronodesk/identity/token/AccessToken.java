package dev.chronodesk.identity.token;

import java.time.Instant;
import java.util.UUID;

/**
 * What a verified access token says. Its role is not among it: that is read at each request.
 *
 * @param subject the person
 * @param session the sign-in it belongs to
 * @param expiresAt without the skew allowed
 * @param keyId of the key that signed it
 */
public record AccessToken(UUID subject, UUID session, Instant expiresAt, String keyId) {}
