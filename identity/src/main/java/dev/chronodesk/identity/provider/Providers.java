package dev.chronodesk.identity.provider;

import dev.chronodesk.db.Secrets;
import dev.chronodesk.identity.account.ProviderPerson;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.oauth2.client.authentication.OAuth2LoginAuthenticationToken;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.client.oidc.authentication.OidcAuthorizationCodeAuthenticationProvider;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenValidator;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.userinfo.DefaultOAuth2UserService;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationExchange;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationResponse;
import org.springframework.security.oauth2.core.endpoint.PkceParameterNames;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtValidationException;

/**
 * The providers at which people sign in, by OpenID Connect's authorization code with PKCE, as Spring Security does it.
 * Nonce and verifier follow from the state, so that nothing has to be kept for them but the key.
 */
public final class Providers {

    private static final String MAC = "HmacSHA256";

    private final Map<String, Signing> signing = new TreeMap<>();
    private final URI callback;
    private final byte[] key;
    private final OidcAuthorizationCodeAuthenticationProvider codes;

    private record Signing(ProviderSettings.Provider settings, Discovery discovery) {}

    /**
     * @param issuer below which our {@code /callback} is
     * @param clock when what a provider says about itself is asked for again
     */
    public Providers(ProviderSettings settings, String issuer, Secrets secrets, Clock clock) {
        settings.providers().forEach((name, provider) -> {
            if (provider.clientId() != null)
                signing.put(
                        name,
                        new Signing(provider, new Discovery(name, Objects.requireNonNull(provider.issuer()), clock)));
        });
        callback = URI.create(issuer + "/callback");
        key = secrets.secret("identity-provider-visit");
        codes = new OidcAuthorizationCodeAuthenticationProvider(tokenClient(), people());
        codes.setJwtDecoderFactory(this::idTokens);
    }

    private static RestClientAuthorizationCodeTokenResponseClient tokenClient() {
        var client = new RestClientAuthorizationCodeTokenResponseClient();
        client.setRestClient(Discovery.client()
                .configureMessageConverters(converters -> converters
                        .addCustomConverter(new FormHttpMessageConverter())
                        .addCustomConverter(new OAuth2AccessTokenResponseHttpMessageConverter()))
                .defaultStatusHandler(new OAuth2ErrorResponseErrorHandler())
                .build());
        return client;
    }

    private static OidcUserService people() {
        var plain = new DefaultOAuth2UserService();
        var http = Discovery.operations();
        http.setErrorHandler(new OAuth2ErrorResponseErrorHandler());
        plain.setRestOperations(http);
        var people = new OidcUserService();
        people.setOauth2UserService(plain);
        // asked for only what the ID token leaves out
        people.setRetrieveUserInfo(request -> request.getClientRegistration()
                                .getProviderDetails()
                                .getUserInfoEndpoint()
                                .getUri()
                        != null
                && (request.getIdToken().getEmail() == null
                        || request.getIdToken().getFullName() == null));
        return people;
    }

    private JwtDecoder idTokens(ClientRegistration registration) {
        var decoder = Objects.requireNonNull(signing.get(registration.getRegistrationId()))
                .discovery()
                .decoder();
        var validator = new OidcIdTokenValidator(registration);
        return token -> {
            var jwt = decoder.decode(token);
            var result = validator.validate(jwt);
            if (result.hasErrors()) throw new JwtValidationException("this ID token is not for us", result.getErrors());
            return jwt;
        };
    }

    /** The names of the providers at which people sign in. */
    public List<String> names() {
        return List.copyOf(signing.keySet());
    }

    /** Whether people sign in at that one. */
    public boolean has(String name) {
        return signing.containsKey(name);
    }

    /** Whether a new identity at that provider joins the account that has its verified address. */
    public boolean linksByEmail(String name) {
        return of(name).settings().linkByEmail();
    }

    private Signing of(String name) {
        var found = signing.get(name);
        if (found == null) throw new IllegalArgumentException("no provider " + name);
        return found;
    }

