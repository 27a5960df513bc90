package dev.chronodesk.identity.door;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.IdentitySettings;
import dev.chronodesk.identity.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The two API keys: the publishable one, which says nothing about the caller, and the secret one of trusted programs.
 * Those in the settings count alone; what they leave out is made at first start and kept.
 */
public final class ApiKeys {

    /**
     * The stable principal of the secret key: UUIDv5 of {@code chronodesk:secret-key} in the URL namespace of RFC 9562.
     */
    public static final Caller.Known SECRET =
            new Caller.Known(UUID.fromString("6ce00c8e-3f06-51c1-9865-ef07183b2065"), Role.SERVICE);

    private static final Caller PUBLISHABLE = new Caller.Anonymous();

    private static final String KEPT =
            "select hash, publishable from identity.api_key where kind = ? order by created_at desc, id limit 1";

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final Kept publishable;

    /** Null until a start has made it, this one or another node's. */
    private volatile @Nullable Kept secret;

    /** @param text null for a secret key that was made by an earlier start */
    @SuppressWarnings("ArrayRecordComponent") // compared in constant time only
    private record Kept(byte[] hash, @Nullable Secret text, boolean made) {
        @Override
        public String toString() {
            return "Kept[…]";
        }
    }

    public ApiKeys(DataSource identity, IdentitySettings settings, Clock clock) {
        this.clock = clock;
        jdbc = JdbcClient.create(identity);
        transaction = new TransactionTemplate(new DataSourceTransactionManager(identity));
        publishable = configured(settings.publishableKey()).orElseGet(() -> keptOrMade("publishable"));
        secret = configured(settings.secretKey()).or(() -> kept("secret")).orElse(null);
    }

    private static Optional<Kept> configured(@Nullable Secret key) {
        return Optional.ofNullable(key).map(text -> new Kept(hash(text.reveal()), text, false));
    }

    private Optional<Kept> kept(String kind) {
        return jdbc.sql(KEPT)
                .param(kind)
                .query((row, number) -> {
                    var text = row.getString("publishable");
                    return new Kept(row.getBytes("hash"), text == null ? null : new Secret(text), false);
                })
                .optional();
    }

    private Kept keptOrMade(String kind) {
        return transaction.execute(status -> {
            // two nodes that start at once agree on one key
            jdbc.sql("select pg_advisory_xact_lock(hashtextextended('chronodesk:identity:api-key', 0))")
                    .query((row, number) -> true)
                    .single();
            return kept(kind).orElseGet(() -> make(kind));
        });
    }

    private Kept make(String kind) {
        var random = new SecureRandom();
        var bytes = new byte[32];
        random.nextBytes(bytes);
        var text = "sb_" + kind + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        jdbc.sql("insert into identity.api_key (id, kind, hash, publishable) values (?, ?, ?, ?)")
                .param(Uuids.v7(clock.instant(), random))
                .param(kind)
                .param(hash(text))
                .param(kind.equals("publishable") ? text : null)
                .update();
        return new Kept(hash(text), new Secret(text), true);
    }

    /** Whose key it is; empty for one that we do not know. */
    Optional<Caller> caller(String key) {
        var hash = hash(key);
        if (MessageDigest.isEqual(hash, publishable.hash())) return Optional.of(PUBLISHABLE);
        if (secret == null) secret = kept("secret").orElse(null);
        var known = secret;
        if (known != null && MessageDigest.isEqual(hash, known.hash())) return Optional.of(SECRET);
        return Optional.empty();
    }

    /** The publishable key, which may be shown to everybody. */
    public String publishable() {
        var text = publishable.text();
        if (text == null) throw new IllegalStateException("a publishable key is kept as it is");
        return text.reveal();
    }

    /**
     * The secret key, made by this call when there is none yet: to be shown once on the console and nowhere else, at
     * once. A start that fails before it asks leaves the key to the next one.
     *
     * @return empty when it was configured or made by an earlier start
     */
    public Optional<Secret> madeSecret() {
        var known = secret;
        if (known == null) {
            known = keptOrMade("secret");
            secret = known;
        }
        return known.made() ? Optional.ofNullable(known.text()) : Optional.empty();
    }

    static byte[] hash(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
