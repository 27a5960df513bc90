package dev.chronodesk.identity.provider;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configuration.OAuth2AuthorizationServerConfiguration;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.oidc.OidcScopes;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Somebody else's OpenID Connect provider in this process: Spring Security's authorization server, with the people that
 * a test names, and with what a test wants it to do wrong. It shares nothing with a service under test: its context is
 * made by hand, without auto-configuration and without the settings of the class path.
 */
public final class OpenIdProvider implements AutoCloseable {

    // the least there is: what is kept here are the secrets of tests
    private static final PasswordEncoder SECRETS = new BCryptPasswordEncoder(4);

    private final InMemoryRegisteredClientRepository clients;
    private final Keys keys = new Keys();
    private final People people = new People();
    private final FrontDoor door = new FrontDoor();
    private final AnnotationConfigServletWebServerApplicationContext context =
            new AnnotationConfigServletWebServerApplicationContext();
    private final String issuer;

    private OpenIdProvider(RegisteredClient first) {
        clients = new InMemoryRegisteredClientRepository(first);
        context.registerBean(RegisteredClientRepository.class, () -> clients);
        context.registerBean(Keys.class, () -> keys);
        context.registerBean(People.class, () -> people);
        context.registerBean(FrontDoor.class, () -> door);
        context.register(Assembly.class);
        context.refresh();
        var server = context.getWebServer();
        if (server == null) throw new AssertionError("started without a server");
        issuer = "http://127.0.0.1:" + server.getPort();
    }

    /** On a free port, with one client. */
    public static OpenIdProvider start(String clientId, String clientSecret, URI redirect) {
        return new OpenIdProvider(registered(clientId, clientSecret, redirect));
    }

    @Override
    public void close() {
        context.close();
    }

    /** Also where it is: discovery is below it. */
    public String issuer() {
        return issuer;
    }

    /**
     * Registers a client, or registers one anew with these addresses instead of its old ones. A redirect to 127.0.0.1
     * may have any port, whatever port is registered (RFC 8252, 7.3); any other must be registered to the letter.
     */
    public void client(String id, String secret, URI... redirects) {
        clients.save(registered(id, secret, redirects));
    }

    private static RegisteredClient registered(String id, String secret, URI... redirects) {
        return RegisteredClient.withId(id)
                .clientId(id)
                .clientSecret(SECRETS.encode(secret))
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                .redirectUris(all -> List.of(redirects).forEach(redirect -> all.add(redirect.toString())))
                .scope(OidcScopes.OPENID)
                .scope(OidcScopes.PROFILE)
                .scope(OidcScopes.EMAIL)
                .clientSettings(ClientSettings.builder()
                        .requireProofKey(true)
                        .requireAuthorizationConsent(false)
                        .build())
                .build();
    }

    /**
     * Somebody with an account there, or what is known of somebody from now on. The claims are in ID tokens and at the
     * user info endpoint; those of the scopes {@code email} and {@code profile} where that scope was asked for.
     */
    public void person(String subject, Map<String, Object> claims) {
        people.put(subject, claims);
    }

    /** Where the browser of that person is sent after signing in there, which it does not follow. */
    public URI signIn(String subject, URI authorizationRequest) {
        try (var browser = new Browser(issuer)) {
            return browser.signIn(subject, authorizationRequest);
        }
    }

    /**
     * Where a browser is sent when its user says no. The provider has looked at the request; the refusal is made up
     * here, as RFC 6749, 4.1.2.1 has it.
     */
    public URI refuse(URI authorizationRequest) {
        try (var browser = new Browser(issuer)) {
            return browser.refuse(authorizationRequest);
        }
    }

    /**
     * An access token of the JWT kind for somebody else's service, valid for five minutes. Claims given here take the
     * place of {@code iss}, {@code sub}, {@code aud}, {@code iat}, {@code exp} and {@code jti}; one that is null is
     * left out. So is a type that is null.
     */
    public String accessToken(String subject, Map<String, Object> claims, String type, String audience) {
        return accessToken(keys.signing(), subject, claims, type, audience);
    }

    /** As by this provider, but signed with that key by the algorithm that the key names. */
    public String accessToken(JWK key, String subject, Map<String, Object> claims, String type, String audience) {
        return Keys.accessToken(key, issuer, subject, claims, type, audience);
    }

    /** A new key of 2048 bits for RS256, known to nobody yet. */
    public static JWK newKey(String id) {
        return Keys.make(id);
    }

