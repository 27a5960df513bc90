package dev.chronodesk.identity;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code chronodesk.identity.*}.
 *
 * @param accessTokenLifetime how long an access token is valid; a role or a ban is in force at once all the same
 * @param refreshReuseInterval how long a used refresh token still answers the one that took its place, for clients that
 *     refresh twice at once or lost the answer
 * @param autoConfirm whether an address counts as confirmed at sign-up; there is no mail yet, so only true
 * @param publishableKey the key that clients may show, {@code sb_publishable_…}; made and kept when absent
 * @param secretKey the key of trusted programs, {@code sb_secret_…}; made, kept and printed once when absent
 * @param hashingConcurrency how many passwords are hashed at once, 19 MiB each; 0 for one a processor
 * @param hashingPatience how long a request waits for its turn before it is answered 429
 */
@ConfigurationProperties("chronodesk.identity")
public record IdentitySettings(
        @DefaultValue("1h") Duration accessTokenLifetime,
        @DefaultValue("10s") Duration refreshReuseInterval,
        @DefaultValue("true") boolean autoConfirm,
        @Nullable Secret publishableKey,
        @Nullable Secret secretKey,
        @DefaultValue("0") int hashingConcurrency,
        @DefaultValue("5s") Duration hashingPatience) {

    private static final Pattern REST_OF_KEY = Pattern.compile("[A-Za-z0-9_-]{22,200}");

    public IdentitySettings {
        if (accessTokenLifetime.compareTo(Duration.ofMinutes(1)) < 0
                || accessTokenLifetime.compareTo(Duration.ofDays(1)) > 0)
            throw new IllegalArgumentException("chronodesk.identity.access-token-lifetime: 1 minute to 1 day");
        if (refreshReuseInterval.isNegative() || refreshReuseInterval.compareTo(Duration.ofMinutes(5)) > 0)
            throw new IllegalArgumentException("chronodesk.identity.refresh-reuse-interval: 0 to 5 minutes");
        if (!autoConfirm)
            throw new IllegalArgumentException(
                    "chronodesk.identity.auto-confirm: only true, until the service can send mail");
        check("publishable-key", "sb_publishable_", publishableKey);
        check("secret-key", "sb_secret_", secretKey);
        if (hashingConcurrency < 0 || hashingConcurrency > 1024)
            throw new IllegalArgumentException("chronodesk.identity.hashing-concurrency: 0 to 1024");
        if (hashingPatience.isNegative() || hashingPatience.compareTo(Duration.ofMinutes(1)) > 0)
            throw new IllegalArgumentException("chronodesk.identity.hashing-patience: 0 to 1 minute");
    }

    private static void check(String name, String prefix, @Nullable Secret key) {
        if (key == null) return;
        var text = key.reveal();
        if (!text.startsWith(prefix)
                || !REST_OF_KEY.matcher(text.substring(prefix.length())).matches())
            throw new IllegalArgumentException(
                    "chronodesk.identity." + name + ": " + prefix + " and 22 to 200 of the characters A-Z a-z 0-9 _ -");
    }
}
