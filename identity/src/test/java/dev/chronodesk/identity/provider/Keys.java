package dev.chronodesk.identity.provider;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.factories.DefaultJWSSignerFactory;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a provider signs with, and what it tells of that. */
final class Keys {

    private static final int LIFETIME_SECONDS = 300;

    private final List<JWK> ever = new CopyOnWriteArrayList<>();
    private volatile JWK signing;
    private volatile JWK published;

    Keys() {
        rotate(make(UUID.randomUUID().toString()));
    }

    static JWK make(String id) {
        try {
            return new RSAKeyGenerator(2048)
                    .keyID(id)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.RS256)
                    .generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    void rotate(JWK key) {
        signWith(key);
        published = key;
    }

    void signWith(JWK key) {
        ever.add(key);
        signing = key;
    }

    JWK signing() {
        return signing;
    }

    JWKSet current() {
        return new JWKSet(signing);
    }

    JWKSet published() {
        return new JWKSet(published.toPublicJWK());
    }

    JWKSet everSigned() {
        return new JWKSet(ever);
    }

    static String accessToken(
            JWK key, String issuer, String subject, Map<String, Object> claims, String type, String audience) {
        var now = Instant.now();
        var all = new LinkedHashMap<String, Object>();
        all.put("iss", issuer);
        all.put("sub", subject);
        all.put("aud", audience);
        all.put("iat", now);
        all.put("exp", now.plusSeconds(LIFETIME_SECONDS));
        all.put("jti", UUID.randomUUID().toString());
        all.putAll(claims);
        var body = new JWTClaimsSet.Builder();
        all.forEach((name, value) -> body.claim(name, value instanceof Instant time ? Date.from(time) : value));
        var header = new JWSHeader.Builder(JWSAlgorithm.parse(key.getAlgorithm().getName())).keyID(key.getKeyID());
        if (type != null) header.type(new JOSEObjectType(type));
        var token = new SignedJWT(header.build(), body.build());
        try {
            token.sign(new DefaultJWSSignerFactory().createJWSSigner(key));
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
        return token.serialize();
    }
}