    private ClientRegistration registration(String name) {
        var provider = of(name);
        var settings = provider.settings();
        var document = provider.discovery().document();
        try {
            var builder = ClientRegistrations.fromOidcConfiguration(document)
                    .registrationId(name)
                    .clientId(Objects.requireNonNull(settings.clientId()))
                    .redirectUri(callback.toString())
                    .scope(settings.scopes())
                    .userNameAttributeName("sub");
            var secret = settings.clientSecret();
            if (secret == null) builder.clientAuthenticationMethod(ClientAuthenticationMethod.NONE);
            else builder.clientSecret(secret.reveal());
            return builder.build();
        } catch (IllegalArgumentException | ClassCastException e) {
            throw new ProviderUnavailableException(name, "its discovery document is incomplete", e);
        }
    }

    /**
     * Where somebody who begins that visit is sent.
     *
     * @param scopes asked for beside those of the settings
     * @throws ProviderUnavailableException when the provider does not answer
     */
    public URI address(String name, String state, List<String> scopes) {
        return URI.create(request(registration(name), state, scopes).getAuthorizationRequestUri());
    }

    private OAuth2AuthorizationRequest request(ClientRegistration registration, String state, List<String> scopes) {
        var nonce = derived("nonce", state);
        var verifier = derived("verifier", state);
        var all = new LinkedHashSet<>(registration.getScopes());
        all.addAll(scopes);
        return OAuth2AuthorizationRequest.authorizationCode()
                .authorizationUri(Objects.requireNonNull(
                        registration.getProviderDetails().getAuthorizationUri(), "built with one"))
                .clientId(registration.getClientId())
                .redirectUri(registration.getRedirectUri())
                .scopes(all)
                .state(state)
                .additionalParameters(Map.of(
                        OidcParameterNames.NONCE, s256(nonce),
                        PkceParameterNames.CODE_CHALLENGE, s256(verifier),
                        PkceParameterNames.CODE_CHALLENGE_METHOD, "S256"))
                .attributes(Map.of(OidcParameterNames.NONCE, nonce, PkceParameterNames.CODE_VERIFIER, verifier))
                .build();
    }

    /**
     * Who has come back, with the provider's tokens, which are for whoever began the visit.
     *
     * @param accessToken for the provider's other services
     * @param refreshToken null when it gave none
     */
    public record Come(ProviderPerson person, String accessToken, @Nullable String refreshToken) {
        @Override
        public String toString() {
            return "Come[" + person.provider() + "]";
        }
    }

    /** The provider's answer shows nothing: a wrong or used code, or an ID token that is not for this visit. */
    public static final class NotShownException extends Exception {
        private static final long serialVersionUID = 1L;

        private NotShownException(String why, Throwable cause) {
            super(why, cause);
        }
    }

    /**
     * Exchanges the code of a visit.
     *
     * @param state the visit's
     * @throws NotShownException when it shows nobody
     * @throws ProviderUnavailableException when the provider does not answer
     */
    public Come come(String name, String state, String code) throws NotShownException {
        var registration = registration(name);
        var answer = OAuth2AuthorizationResponse.success(code)
                .redirectUri(callback.toString())
                .state(state)
                .build();
        var exchange = new OAuth2AuthorizationExchange(request(registration, state, List.of()), answer);
        try {
            var token = (OAuth2LoginAuthenticationToken)
                    codes.authenticate(new OAuth2LoginAuthenticationToken(registration, exchange));
            if (token == null || token.getAccessToken() == null || !(token.getPrincipal() instanceof OidcUser user))
                throw new NotShownException("no ID token", new IllegalStateException("no ID token"));
            var refresh = token.getRefreshToken();
            return new Come(
                    PersonClaims.person(
                            name, user.getClaims(), of(name).settings().trustEmails()),
                    token.getAccessToken().getTokenValue(),
                    refresh == null ? null : refresh.getTokenValue());
        } catch (OAuth2AuthenticationException e) {
            throw new NotShownException(
                    e.getError().getErrorCode() + ": " + e.getError().getDescription(), e);
        } catch (JwtException | AuthenticationServiceException | IllegalArgumentException e) {
            throw new NotShownException("unreadable", e);
        }
    }

    /** 256 bits that only we can make of the state: 43 characters. */
    private String derived(String what, String state) {
        try {
            var mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(key, MAC));
            return text(mac.doFinal((what + " " + state).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + MAC, e);
        }
    }

    private static String s256(String text) {
        try {
            return text(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
