package dev.chronodesk.identity.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jwt.SignedJWT;
import dev.chronodesk.identity.provider.OpenIdProvider.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** That the provider of the other specs is one, and that it does wrong what it is told to. */
class OpenIdProviderSpec {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final URI BACK = URI.create("https://desk.example.org/auth/v1/callback");
    private static final String VERIFIER = "a-verifier-must-have-at-least-43-characters-of-these";
    private static final Map<String, Object> ADA = Map.of(
            "email", "ada@example.org",
            "email_verified", true,
            "name", "Ada",
            "picture", "https://example.org/ada.png",
            "team", "engines");

    private static OpenIdProvider provider;
    private static HttpClient http;

    @BeforeAll
    static void start() {
        provider = OpenIdProvider.start("desk", "desk secret", BACK);
        provider.person("ada", ADA);
        http = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        http.close();
        provider.close();
    }

    @AfterEach
    void well_again() {
        provider.up();
        provider.idTokens(UnaryOperator.identity());
        provider.userInfo(UnaryOperator.identity());
    }

    @Test
    void discovery_names_where_everything_is() throws Exception {
        var found = json(get(Endpoint.DISCOVERY));

        assertThat(found.get("issuer").stringValue()).isEqualTo(provider.issuer());
        assertThat(found.get("authorization_endpoint").stringValue()).isEqualTo(at(Endpoint.AUTHORIZE));
        assertThat(found.get("token_endpoint").stringValue()).isEqualTo(at(Endpoint.TOKEN));
        assertThat(found.get("userinfo_endpoint").stringValue()).isEqualTo(at(Endpoint.USER_INFO));
        assertThat(found.get("jwks_uri").stringValue()).isEqualTo(at(Endpoint.KEYS));
        assertThat(found.get("code_challenge_methods_supported").toString()).contains("S256");
        assertThat(found.get("id_token_signing_alg_values_supported").toString())
                .contains("RS256");
    }

    @Test
    void the_key_set_has_only_the_public_part() throws Exception {
        var keys = json(get(Endpoint.KEYS)).get("keys");

        assertThat(keys).hasSize(1);
        assertThat(keys.get(0).get("kid").stringValue())
                .isEqualTo(provider.key().getKeyID());
        assertThat(keys.get(0).has("d")).isFalse();
    }

    @Nested
    class SigningIn {

        @Test
        void a_code_becomes_an_id_token_and_what_is_known_of_the_person() throws Exception {
            var back = provider.signIn("ada", request("openid email profile", "the nonce"));
            assertThat(back.toString()).startsWith(BACK + "?");
            assertThat(parameter(back, "state")).isEqualTo("a state/+");

            var tokens = json(exchange(parameter(back, "code"), VERIFIER, "desk secret"));
            var idToken = verified(tokens.get("id_token").stringValue());
            assertThat(idToken.getClaims())
                    .containsAllEntriesOf(ADA)
                    .containsEntry("sub", "ada")
                    .containsEntry("nonce", "the nonce")
                    .containsKeys("auth_time", "sid");
            assertThat(idToken.getIssuer()).hasToString(provider.issuer());
            assertThat(idToken.getAudience()).containsExactly("desk");

            var known = userInfo(tokens);
            assertThat(known.get("sub").stringValue()).isEqualTo("ada");
            ADA.forEach((name, value) -> assertThat(known.get(name).asString()).isEqualTo(value.toString()));
        }

        @Test
        void claims_are_said_by_scope() throws Exception {
            var tokens = signedIn("ada", "openid email");

            var idToken = verified(tokens.get("id_token").stringValue());
            assertThat(idToken.getClaims()).containsKeys("email", "team").doesNotContainKeys("name", "picture");
            assertThat(userInfo(tokens).propertyNames())
                    .containsExactlyInAnyOrder("sub", "email", "email_verified", "team");
        }

        @Test
        void a_request_without_a_challenge_is_refused() {
            var without = UriComponentsBuilder.fromUri(request("openid", "n"))
                    .replaceQueryParam("code_challenge")
                    .replaceQueryParam("code_challenge_method")
                    .build(true)
                    .toUri();

            for (var back : List.of(provider.signIn("ada", without), provider.refuse(without))) {
                assertThat(back.toString()).startsWith(BACK + "?");
                assertThat(parameter(back, "error")).isEqualTo("invalid_request");
            }
        }

