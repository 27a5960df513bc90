package dev.chronodesk.identity.limit;

import dev.chronodesk.db.Secrets;
import dev.chronodesk.identity.account.EmailAddress;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.BucketExceptions.BucketExecutionException;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.jdbc.PrimaryKeyMapper;
import io.github.bucket4j.postgresql.Bucket4jPostgreSQL;
import io.github.bucket4j.postgresql.PostgreSQLSelectForUpdateBasedProxyManager;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessResourceFailureException;

/**
 * How often somebody may try, counted by Bucket4j in {@code identity.bucket} for all nodes together. When that cannot
 * be asked, nobody gets past: every call here throws {@code DataAccessException} then, and {@link TooManyException}
 * when a limit is used up.
 *
 * <p>Nobody is locked out. Whoever is refused is told when to come again; and since strangers may use up what is left
 * for an address again and again, a network that was refused has a try of its own after
 * {@link LimitSettings#longestDelay()}, whatever the others do.
 */
public final class RateLimits {

    private static final String MAC = "HmacSHA256";

    /** How long a bucket is kept after it is full. A network that waited for its own try has so long to come. */
    private static final Duration KEPT = Duration.ofHours(1);

    private final PostgreSQLSelectForUpdateBasedProxyManager<String> buckets;
    private final Map<Limit, BucketConfiguration> configurations = new EnumMap<>(Limit.class);
    private final BucketConfiguration turn;
    private final byte[] key;

    public RateLimits(DataSource limits, Secrets secrets, LimitSettings settings, Clock clock) {
        buckets = Bucket4jPostgreSQL.selectForUpdateBasedBuilder(limits)
                .primaryKeyMapper(PrimaryKeyMapper.STRING)
                .table("identity.bucket")
                .clientClock(new Meter(clock))
                .expirationAfterWrite(ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(KEPT))
                .build();
        for (var limit : Limit.values()) configurations.put(limit, configuration(settings, limit));
        turn = BucketConfiguration.builder()
                .addLimit(Bandwidth.builder()
                        .capacity(1)
                        .refillGreedy(1, settings.longestDelay())
                        .initialTokens(0)
                        .build())
                .build();
        key = secrets.secret("identity-rate-limit");
    }

    private static BucketConfiguration configuration(LimitSettings settings, Limit limit) {
        var configuration = BucketConfiguration.builder();
        for (var rate : settings.rates(limit))
            configuration.addLimit(Bandwidth.builder()
                    .capacity(rate.count())
                    .refillGreedy(rate.count(), rate.period())
                    .build());
        return configuration.build();
    }

    /** Before a password is looked at, whether or not there is such an account. */
    public Attempt signIn(String email, ClientAddress client) {
        take(Limit.SIGN_IN_PER_NETWORK, client.network());
        return attempt(Limit.SIGN_IN_PER_ACCOUNT, account(email), client);
    }

    /** Before somebody is signed up. */
    public void signUp(ClientAddress client) {
        take(Limit.SIGN_UP_PER_NETWORK, client.network());
    }

    /** Before a mail is sent, or not sent because nobody has that address. */
    public void mail(String recipient, ClientAddress client) {
        take(Limit.MAIL_PER_NETWORK, client.network());
        take(Limit.MAIL_PER_RECIPIENT, account(recipient));
        take(Limit.MAIL_IN_TOTAL, "");
    }

    /** Before the code of a mail is looked at. */
    public Attempt verify(String email, ClientAddress client) {
        verify(client);
        return attempt(Limit.VERIFY_PER_ACCOUNT, account(email), client);
    }

    /** Before the token of a link is looked at, which nobody can guess. */
    public void verify(ClientAddress client) {
        take(Limit.VERIFY_PER_NETWORK, client.network());
    }

    /** Before somebody is sent to a provider, and when they come back. */
    public void provider(ClientAddress client) {
        take(Limit.PROVIDER_PER_NETWORK, client.network());
    }

