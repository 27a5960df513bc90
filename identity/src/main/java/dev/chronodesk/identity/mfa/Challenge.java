package dev.chronodesk.identity.mfa;

import java.time.Instant;
import java.util.UUID;

/** A question for a code of one factor. */
public record Challenge(UUID id, Instant expiresAt) {}
