package dev.chronodesk.identity.provider;

import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jwt.JWTParser;
import dev.chronodesk.identity.account.ProviderPerson;
import dev.chronodesk.identity.token.AccessTokens;
import dev.chronodesk.identity.token.BadTokenException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtAudienceValidator;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;

/**
 * The issuers whose access tokens are trusted: those of the settings that have an audience. Issuer, audience and type
 * are pinned, the algorithms are asymmetric, and the keys come from the issuer's own discovery document.
 */
public final class TrustedIssuers {

    private final Map<String, Trusted> byIssuer = new HashMap<>();
    private final Clock clock;

    private record Trusted(
            String name, ProviderSettings.Provider settings, Discovery discovery, OAuth2TokenValidator<Jwt> pinned) {}

    public TrustedIssuers(ProviderSettings settings, Clock clock) {
        this.clock = clock;
        settings.providers().forEach((name, provider) -> {
            var audience = provider.audience();
            if (audience == null) return;
            var issuer = Objects.requireNonNull(provider.issuer());
            byIssuer.put(
                    issuer.toString(),
                    new Trusted(
                            name,
                            provider,
                            new Discovery(name, issuer, clock),
                            new DelegatingOAuth2TokenValidator<>(
                                    new JwtTypeValidator(provider.tokenType()),
                                    new JwtIssuerValidator(issuer.toString()),
                                    new JwtAudienceValidator(audience))));
        });
    }

    /**
     * Whom a token is about.
     *
     * @param linksByEmail whether the person joins the account that has their verified address
     */
    public record Named(ProviderPerson person, boolean linksByEmail, Instant issuedAt, Instant expiresAt) {
        @Override
        public String toString() {
            return "Named[" + person.provider() + "]";
        }
    }

    /** Whether none is trusted. */
    public boolean none() {
        return byIssuer.isEmpty();
    }

    /**
     * Whom the token is about; empty when it does not say to be of one of these issuers.
     *
     * @throws BadTokenException when it says so and is not, or is for somebody or something else, or has expired
     * @throws ProviderUnavailableException when the issuer's keys cannot be had
     */
    public Optional<Named> verify(String token) throws BadTokenException {
        if (!AccessTokens.canonical(token)) return Optional.empty();
        var trusted = trusted(token);
        if (trusted == null) return Optional.empty();
        try {
            var jwt = trusted.discovery().decoder().decode(token);
            if (trusted.pinned().validate(jwt).hasErrors()) throw new BadTokenException(false);
            return Optional.of(named(trusted, jwt));
        } catch (BadJwtException | IllegalArgumentException e) {
            throw new BadTokenException(false);
        } catch (JwtException e) {
            // whoever makes up keys does not make us ask for them at that pace
            if (cause(e) instanceof RateLimitReachedException) throw new BadTokenException(false);
            // not the token's fault: its key cannot be looked for
            throw new ProviderUnavailableException(trusted.name(), "its keys cannot be read", e);
        }
    }

    private static @Nullable Throwable cause(Throwable e) {
        var cause = e.getCause();
        while (cause != null && cause.getCause() != null && !(cause instanceof RateLimitReachedException))
            cause = cause.getCause();
        return cause;
    }

    /** Only to know whose keys to ask for: nothing is believed yet. */
    private @Nullable Trusted trusted(String token) {
        try {
            return byIssuer.get(
                    String.valueOf(JWTParser.parse(token).getJWTClaimsSet().getIssuer()));
        } catch (ParseException e) {
            return null;
        }
    }

    private Named named(Trusted trusted, Jwt jwt) throws BadTokenException {
        var now = clock.instant();
        var issued = jwt.getIssuedAt();
        var expires = jwt.getExpiresAt();
        var begins = jwt.getNotBefore();
        if (issued == null || expires == null) throw new BadTokenException(false);
        if (now.isAfter(expires.plus(AccessTokens.SKEW))) throw new BadTokenException(true);
        var tooEarly = now.plus(AccessTokens.SKEW);
        if (issued.isAfter(tooEarly) || (begins != null && begins.isAfter(tooEarly)))
            throw new BadTokenException(false);
        return new Named(
                PersonClaims.person(
                        trusted.name(), jwt.getClaims(), trusted.settings().trustEmails()),
                trusted.settings().linkByEmail(),
                issued,
                expires);
    }
}
