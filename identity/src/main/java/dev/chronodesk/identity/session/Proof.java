package dev.chronodesk.identity.session;

import java.time.Instant;

/**
 * One way in which somebody has shown who they are, as the claim {@code amr} names it: {@code password}, {@code otp},
 * {@code recovery}, {@code totp} and so on.
 *
 * @param timestamp when, in seconds since 1970
 */
public record Proof(String method, long timestamp) {

    public Instant at() {
        return Instant.ofEpochSecond(timestamp);
    }
}