    /** What it signs with at present, with the private part. */
    public JWK key() {
        return keys.signing();
    }

    /** From now on a new key signs, and the key set has only that. */
    public void rotate() {
        keys.rotate(newKey(UUID.randomUUID().toString()));
    }

    /** From now on that key signs, while the key set stays as it is. ID tokens need one for RS256. */
    public void signWith(JWK key) {
        keys.signWith(key);
    }

    /**
     * What becomes of the claims of each ID token before it is signed, instead of what was said before. Times are
     * {@code Instant}, and {@code exp} must be later than {@code iat}.
     */
    public void idTokens(UnaryOperator<Map<String, Object>> change) {
        people.idTokens(change);
    }

    /** What becomes of the claims of each answer of the user info endpoint, instead of what was said before. */
    public void userInfo(UnaryOperator<Map<String, Object>> change) {
        people.userInfo(change);
    }

    /** Where a client or a browser asks. */
    public enum Endpoint {
        DISCOVERY("/.well-known/openid-configuration"),
        KEYS("/oauth2/jwks"),
        AUTHORIZE("/oauth2/authorize"),
        TOKEN("/oauth2/token"),
        USER_INFO("/userinfo");

        private final String path;

        Endpoint(String path) {
            this.path = path;
        }

        public String path() {
            return path;
        }
    }

    /** How often it was asked there, answered or not. */
    public int requests(Endpoint endpoint) {
        return door.requests(endpoint);
    }

    /** From now on 503 there, or at all of them if none is named. */
    public void down(Endpoint... endpoints) {
        for (var endpoint : FrontDoor.those(endpoints))
            instead(endpoint, 503, "text/plain", "The service is unavailable.");
    }

    /** From now on everything is answered, by the provider itself, and at once. */
    public void up() {
        door.open();
    }

    /** From now on each answer there waits that long first, or all of them do if none is named. */
    public void slow(Duration pause, Endpoint... endpoints) {
        door.slow(pause, endpoints);
    }

    /** From now on that answer there, whatever is asked, until it is {@link #up()} again. */
    public void instead(Endpoint endpoint, int status, String type, String body) {
        door.instead(endpoint, status, type, body);
    }

    /** A server, one filter chain, and nothing else. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    static class Assembly {

        @Bean
        TomcatServletWebServerFactory server() {
            var server = new TomcatServletWebServerFactory(0);
            server.setAddress(InetAddress.getLoopbackAddress());
            // without any servlet, Tomcat asks no filter either
            server.getSettings().setRegisterDefaultServlet(true);
            return server;
        }

        @Bean
        SecurityFilterChain provider(HttpSecurity http, People people) {
            return http.oauth2AuthorizationServer(server ->
                            server.oidc(oidc -> oidc.userInfoEndpoint(info -> info.userInfoMapper(people::userInfo))))
                    .authenticationProvider(people)
                    .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .csrf(csrf -> csrf.ignoringRequestMatchers(Browser.LOGIN))
                    .formLogin(Customizer.withDefaults())
                    .build();
        }

        /** The issuer is the address that was asked: the port is not known yet. */
        @Bean
        AuthorizationServerSettings settings() {
            return AuthorizationServerSettings.builder()
                    .jwkSetEndpoint(Endpoint.KEYS.path())
                    .authorizationEndpoint(Endpoint.AUTHORIZE.path())
                    .tokenEndpoint(Endpoint.TOKEN.path())
                    .oidcUserInfoEndpoint(Endpoint.USER_INFO.path())
                    .build();
        }

        @Bean
        PasswordEncoder secrets() {
            return SECRETS;
        }

        @Bean
        JWKSource<SecurityContext> keySet(Keys keys) {
            return (selector, unused) -> selector.select(keys.published());
        }

        @Bean
        JwtEncoder signature(Keys keys) {
            return new NimbusJwtEncoder((selector, unused) -> selector.select(keys.current()));
        }

        /** What it signed itself is good at its user info endpoint, even if nobody else could verify it. */
        @Bean
        JwtDecoder own(Keys keys) {
            return OAuth2AuthorizationServerConfiguration.jwtDecoder(
                    (selector, unused) -> selector.select(keys.everSigned()));
        }

        @Bean
        OAuth2TokenCustomizer<JwtEncodingContext> claims(People people) {
            return people::customize;
        }
    }
}
