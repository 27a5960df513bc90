package dev.chronodesk.identity.mfa;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalLong;
import javax.crypto.spec.SecretKeySpec;

/**
 * Time-based one-time passwords (RFC 6238) as authenticator apps make them when nothing else is agreed: HMAC-SHA-1, six
 * digits, steps of 30 seconds since 1970.
 */
final class Totp {

    static final int DIGITS = 6;
    static final Duration STEP = Duration.ofSeconds(30);

    /** Bytes of a secret: as many as the hash has (RFC 4226, section 4, R6). */
    static final int SECRET = 20;

    /** How many steps a clock may be ahead or behind, or a person slow (RFC 6238, section 5.2 and 6). */
    private static final int TOLERANCE = 1;

    private static final String BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final TimeBasedOneTimePasswordGenerator CODES = new TimeBasedOneTimePasswordGenerator(STEP, DIGITS);

    private Totp() {}

    /** The time step whose code it is; empty for a wrong code. How long that takes says nothing about the code. */
    static OptionalLong step(byte[] secret, String code, Instant now) {
        var given = code.getBytes(StandardCharsets.UTF_8);
        var step = now.getEpochSecond() / STEP.toSeconds();
        var found = OptionalLong.empty();
        for (var each = step - TOLERANCE; each <= step + TOLERANCE; each++)
            if (MessageDigest.isEqual(code(secret, each).getBytes(StandardCharsets.UTF_8), given))
                found = OptionalLong.of(each);
        return found;
    }

    static String code(byte[] secret, long step) {
        try {
            return CODES.generateOneTimePasswordString(
                    new SecretKeySpec(secret, CODES.getAlgorithm()),
                    Instant.ofEpochSecond(step * STEP.toSeconds()),
                    Locale.ROOT);
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("every JDK has " + CODES.getAlgorithm(), e);
        }
    }

    /** Base 32 (RFC 4648) of whole groups of five bytes, so without padding. */
    static String base32(byte[] bytes) {
        if (bytes.length % 5 != 0) throw new IllegalArgumentException("whole groups of five bytes");
        var text = new StringBuilder(bytes.length / 5 * 8);
        var bits = 0;
        var kept = 0;
        for (var each : bytes) {
            bits = (bits << 8) | (each & 0xFF);
            for (kept += 8; kept >= 5; kept -= 5) text.append(BASE_32.charAt((bits >> (kept - 5)) & 31));
        }
        return text.toString();
    }
}