        @Test
        void a_code_needs_its_verifier() throws Exception {
            var code = parameter(provider.signIn("ada", request("openid", "n")), "code");

            var answer = exchange(code, VERIFIER + "x", "desk secret");

            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(json(answer).get("error").stringValue()).isEqualTo("invalid_grant");
        }

        @Test
        void a_code_needs_the_secret() throws Exception {
            var code = parameter(provider.signIn("ada", request("openid", "n")), "code");

            assertThat(exchange(code, VERIFIER, "guessed").statusCode()).isEqualTo(401);
            assertThat(exchange(code, VERIFIER, "desk secret").statusCode()).isEqualTo(200);
        }

        @Test
        void a_code_is_good_once() throws Exception {
            var code = parameter(provider.signIn("ada", request("openid", "n")), "code");

            assertThat(exchange(code, VERIFIER, "desk secret").statusCode()).isEqualTo(200);
            assertThat(exchange(code, VERIFIER, "desk secret").statusCode()).isEqualTo(400);
        }

        @Test
        void who_says_no_goes_back_without_a_code() {
            var back = provider.refuse(request("openid", "n"));

            assertThat(back.toString()).startsWith(BACK + "?");
            assertThat(parameter(back, "error")).isEqualTo("access_denied");
            assertThat(parameter(back, "state")).isEqualTo("a state/+");
            assertThat(back.toString()).doesNotContain("code=");
        }

        @Test
        void only_those_with_an_account_can() {
            var request = request("openid", "n");

            assertThatThrownBy(() -> provider.signIn("nobody", request))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("nobody there is nobody");
        }

        @Test
        void nobody_is_sent_where_no_client_is() {
            var request = UriComponentsBuilder.fromUri(request("openid", "n"))
                    .replaceQueryParam("redirect_uri", "https://evil.example.org")
                    .build(true)
                    .toUri();

            assertThatThrownBy(() -> provider.signIn("ada", request)).hasMessageContaining("answered 400");
            assertThatThrownBy(() -> provider.refuse(request)).hasMessageContaining("answered 400");
        }

        @Test
        void a_client_can_move() throws Exception {
            try (var another = OpenIdProvider.start("first", "secret", BACK)) {
                another.person("ada", ADA);
                another.client("desk", "secret", URI.create("http://127.0.0.1/one"), URI.create("https://two.example"));
                var request =
                        UriComponentsBuilder.fromUri(request("openid", "n")).port(port(another));

                var one = request.replaceQueryParam("redirect_uri", "http://127.0.0.1:4711/one")
                        .build(true)
                        .toUri();
                assertThat(another.signIn("ada", one).toString()).startsWith("http://127.0.0.1:4711/one?code=");
                var two = request.replaceQueryParam("redirect_uri", "https://two.example")
                        .build(true)
                        .toUri();
                assertThat(another.signIn("ada", two).toString()).startsWith("https://two.example?code=");

                another.client("desk", "secret", URI.create("https://three.example"));
                assertThatThrownBy(() -> another.signIn("ada", two)).hasMessageContaining("answered 400");
            }
        }
    }

    @Nested
    class AccessTokens {

        @Test
        void are_verified_with_the_key_set() throws Exception {
            var token =
                    provider.accessToken("ada", Map.of("scope", "desk", "roles", List.of("agent")), "JWT", "desk api");

            var read = verified(token);
            assertThat(read.getSubject()).isEqualTo("ada");
            assertThat(read.getIssuer()).hasToString(provider.issuer());
            assertThat(read.getAudience()).containsExactly("desk api");
            assertThat(read.getExpiresAt())
                    .isAfter(Instant.now())
                    .isBefore(Instant.now().plusSeconds(301));
            assertThat(read.getIssuedAt()).isBeforeOrEqualTo(Instant.now());
            assertThat(read.getClaims()).containsEntry("scope", "desk").containsEntry("roles", List.of("agent"));
            assertThat(read.getHeaders()).containsEntry("alg", "RS256").containsEntry("typ", "JWT");
        }

        @Test
        void are_of_the_type_that_was_said() throws Exception {
            var typed = SignedJWT.parse(provider.accessToken("ada", Map.of(), "at+jwt", "api"));
            assertThat(typed.getHeader().getType()).hasToString("at+jwt");

            var untyped = SignedJWT.parse(provider.accessToken("ada", Map.of(), null, "api"));
            assertThat(untyped.getHeader().getType()).isNull();
        }

