package dev.chronodesk.identity.provider;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The table {@code identity.provider_visit}: people who are at a provider now. The state that they come back with is
 * 256 random bits, of which a hash is kept, and counts once.
 */
public final class ProviderVisits {

    /** How long somebody may take at the provider. */
    public static final Duration LIFETIME = Duration.ofMinutes(10);

    private final JdbcClient jdbc;
    private final SecureRandom random = new SecureRandom();

    public ProviderVisits(DataSource identity) {
        jdbc = JdbcClient.create(identity);
    }

    /**
     * A visit to a provider.
     *
     * @param provider its name in the settings
     * @param redirect where it leads in the end, an address that is allowed
     * @param browser a secret that only the browser that began it has; null for a client that keeps a verifier
     * @param flowState the exchange of such a client, or null
     * @param linking whose account the identity is added to, or null for a sign-in
     */
    public record Visit(
            String provider,
            URI redirect,
            @Nullable String browser,
            @Nullable UUID flowState,
            @Nullable Linking linking) {
        @Override
        public String toString() {
            return "Visit[" + provider + "]";
        }
    }

    /** Who adds an identity to their account, with which session. */
    public record Linking(UUID account, UUID session) {}

    /**
     * A visit that has come back.
     *
     * @param browserHash null when the client keeps a verifier
     */
    @SuppressWarnings("ArrayRecordComponent") // compared in constant time only
    public record Returned(
            String provider,
            URI redirect,
            byte @Nullable [] browserHash,
            @Nullable UUID flowState,
            @Nullable Linking linking) {

        /** Whether the browser that comes back is the one that left. */
        public boolean isOf(@Nullable String browser) {
            if (browserHash == null) return true;
            return browser != null && MessageDigest.isEqual(browserHash, hash(browser));
        }

        @Override
        public String toString() {
            return "Returned[" + provider + "]";
        }
    }

    /** Something that nobody guesses: 43 characters. */
    public String secret() {
        var bytes = new byte[32];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** @param state that the visit comes back with, a new {@link #secret} */
    public void begin(String state, Visit visit) {
        var linking = visit.linking();
        jdbc.sql(
                        """
                        insert into identity.provider_visit
                          (state_hash, provider, redirect, browser_hash, flow_state, account_id, session_id, expires_at)
                        values (?, ?, ?, ?, ?, ?, ?, now() + ? * interval '1 second')""")
                .param(hash(state))
                .param(visit.provider())
                .param(visit.redirect().toString())
                .param(visit.browser() == null ? null : hash(visit.browser()))
                .param(visit.flowState())
                .param(linking == null ? null : linking.account())
                .param(linking == null ? null : linking.session())
                .param(LIFETIME.toSeconds())
                .update();
    }

    /** Ends the visit of that state; empty when there is none, or it was ended before, or took too long. */
    public Optional<Returned> end(String state) {
        return jdbc.sql(
                        """
                        delete from identity.provider_visit where state_hash = ? and expires_at > now()
                        returning provider, redirect, browser_hash, flow_state, account_id, session_id""")
                .param(hash(state))
                .query((row, number) -> {
                    var account = row.getObject("account_id", UUID.class);
                    return new Returned(
                            Objects.requireNonNull(row.getString("provider")),
                            URI.create(Objects.requireNonNull(row.getString("redirect"))),
                            row.getBytes("browser_hash"),
                            row.getObject("flow_state", UUID.class),
                            account == null
                                    ? null
                                    : new Linking(
                                            account, Objects.requireNonNull(row.getObject("session_id", UUID.class))));
                })
                .optional();
    }

    /** Forgets what has expired, at most so many at once; how many it were. */
    public int purge(int atMost) {
        return jdbc.sql(
                        """
                        delete from identity.provider_visit where state_hash in
                          (select state_hash from identity.provider_visit where expires_at < now() limit ?)""")
                .param(atMost)
                .update();
    }

    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
