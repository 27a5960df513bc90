package dev.chronodesk.identity.session;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One way in which somebody has shown who they are, as the claim {@code amr} names it: {@code password}, {@code otp},
 * {@code recovery}, {@code totp} and so on.
 *
 * @param timestamp when, in seconds since 1970
 * @param provider who vouched, for {@code oauth}; else null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Proof(String method, long timestamp, @Nullable String provider) {

    private static final String OAUTH = "oauth:";

    public Proof(String method, long timestamp) {
        this(method, timestamp, null);
    }

    /** How somebody signs in whom that provider has named, in one word. */
    public static String oauth(String provider) {
        return OAUTH + provider;
    }

    /** @param how a method of the contract, or {@link #oauth} */
    static Proof of(String how, Instant at) {
        return how.startsWith(OAUTH)
                ? new Proof("oauth", at.getEpochSecond(), how.substring(OAUTH.length()))
                : new Proof(how, at.getEpochSecond());
    }

    public Instant at() {
        return Instant.ofEpochSecond(timestamp);
    }
}
