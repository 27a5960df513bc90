package dev.chronodesk.identity.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.chronodesk.db.Secrets;
import dev.chronodesk.identity.Seal;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The keys that sign access tokens (ES256), made at first start and kept. Private keys are stored sealed.
 *
 * <p>A new key is published at once and signs {@link #PUBLISHED_BEFORE} later, when whoever keeps our key set for a
 * while has it; the one before is accepted until its last token has expired.
 */
public final class SigningKeys {

    private static final Logger LOG = LoggerFactory.getLogger(SigningKeys.class);

    /** Longer than the ten minutes for which clients may keep our key set. */
    static final Duration PUBLISHED_BEFORE = Duration.ofMinutes(15);

    /** Longer than any access token lives. */
    static final Duration ACCEPTED_AFTER = Duration.ofHours(25);

    /** How soon a node knows what another one did with the keys. */
    static final Duration LOOK = Duration.ofSeconds(10);

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final Seal seal;
    private final Clock clock;
    private volatile Known known;

    private record Kept(JWK key, Instant since) {}

    /** @param keys the newest first, at least one */
    private record Known(List<Kept> keys, Instant at) {}

    public SigningKeys(DataSource identity, Secrets secrets, Clock clock) {
        jdbc = JdbcClient.create(identity);
        transaction = new TransactionTemplate(new DataSourceTransactionManager(identity));
        seal = new Seal("signing key", secrets.secret("identity-signing-key"));
        this.clock = clock;
        known = transaction.execute(status -> {
            alone();
            if (kept().isEmpty()) add();
            return new Known(kept(), clock.instant());
        });
    }

    /** Two nodes that start at once agree on one key. */
    private void alone() {
        jdbc.sql("select pg_advisory_xact_lock(hashtextextended('chronodesk:identity:signing-key', 0))")
                .query((row, number) -> true)
                .single();
    }

    private String add() {
        var made = make();
        jdbc.sql("insert into identity.signing_key (kid, sealed, created_at) values (?, ?, ?)")
                .param(made.getKeyID())
                .param(seal(made))
                .param(Timestamp.from(clock.instant()))
                .update();
        return made.getKeyID();
    }

    private List<Kept> kept() {
        return jdbc.sql("select kid, sealed, created_at from identity.signing_key where retired_at is null"
                        + " order by created_at desc, kid")
                .query((row, number) -> new Kept(
                        open(row.getString("kid"), row.getBytes("sealed")),
                        row.getTimestamp("created_at").toInstant()))
                .list();
    }

    /** Looks again now and then; while the database cannot be asked, what is known goes on. */
    private List<Kept> keys() {
        var now = clock.instant();
        var before = known;
        if (before.at().plus(LOOK).isAfter(now)) return before.keys();
        try {
            known = new Known(kept(), now);
        } catch (DataAccessException e) {
            LOG.warn("the signing keys cannot be looked at now: {}", e.toString());
            known = new Known(before.keys(), now);
        }
        return known.keys();
    }

    /**
     * Makes a new key, which signs in a while; the one before is accepted until its tokens have expired.
     *
     * @param atOnce because a key has leaked: it signs now, on other nodes within {@link #LOOK}, all others are
     *     accepted no more, and everybody refreshes
     * @return its key id
     */
    public String rotate(boolean atOnce) {
        var made = transaction.execute(status -> {
            alone();
            if (atOnce)
                jdbc.sql("update identity.signing_key set retired_at = now() where retired_at is null")
                        .update();
            return add();
        });
        known = new Known(kept(), clock.instant());
        return made;
    }

    private static ECKey make() {
        try {
            return new ECKeyGenerator(Curve.P_256)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.ES256)
                    .keyIDFromThumbprint(true)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("every JDK has P-256", e);
        }
    }

    private byte[] seal(ECKey key) {
        return seal.close(key.getKeyID(), key.toJSONString().getBytes(StandardCharsets.UTF_8));
    }

    private ECKey open(String kid, byte[] sealed) {
        try {
            return ECKey.parse(new String(seal.open(kid, sealed), StandardCharsets.UTF_8));
        } catch (ParseException e) {
            throw new IllegalStateException("signing key " + kid + " is no key", e);
        }
    }

    /** All keys whose tokens are accepted, the newest first. */
    List<JWK> all() {
        var now = clock.instant();
        var accepted = new ArrayList<JWK>();
        var signedUntil = Instant.MAX;
        for (var each : keys()) {
            // the one that came next has signed for so long that no token of this one is left
            if (signedUntil.isBefore(now.minus(ACCEPTED_AFTER))) break;
            accepted.add(each.key());
            signedUntil = each.since().plus(PUBLISHED_BEFORE);
        }
        return accepted;
    }

    /** Whether tokens of that key are accepted. */
    boolean accepts(String kid) {
        for (var key : all()) if (key.getKeyID().equals(kid)) return true;
        return false;
    }

    /** The one that signs: the newest that was published long enough, else the oldest. */
    JWK current() {
        var published = clock.instant().minus(PUBLISHED_BEFORE);
        var keys = keys();
        return keys.stream()
                .filter(each -> !each.since().isAfter(published))
                .findFirst()
                .orElse(keys.getLast())
                .key();
    }

    /** The public keys as a JWK set. */
    public Map<String, Object> published() {
        return new JWKSet(all()).toPublicJWKSet().toJSONObject();
    }
}