        @Test
        void say_what_they_are_told_to() throws Exception {
            var claims = new HashMap<String, Object>();
            claims.put("iss", "https://evil.example.org");
            claims.put("aud", List.of("one", "two"));
            claims.put("exp", Instant.EPOCH);
            claims.put("sub", null);

            var read = SignedJWT.parse(provider.accessToken("ada", claims, "JWT", "api"))
                    .getJWTClaimsSet();

            assertThat(read.getIssuer()).isEqualTo("https://evil.example.org");
            assertThat(read.getAudience()).containsExactly("one", "two");
            assertThat(read.getExpirationTime()).isEqualTo(Instant.EPOCH);
            assertThat(read.toJSONObject()).doesNotContainKey("sub");
        }

        @Test
        void of_a_key_that_was_replaced_are_not_verified() throws Exception {
            var token = provider.accessToken("ada", Map.of(), "JWT", "api");
            var old = provider.key().getKeyID();
            verified(token);

            provider.rotate();

            assertThat(provider.key().getKeyID()).isNotEqualTo(old);
            assertThatThrownBy(() -> verified(token)).isInstanceOf(BadJwtException.class);
            verified(provider.accessToken("ada", Map.of(), "JWT", "api"));
        }

        @Test
        void of_another_key_under_the_published_name_are_not_verified() {
            var forger = OpenIdProvider.newKey(provider.key().getKeyID());
            var token = provider.accessToken(forger, "ada", Map.of(), "JWT", "api");

            assertThatThrownBy(() -> verified(token))
                    .isInstanceOf(BadJwtException.class)
                    .hasMessageContaining("Invalid signature");
        }

        @Test
        void of_the_published_key_as_a_secret_are_not_verified() throws Exception {
            var secret = provider.key().toRSAKey().toPublicKey().getEncoded();
            var forger = new OctetSequenceKey.Builder(secret)
                    .keyID(provider.key().getKeyID())
                    .algorithm(JWSAlgorithm.HS256)
                    .build();
            var token = provider.accessToken(forger, "ada", Map.of(), "JWT", "api");

            assertThat(SignedJWT.parse(token).getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.HS256);
            assertThatThrownBy(() -> verified(token)).isInstanceOf(BadJwtException.class);
        }
    }

    @Nested
    class DoingWrong {

        @Test
        void id_tokens_with_other_claims_and_the_same_signature() throws Exception {
            provider.idTokens(claims -> {
                claims.put("nonce", "another");
                claims.put("aud", List.of("somebody else"));
                claims.put("iat", Instant.parse("2001-01-01T00:00:00Z"));
                claims.put("exp", Instant.parse("2001-01-01T00:01:00Z"));
                claims.remove("email");
                return claims;
            });

            var token = SignedJWT.parse(
                    signedIn("ada", "openid email").get("id_token").stringValue());

            var claims = token.getJWTClaimsSet();
            assertThat(claims.getStringClaim("nonce")).isEqualTo("another");
            assertThat(claims.getAudience()).containsExactly("somebody else");
            assertThat(claims.getExpirationTime()).isEqualTo(Instant.parse("2001-01-01T00:01:00Z"));
            assertThat(claims.getClaims()).doesNotContainKey("email");
            assertThat(token.getHeader().getKeyID()).isEqualTo(provider.key().getKeyID());
        }

        @Test
        void id_tokens_by_a_key_that_is_not_published() throws Exception {
            var published = provider.key();
            provider.signWith(OpenIdProvider.newKey(UUID.randomUUID().toString()));
            try {
                var tokens = signedIn("ada", "openid");

                assertThatThrownBy(() -> verified(tokens.get("id_token").stringValue()))
                        .isInstanceOf(BadJwtException.class);
                assertThat(userInfo(tokens).get("sub").stringValue()).isEqualTo("ada");
            } finally {
                provider.signWith(published);
            }
            verified(signedIn("ada", "openid").get("id_token").stringValue());
        }

        @Test
        void user_info_of_somebody_else() throws Exception {
            provider.userInfo(claims -> {
                claims.put("sub", "eve");
                return claims;
            });

            var tokens = signedIn("ada", "openid");

            assertThat(verified(tokens.get("id_token").stringValue()).getSubject())
                    .isEqualTo("ada");
            assertThat(userInfo(tokens).get("sub").stringValue()).isEqualTo("eve");
        }

        @Test
        void down_everywhere_or_in_one_place() throws Exception {
            provider.down(Endpoint.KEYS);
            assertThat(get(Endpoint.KEYS).statusCode()).isEqualTo(503);
            assertThat(get(Endpoint.DISCOVERY).statusCode()).isEqualTo(200);

            provider.down();
            for (var endpoint : Endpoint.values())
                assertThat(get(endpoint).statusCode()).isEqualTo(503);

            provider.up();
            assertThat(get(Endpoint.KEYS).statusCode()).isEqualTo(200);
        }

