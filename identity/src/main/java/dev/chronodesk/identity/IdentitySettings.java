package dev.chronodesk.identity;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
 * @param autoConfirm whether an address counts as confirmed at sign-up, without a mail; when left out, it does while no
 *     mail server is set
 * @param signUp whether strangers may sign up; invited people may always
 * @param ownAccounts whether people sign in with an address and a password or a mail of ours
 * @param anonymousSignIn whether strangers may sign in without saying who they are
 * @param siteUrl where links in mails lead in the end; {@code chronodesk.external-url} when left out
 * @param redirectUrls addresses where they may lead besides, with {@code *} for anything but . and /, and {@code **}
 * @param reauthenticateAfter how old a sign-in may be to change the password without showing anything else
 * @param evenTime how long an answer takes that must not say whether there is an account, unless the work takes longer
 * @param passwordList a sorted file of SHA-1 digests of passwords that nobody may choose, beside the packaged list
 * @param publishableKey the key that clients may show, {@code sb_publishable_…}; made and kept when absent
 * @param secretKey the key of trusted programs, {@code sb_secret_…}; made, kept and printed once when absent
 * @param hashingConcurrency how many passwords are hashed at once, 19 MiB each; 0 for one a processor
 * @param hashingPatience how long a request waits for its turn before it is answered 429
 */
@ConfigurationProperties("chronodesk.identity")
public record IdentitySettings(
        @DefaultValue("1h") Duration accessTokenLifetime,
        @DefaultValue("10s") Duration refreshReuseInterval,
        @Nullable Boolean autoConfirm,
        @DefaultValue("true") boolean signUp,
        @DefaultValue("true") boolean ownAccounts,
        @DefaultValue("false") boolean anonymousSignIn,
        @Nullable URI siteUrl,
        @DefaultValue List<String> redirectUrls,
        @DefaultValue("24h") Duration reauthenticateAfter,
        @DefaultValue("500ms") Duration evenTime,
        @Nullable Path passwordList,
        @Nullable Secret publishableKey,
        @Nullable Secret secretKey,
        @DefaultValue("0") int hashingConcurrency,
        @DefaultValue("5s") Duration hashingPatience) {

    /** Nobody is led to just any host. */
    private static final Pattern REDIRECT = Pattern.compile("[a-z][a-z0-9+.-]*://(?!\\*\\*)(?!\\*(/|$))[^\\s]+");

    private static final Pattern REST_OF_KEY = Pattern.compile("[A-Za-z0-9_-]{22,200}");

    public IdentitySettings {
        if (accessTokenLifetime.compareTo(Duration.ofMinutes(1)) < 0
                || accessTokenLifetime.compareTo(Duration.ofDays(1)) > 0)
            throw new IllegalArgumentException("chronodesk.identity.access-token-lifetime: 1 minute to 1 day");
        if (refreshReuseInterval.isNegative() || refreshReuseInterval.compareTo(Duration.ofMinutes(5)) > 0)
            throw new IllegalArgumentException("chronodesk.identity.refresh-reuse-interval: 0 to 5 minutes");
        if (siteUrl != null && (!siteUrl.isAbsolute() || siteUrl.getHost() == null || siteUrl.getRawFragment() != null))
            throw new IllegalArgumentException("chronodesk.identity.site-url: a scheme and a host, nothing after #");
        for (var url : redirectUrls)
            if (!REDIRECT.matcher(url).matches())
                throw new IllegalArgumentException(
                        "chronodesk.identity.redirect-urls: a scheme, ://, and no * alone for the whole host");
        if (reauthenticateAfter.isNegative())
            throw new IllegalArgumentException("chronodesk.identity.reauthenticate-after: not negative");
        if (evenTime.isNegative() || evenTime.compareTo(Duration.ofSeconds(10)) > 0)
            throw new IllegalArgumentException("chronodesk.identity.even-time: 0 to 10 seconds");
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