    /** Before a refresh token is looked at. */
    public void refresh(ClientAddress client) {
        take(Limit.REFRESH_PER_NETWORK, client.network());
    }

    /** Before somebody who is signed in shows the password or a code once more. Strangers do not get here. */
    public Attempt reauthenticate(UUID account) {
        return new Attempt(take(Limit.REAUTHENTICATE_PER_ACCOUNT, account.toString()));
    }

    /**
     * Before the code of a second factor is looked at. Whoever tries has shown the password, and six digits are soon
     * guessed by many: no network has a try of its own.
     */
    public Attempt mfa(UUID account) {
        return new Attempt(take(Limit.MFA_PER_ACCOUNT, account.toString()));
    }

    /** A try that was let pass. It counts until it turns out to be right. */
    public static final class Attempt {

        private final Bucket bucket;

        private Attempt(Bucket bucket) {
            this.bucket = bucket;
        }

        /** What was shown is right, so the try counts no longer. */
        public void succeeded() {
            asked(() -> {
                bucket.addTokens(1);
                return bucket;
            });
        }
    }

    /** Forgets so many buckets that are full again, at most; how many there were. */
    int purge(int most) {
        return asked(() -> buckets.removeExpired(most));
    }

    private Bucket take(Limit limit, String counted) {
        var bucket = bucket(limit, counted);
        var probe = consume(bucket);
        if (!probe.isConsumed()) throw new TooManyException(limit, seconds(probe.getNanosToWaitForRefill()));
        return bucket;
    }

    private Attempt attempt(Limit limit, String counted, ClientAddress client) {
        var common = bucket(limit, counted);
        var all = consume(common);
        if (all.isConsumed()) return new Attempt(common);
        var own = bucket(limit + " " + turn, counted + " " + client.network(), turn);
        var one = consume(own);
        if (one.isConsumed()) return new Attempt(own);
        throw new TooManyException(
                limit, seconds(Math.min(all.getNanosToWaitForRefill(), one.getNanosToWaitForRefill())));
    }

    private static ConsumptionProbe consume(Bucket bucket) {
        return asked(() -> bucket.tryConsumeAndReturnRemaining(1));
    }

    private static <T> T asked(Supplier<T> question) {
        try {
            return question.get();
        } catch (BucketExecutionException e) {
            throw new DataAccessResourceFailureException("the rate limits cannot be asked: " + e.getMessage(), e);
        }
    }

    private static int seconds(long nanos) {
        var whole = TimeUnit.NANOSECONDS.toSeconds(nanos + TimeUnit.SECONDS.toNanos(1) - 1);
        return Math.clamp(whole, 1, Integer.MAX_VALUE);
    }

    private Bucket bucket(Limit limit, String counted) {
        var configuration = configurations.get(limit);
        if (configuration == null) throw new IllegalStateException("every limit has rates");
        return bucket(limit + " " + configuration, counted, configuration);
    }

    /** A bucket keeps its rates, so that with other rates it is another bucket. */
    private Bucket bucket(String kind, String counted, BucketConfiguration configuration) {
        return buckets.getProxy(id(kind + "\0" + counted), () -> configuration);
    }

    /** The table can be read by whoever reads a backup: whom it is about stands there as a keyed hash only. */
    private String id(String text) {
        try {
            var mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(key, MAC));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + MAC, e);
        }
    }

    /** However it is typed it is one account; what is no address is counted too, like one that nobody has. */
    private static String account(String email) {
        return EmailAddress.of(email).map(EmailAddress::value).orElseGet(() -> email.strip()
                .toLowerCase(Locale.ROOT));
    }

    /** The time of the day, since the nodes have no other in common. */
    private record Meter(Clock clock) implements TimeMeter {

        @Override
        public long currentTimeNanos() {
            return ChronoUnit.NANOS.between(Instant.EPOCH, clock.instant());
        }

        @Override
        public boolean isWallClockBased() {
            return true;
        }
    }
}