        @Test
        void slow() throws Exception {
            provider.slow(Duration.ofSeconds(30), Endpoint.KEYS);
            var request = HttpRequest.newBuilder(URI.create(at(Endpoint.KEYS)))
                    .timeout(Duration.ofMillis(200))
                    .build();

            assertThatThrownBy(() -> http.send(request, BodyHandlers.ofString()))
                    .isInstanceOf(HttpTimeoutException.class);
            assertThat(get(Endpoint.DISCOVERY).statusCode()).isEqualTo(200);
        }

        @Test
        void another_answer_altogether() throws Exception {
            provider.instead(Endpoint.DISCOVERY, 200, "application/json", "{\"issuer\":\"https://evil.example.org\"}");

            assertThat(json(get(Endpoint.DISCOVERY)).get("issuer").stringValue())
                    .isEqualTo("https://evil.example.org");
        }

        @Test
        void requests_are_counted_even_when_it_is_down() throws Exception {
            var discoveries = provider.requests(Endpoint.DISCOVERY);
            var keys = provider.requests(Endpoint.KEYS);

            get(Endpoint.DISCOVERY);
            provider.down();
            get(Endpoint.DISCOVERY);

            assertThat(provider.requests(Endpoint.DISCOVERY)).isEqualTo(discoveries + 2);
            assertThat(provider.requests(Endpoint.KEYS)).isEqualTo(keys);
        }
    }

    private static String at(Endpoint endpoint) {
        return provider.issuer() + endpoint.path();
    }

    private static int port(OpenIdProvider provider) {
        return URI.create(provider.issuer()).getPort();
    }

    private static URI request(String scope, String nonce) {
        return UriComponentsBuilder.fromUriString(at(Endpoint.AUTHORIZE))
                .queryParam("response_type", "code")
                .queryParam("client_id", "desk")
                .queryParam("redirect_uri", BACK)
                .queryParam("scope", encoded(scope))
                .queryParam("state", encoded("a state/+"))
                .queryParam("nonce", encoded(nonce))
                .queryParam("code_challenge", challenge())
                .queryParam("code_challenge_method", "S256")
                .build(true)
                .toUri();
    }

    private static String encoded(String text) {
        return UriUtils.encode(text, StandardCharsets.UTF_8);
    }

    private static String challenge() {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(VERIFIER.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static String parameter(URI address, String name) {
        var found =
                UriComponentsBuilder.fromUri(address).build().getQueryParams().getFirst(name);
        assertThat(found).as(name + " of " + address).isNotNull();
        return UriUtils.decode(found, StandardCharsets.UTF_8);
    }

    private static JsonNode signedIn(String subject, String scope) throws IOException, InterruptedException {
        var back = provider.signIn(subject, request(scope, "n"));
        return json(exchange(parameter(back, "code"), VERIFIER, "desk secret"));
    }

    private static HttpResponse<String> exchange(String code, String verifier, String secret)
            throws IOException, InterruptedException {
        var form = "grant_type=authorization_code&code=" + encoded(code) + "&redirect_uri=" + encoded(BACK.toString())
                + "&code_verifier=" + encoded(verifier);
        var basic = Base64.getEncoder().encodeToString(("desk:" + encoded(secret)).getBytes(StandardCharsets.UTF_8));
        return http.send(
                HttpRequest.newBuilder(URI.create(at(Endpoint.TOKEN)))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Authorization", "Basic " + basic)
                        .POST(BodyPublishers.ofString(form))
                        .build(),
                BodyHandlers.ofString());
    }

    private static JsonNode userInfo(JsonNode tokens) throws IOException, InterruptedException {
        return json(http.send(
                HttpRequest.newBuilder(URI.create(at(Endpoint.USER_INFO)))
                        .header(
                                "Authorization",
                                "Bearer " + tokens.get("access_token").stringValue())
                        .build(),
                BodyHandlers.ofString()));
    }

    private static HttpResponse<String> get(Endpoint endpoint) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(at(endpoint))).build(), BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JSON.readTree(answer.body());
    }

    /** As a service would, that has only the key set. */
    private static Jwt verified(String token) {
        return NimbusJwtDecoder.withJwkSetUri(at(Endpoint.KEYS)).build().decode(token);
    }
}
