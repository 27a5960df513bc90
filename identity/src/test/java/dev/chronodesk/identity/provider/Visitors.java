package dev.chronodesk.identity.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.identity.Auth;
import dev.chronodesk.identity.Desk;
import dev.chronodesk.identity.Desk.Answer;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** People who go from a desk to a provider and come back, each with a browser of their own. */
record Visitors(Desk desk, OpenIdProvider provider) {

    static final String CLIENT = "desk";
    static final String SECRET = "the desk's secret at the provider";
    static final URI CALLBACK = URI.create("http://localhost:8080/auth/v1/callback");
    static final String VERIFIER = "a-verifier-that-only-the-client-of-this-visit-knows";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** What makes a desk offer that provider as {@code corp}. */
    static Map<String, Object> settings(OpenIdProvider provider) {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("chronodesk.identity.providers.corp.issuer", provider.issuer());
        settings.put("chronodesk.identity.providers.corp.client-id", CLIENT);
        settings.put("chronodesk.identity.providers.corp.client-secret", SECRET);
        return settings;
    }

    /** A visit that has begun: the provider's address, and the cookie that the browser got. */
    record Begun(URI address, String cookie) {}

    /** Begins one in a browser. */
    Begun begin(String... parameters) {
        return begun(desk.get("/auth/v1/authorize?provider=corp" + query(parameters)));
    }

    static Begun begun(Answer answer) {
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(302);
        return new Begun(
                URI.create(answer.header("Location")),
                answer.header("Set-Cookie").replaceFirst(";.*", ""));
    }

    static String query(String... parameters) {
        var query = new StringBuilder();
        for (var i = 0; i < parameters.length; i += 2)
            query.append("&").append(parameters[i]).append("=").append(encoded(parameters[i + 1]));
        return query.toString();
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Where the browser is led that comes back with what the provider said. */
    Landed back(Begun begun, URI callback) {
        return back(begun.cookie(), callback);
    }

    Landed back(String cookie, URI callback) {
        assertThat(callback.toString()).startsWith(CALLBACK + "?");
        var path = "/auth/v1/callback?" + callback.getRawQuery();
        return new Landed(cookie.isEmpty() ? desk.get(path) : desk.get(path, "Cookie", cookie));
    }

    /** The whole way of somebody who has an account at the provider. */
    Landed signIn(String subject, String... parameters) {
        var begun = begin(parameters);
        return back(begun, provider.signIn(subject, begun.address()));
    }

    /** A session of somebody who signs in by a client that waits for no code. */
    JsonNode session(String subject) {
        var landed = signIn(subject);
        assertThat(landed.fragment("access_token")).as(landed.location()).isNotNull();
        return JSON.valueToTree(Map.of(
                "access_token", landed.fragment("access_token"),
                "refresh_token", landed.fragment("refresh_token")));
    }

    JsonNode user(JsonNode session) {
        var answer = new Auth(desk).get(session, "/user");
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
        return answer.json();
    }

    /** Where somebody landed in the end. */
    record Landed(Answer answer) {

        String location() {
            assertThat(answer.status()).as(answer.raw().body()).isEqualTo(302);
            return answer.header("Location");
        }

        /** A value after the {@code #}, or null. */
        String fragment(String name) {
            var hash = location().indexOf('#');
            return hash < 0 ? null : value(location().substring(hash + 1), name);
        }

        /** A value after the {@code ?}, or null. */
        String parameter(String name) {
            var query = URI.create(location()).getRawQuery();
            return query == null ? null : value(query, name);
        }

        private static String value(String pairs, String name) {
            for (var pair : pairs.split("&", -1))
                if (pair.startsWith(name + "="))
                    return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
            return null;
        }

        /** The error is told where either kind of client looks for it, and nobody is signed in. */
        void isRefused(String code) {
            assertThat(parameter("error_code")).as(location()).isEqualTo(code);
            assertThat(fragment("error_code")).as(location()).isEqualTo(code);
            assertThat(parameter("error_description")).isNotBlank();
            assertThat(location()).doesNotContain("access_token", "&code=", "?code=");
        }
    }

    static String challenge() {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(VERIFIER.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** The parameters of a client that keeps a verifier. */
    static String[] withChallenge(String... more) {
        var all = new String[more.length + 4];
        System.arraycopy(more, 0, all, 4, more.length);
        all[0] = "code_challenge";
        all[1] = challenge();
        all[2] = "code_challenge_method";
        all[3] = "s256";
        return all;
    }

    Answer exchange(String code) {
        return exchange(code, VERIFIER);
    }

    Answer exchange(String code, String verifier) {
        return new Auth(desk).post("/token?grant_type=pkce", Map.of("auth_code", code, "code_verifier", verifier));
    }
}
