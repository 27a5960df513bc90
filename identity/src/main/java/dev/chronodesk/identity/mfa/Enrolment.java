package dev.chronodesk.identity.mfa;

import dev.chronodesk.identity.Secret;
import java.nio.charset.StandardCharsets;
import org.springframework.web.util.UriUtils;

/**
 * A new factor with what the authenticator app needs, said once and never again.
 *
 * @param secret in base 32, for those who type it
 */
public record Enrolment(Factor factor, Secret secret) {

    /**
     * What the app reads from the picture, in the key URI format that authenticator apps agree on. It names each
     * parameter even where it is the usual one.
     *
     * @param issuer what the app calls the service
     * @param email what the app calls the account
     */
    public Secret uri(String issuer, String email) {
        var service = encoded(issuer);
        return new Secret("otpauth://totp/" + service + ":" + encoded(email) + "?secret=" + secret.reveal() + "&issuer="
                + service + "&algorithm=SHA1&digits=" + Totp.DIGITS + "&period=" + Totp.STEP.toSeconds());
    }

    private static String encoded(String text) {
        return UriUtils.encode(text, StandardCharsets.UTF_8);
    }
}
