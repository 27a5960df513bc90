package dev.chronodesk.identity.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.chronodesk.db.Secrets;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.Moment;
import dev.chronodesk.identity.Registered;
import dev.chronodesk.identity.session.Proof;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class AccessTokensSpec {

    private static final String ISSUER = "http://localhost:8080/auth/v1";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static TestDatabase database;
    private static SigningKeys keys;

    private final Moment now = new Moment();
    private final UUID ada = Registered.id();
    private final UUID session = Registered.id();
    private AccessTokens tokens;

    @BeforeAll
    static void open() {
        database = TestDatabase.create();
        keys = keys();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @BeforeEach
    void tokens() {
        tokens = tokens(keys);
    }

    private static SigningKeys keys() {
        return new SigningKeys(
                database.database().identity(), new Secrets(database.database().write()), Clock.systemUTC());
    }

    private AccessTokens tokens(SigningKeys keys) {
        return new AccessTokens(keys, ISSUER, Duration.ofHours(1), now);
    }

    private AccessTokens.Issued issued() {
        return tokens.issue(new TokenSubject(
                ada,
                session,
                "aal1",
                List.of(new Proof("password", 1_700_000_000)),
                Role.AGENT,
                "ada@example.org",
                false,
                List.of("email"),
                Map.of(),
                Map.of("name", "Ada")));
    }

    @Test
    void a_token_says_exactly_what_the_contract_has() throws Exception {
        var issued = issued();
        var parts = issued.token().split("\\.", -1);
        var header = JSON.readTree(Base64.getUrlDecoder().decode(parts[0]));
        var claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
        var iat = now.instant().getEpochSecond();
        assertThat(header)
                .isEqualTo(JSON.readTree("{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\""
                        + keys.current().getKeyID() + "\"}"));
        var expected =
                """
                {"iss":"%s","sub":"%s","aud":"authenticated","exp":%d,"iat":%d,"email":"ada@example.org","phone":"",
                 "app_metadata":{"provider":"email","providers":["email"],"role":"agent"},
                 "user_metadata":{"name":"Ada"},"role":"authenticated","aal":"aal1",
                 "amr":[{"method":"password","timestamp":1700000000}],"session_id":"%s","is_anonymous":false}"""
                        .formatted(ISSUER, ada, iat + 3600, iat, session);
        assertThat(claims).isEqualTo(JSON.readTree(expected));
        assertThat(issued.expiresAt().getEpochSecond()).isEqualTo(iat + 3600);
        assertThat(issued.seconds()).isEqualTo(3600);
        assertThat(tokens.verify(issued.token()))
                .isEqualTo(new AccessToken(
                        ada, session, issued.expiresAt(), keys.current().getKeyID()));
        assertThat(issued.toString()).doesNotContain(issued.token());
    }

    @Test
    void a_token_outlives_a_restart_and_is_known_to_the_other_node() throws Exception {
        var token = issued().token();
        assertThat(tokens(keys()).verify(token).subject()).isEqualTo(ada);
    }

    @Test
    void a_token_expires_with_half_a_minute_for_other_clocks_also_when_its_signature_is_remembered() throws Exception {
        var token = issued().token();
        var forgetful = tokens(keys);
        tokens.verify(token);
        now.passes(Duration.ofSeconds(3_600 + 29));
        tokens.verify(token);
        forgetful.verify(token);
        now.passes(Duration.ofSeconds(3));
        for (var verifier : List.of(tokens, forgetful, tokens(keys)))
            assertThatThrownBy(() -> verifier.verify(token))
                    .isInstanceOfSatisfying(BadTokenException.class, e -> assertThat(e.expired())
                            .isTrue());
    }

    @Test
    void a_token_of_our_own_key_for_something_else_opens_nothing() throws Exception {
        var wrong = List.<Consumer<JWTClaimsSet.Builder>>of(
                claims -> claims.issuer("http://elsewhere/auth/v1"),
                claims -> claims.issuer(null),
                claims -> claims.audience("anon"),
                claims -> claims.audience(List.of("authenticated", "other")),
                claims -> claims.audience((String) null),
                claims -> claims.expirationTime(null),
                claims -> claims.issueTime(null),
                claims -> claims.issueTime(Date.from(now.instant().plusSeconds(31))),
                claims -> claims.subject(null),
                claims -> claims.subject("ada"),
                claims -> claims.claim("session_id", null),
                claims -> claims.claim("session_id", 7),
                claims -> claims.claim("session_id", "x"),
                claims -> claims.claim("role", "service_role"),
                claims -> claims.claim("role", null),
                claims -> claims.claim("exp", "tomorrow"),
                claims -> claims.claim("more", "x".repeat(20_000)));
        for (var change : wrong) refused(signed(header(), change));
        assertThat(tokens.verify(signed(header(), claims -> {})).subject()).isEqualTo(ada);
    }

    @Test
    void a_token_with_another_header_opens_nothing() throws Exception {
        var kid = keys.current().getKeyID();
        refused(signed(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .type(JOSEObjectType.JWT)
                        .build(),
                claims -> {}));
        refused(signed(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(kid).build(), claims -> {}));
        refused(signed(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .keyID(kid)
                        .type(new JOSEObjectType("at+jwt"))
                        .build(),
                claims -> {}));
        refused(signed(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .keyID("another")
                        .type(JOSEObjectType.JWT)
                        .build(),
                claims -> {}));
        refused(signed(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .keyID(kid)
                        .type(JOSEObjectType.JWT)
                        .jwk((ECKey) keys.current().toPublicJWK())
                        .build(),
                claims -> {}));
    }

    @Test
    void every_single_character_counts() throws Exception {
        var token = issued().token();
        var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        assertThat(token.length()).isGreaterThan(5 * 101); // more than a hundred of them
        for (var at = 0; at < token.length(); at += 5) {
            if (token.charAt(at) == '.') continue;
            var other = alphabet.charAt((alphabet.indexOf(token.charAt(at)) + 1) % 64);
            refused(token.substring(0, at) + other + token.substring(at + 1));
        }
    }

    @Test
    void the_same_bytes_written_otherwise_open_nothing() {
        var token = issued().token();
        refused(token + "=");
        refused(token + "\n");
        refused(token + ".");
        refused(" " + token);
        refused(token.replaceFirst("\\.", ".="));
        refused(token.substring(0, token.length() - 10) + "!" + token.substring(token.length() - 10));
        var last = token.charAt(token.length() - 1);
        IntStream.range(0, 64)
                .mapToObj("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"::charAt)
                .filter(c -> c != last)
                .forEach(c -> refused(token.substring(0, token.length() - 1) + c));
    }

    @Test
    void forged_tokens_open_nothing() {
        Forgeries.of(issued().token(), keys.published())
                .forEach((how, forged) ->
                        assertThatThrownBy(() -> tokens.verify(forged)).as(how).isInstanceOf(BadTokenException.class));
    }

    @Test
    void what_is_remembered_is_bounded_and_still_right() throws Exception {
        var verified = new Verified<AccessToken>(10);
        for (var i = 0; i < 1_000; i++) verified.put("token" + i, new AccessToken(ada, session, Instant.now(), "key"));
        assertThat(verified.size()).isLessThanOrEqualTo(10);
        assertThat(verified.get("token999")).isNotNull();
        assertThat(verified.get("token1")).isNull();
    }

    @Test
    void the_published_set_has_public_keys_only() {
        var published = JSON.writeValueAsString(keys.published());
        assertThat(published).contains("\"ES256\"", "\"P-256\"", "\"sig\"").doesNotContain("\"d\"");
    }

    @Test
    void the_private_key_is_not_readable_in_its_table() throws Exception {
        var d = ((ECKey) keys.current()).getD().toString();
        try (var superuser = database.superuser();
                var statement = superuser.createStatement();
                var rows = statement.executeQuery(
                        "select count(*), min(encode(sealed, 'escape')) from identity.signing_key")) {
            rows.next();
            assertThat(rows.getInt(1)).isEqualTo(1);
            assertThat(rows.getString(2)).doesNotContain(d).doesNotContain("\"d\"");
        }
    }

    private JWSHeader header() {
        return new JWSHeader.Builder(JWSAlgorithm.ES256)
                .keyID(keys.current().getKeyID())
                .type(JOSEObjectType.JWT)
                .build();
    }

    private String signed(JWSHeader header, Consumer<JWTClaimsSet.Builder> change) throws Exception {
        var parsed = SignedJWT.parse(issued().token());
        var claims = new JWTClaimsSet.Builder(parsed.getJWTClaimsSet());
        change.accept(claims);
        var jwt = new SignedJWT(header, claims.build());
        jwt.sign(new ECDSASigner((ECKey) keys.current()));
        return jwt.serialize();
    }

    private void refused(String token) {
        assertThatThrownBy(() -> tokens.verify(token)).as(token).isInstanceOf(BadTokenException.class);
    }
}
