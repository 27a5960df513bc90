package dev.chronodesk.identity.provider;

import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.util.Resource;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestTemplate;

/**
 * What an issuer says about itself (OpenID Connect Discovery 1.0), asked for when it is first needed and again each
 * hour, so that a provider that is down keeps nobody from starting. What was known goes on while it does not answer.
 */
final class Discovery {

    private static final Logger LOG = LoggerFactory.getLogger(Discovery.class);
    private static final Duration KEPT = Duration.ofHours(1);

    /** After a failure nobody waits for the same again so soon. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration ANSWER = Duration.ofSeconds(7);

    /** One client for everything that is asked of providers: bounded in time, and led nowhere else. */
    private static final JdkClientHttpRequestFactory HTTP = http();

    private final String name;
    private final URI issuer;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Known known;
    private volatile Instant failed = Instant.MIN;

    private record Known(Map<String, Object> document, NimbusJwtDecoder decoder, Instant at) {}

    Discovery(String name, URI issuer, Clock clock) {
        this.name = name;
        this.issuer = issuer;
        this.clock = clock;
    }

    private static JdkClientHttpRequestFactory http() {
        var factory = new JdkClientHttpRequestFactory(HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build());
        factory.setReadTimeout(ANSWER);
        return factory;
    }

    static RestClient.Builder client() {
        return RestClient.builder().requestFactory(HTTP);
    }

    static RestTemplate operations() {
        return new RestTemplate(HTTP);
    }

    /** @throws ProviderUnavailableException when it does not answer and never did */
    Map<String, Object> document() {
        return known().document();
    }

    private Known known() {
        var before = known;
        var now = clock.instant();
        if (before != null
                && (before.at().plus(KEPT).isAfter(now) || failed.plus(PAUSE).isAfter(now))) return before;
        if (before == null && failed.plus(PAUSE).isAfter(now))
            throw new ProviderUnavailableException(name, "did not answer a moment ago", null);
        lock.lock();
        try {
            var meanwhile = known;
            if (meanwhile != null && meanwhile.at().plus(KEPT).isAfter(now)) return meanwhile;
            var document = asked();
            var read = new Known(document, decoder(document), now);
            known = read;
            return read;
        } catch (ProviderUnavailableException e) {
            failed = now;
            if (before == null) throw e;
            LOG.warn("{}; what it said before goes on", e.getMessage());
            return before;
        } finally {
            lock.unlock();
        }
    }

    private Map<String, Object> asked() {
        var path = issuer.toString().endsWith("/") ? issuer.toString() : issuer + "/";
        try {
            var document = client().build()
                    .get()
                    .uri(URI.create(path + ".well-known/openid-configuration"))
                    .retrieve()
                    .body(new ParameterizedTypeReference<Map<String, Object>>() {});
            if (document == null || !issuer.toString().equals(document.get("issuer")))
                throw new ProviderUnavailableException(name, "its discovery document is of another issuer", null);
            return document;
        } catch (RestClientException e) {
            throw new ProviderUnavailableException(name, "its discovery document cannot be read", e);
        }
    }

    /**
     * A reader of tokens that it signs. Only the signature is checked: whose they are and for what is for the caller.
     */
    NimbusJwtDecoder decoder() {
        return known().decoder();
    }

    private NimbusJwtDecoder decoder(Map<String, Object> document) {
        try {
            // kept for five minutes, asked for again when a key is not known, but not at the pace of whoever asks us
            var keys = JWKSourceBuilder.create(
                            URI.create(String.valueOf(document.get("jwks_uri"))).toURL(), Discovery::fetched)
                    .refreshAheadCache(false) // it would begin threads that nobody ends
                    .outageTolerant(true)
                    .build();
            var algorithms = asymmetric(document.get("id_token_signing_alg_values_supported"));
            var decoder = NimbusJwtDecoder.withJwkSource(keys)
                    .jwsAlgorithms(set -> {
                        set.clear();
                        set.addAll(algorithms);
                    })
                    // the type is a matter of what the token is for
                    .jwtProcessorCustomizer(processor -> processor.setJWSTypeVerifier((type, context) -> {}))
                    .build();
            decoder.setJwtValidator(jwt -> OAuth2TokenValidatorResult.success());
            return decoder;
        } catch (MalformedURLException | IllegalArgumentException e) {
            throw new ProviderUnavailableException(name, "its discovery document names no keys", e);
        }
    }

    private static Resource fetched(URL url) throws IOException {
        try {
            var keys = client().build()
                    .get()
                    .uri(URI.create(url.toString()))
                    .retrieve()
                    .body(String.class);
            return new Resource(String.valueOf(keys), "application/json");
        } catch (RestClientException e) {
            throw new IOException("the keys cannot be read", e);
        }
    }

    private static Set<SignatureAlgorithm> asymmetric(@Nullable Object supported) {
        var names = supported instanceof Collection<?> several
                ? several.stream().map(String::valueOf).collect(Collectors.toSet())
                : Set.of("RS256");
        var algorithms = EnumSet.noneOf(SignatureAlgorithm.class);
        Arrays.stream(SignatureAlgorithm.values())
                .filter(algorithm -> names.contains(algorithm.getName()))
                .forEach(algorithms::add);
        if (algorithms.isEmpty()) algorithms.add(SignatureAlgorithm.RS256);
        return algorithms;
    }
}
