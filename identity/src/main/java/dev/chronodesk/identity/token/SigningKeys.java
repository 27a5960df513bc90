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
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The keys that sign access tokens (ES256), made at first start and kept. Private keys are stored sealed. */
public final class SigningKeys {

    private final Seal seal;
    private final List<JWK> keys;

    public SigningKeys(DataSource identity, Secrets secrets) {
        seal = new Seal("signing key", secrets.secret("identity-signing-key"));
        keys = new TransactionTemplate(new DataSourceTransactionManager(identity))
                .execute(status -> load(JdbcClient.create(identity)));
    }

    private List<JWK> load(JdbcClient jdbc) {
        // two nodes that start at once agree on one key
        jdbc.sql("select pg_advisory_xact_lock(hashtextextended('chronodesk:identity:signing-key', 0))")
                .query((row, number) -> true)
                .single();
        var kept = kept(jdbc);
        if (!kept.isEmpty()) return kept;
        var made = make();
        jdbc.sql("insert into identity.signing_key (kid, sealed) values (?, ?)")
                .param(made.getKeyID())
                .param(seal(made))
                .update();
        return List.of(made);
    }

    private List<JWK> kept(JdbcClient jdbc) {
        return jdbc.sql("select kid, sealed from identity.signing_key where retired_at is null order by created_at"
                        + " desc, kid")
                .query((row, number) -> (JWK) open(row.getString("kid"), row.getBytes("sealed")))
                .list();
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
        return keys;
    }

    /** The one that signs. */
    JWK current() {
        return keys.getFirst();
    }

    /** The public keys as a JWK set. */
    public Map<String, Object> published() {
        return new JWKSet(keys).toPublicJWKSet().toJSONObject();
    }
}
