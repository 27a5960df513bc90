package dev.chronodesk.identity.link;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a client shows first and proves later by a verifier that it kept (RFC 7636). */
public record Challenge(String value, String method) {

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._~-]{43,128}");

    /** @throws IllegalArgumentException naming the field and the rule */
    public Challenge {
        method = method.toLowerCase(Locale.ROOT);
        if (!method.equals("s256") && !method.equals("plain"))
            throw new IllegalArgumentException("code_challenge_method: s256 or plain");
        if (!ALLOWED.matcher(value).matches())
            throw new IllegalArgumentException("code_challenge: 43 to 128 of the characters A-Z a-z 0-9 . _ ~ -");
    }

    /**
     * The challenge of a request that has one.
     *
     * @throws IllegalArgumentException naming the field and the rule
     */
    public static Optional<Challenge> of(
            @org.jspecify.annotations.Nullable String value, @org.jspecify.annotations.Nullable String method) {
        if (value == null && method == null) return Optional.empty();
        if (value == null || method == null)
            throw new IllegalArgumentException(
                    "code_challenge: PKCE flow requires code_challenge_method and code_challenge");
        return Optional.of(new Challenge(value, method));
    }

    /** Whether it was made of that verifier. */
    boolean isOf(String verifier) {
        var made = method.equals("plain") ? verifier : s256(verifier);
        return MessageDigest.isEqual(made.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
    }

    private static String s256(String verifier) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
