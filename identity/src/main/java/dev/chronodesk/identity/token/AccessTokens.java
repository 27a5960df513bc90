package dev.chronodesk.identity.token;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import dev.chronodesk.identity.session.Proof;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;

/**
 * Makes access tokens and says whether one is ours: ES256 by one of our keys, and exactly the header, issuer and
 * audience that we write. A signature that was verified is remembered until the token expires, because verifying costs
 * far more than everything else at the door.
 */
public final class AccessTokens {

    /** Clocks of other nodes may differ by so much. */
    public static final Duration SKEW = Duration.ofSeconds(30);

    private static final String AUDIENCE = "authenticated";
    private static final Set<String> HEADERS = Set.of("alg", "kid", "typ");
    private static final int MAX_LENGTH = 16_384;

    private final SigningKeys keys;
    private final String issuer;
    private final Duration lifetime;
    private final Clock clock;
    private final NimbusJwtEncoder encoder;
    private final NimbusJwtDecoder decoder;
    private final Verified<AccessToken> verified = new Verified<>(10_000);

    public AccessTokens(SigningKeys keys, String issuer, Duration lifetime, Clock clock) {
        this.keys = keys;
        this.issuer = issuer;
        this.lifetime = lifetime;
        this.clock = clock;
        JWKSource<SecurityContext> source = (selector, context) -> selector.select(new JWKSet(keys.all()));
        encoder = new NimbusJwtEncoder(source);
        decoder = NimbusJwtDecoder.withJwkSource(source)
                .jwsAlgorithm(SignatureAlgorithm.ES256)
                .build();
        // expiry is checked below, also for tokens whose signature is remembered
        decoder.setJwtValidator(
                new DelegatingOAuth2TokenValidator<>(new JwtTypeValidator("JWT"), new JwtIssuerValidator(issuer)));
    }

    /** An access token with when it expires. */
    public record Issued(String token, Instant expiresAt, long seconds) {
        @Override
        public String toString() {
            return "Issued[" + expiresAt + "]";
        }
    }

    /** A token for that person and sign-in. */
    public Issued issue(TokenSubject subject) {
        var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        var expires = now.plus(lifetime);
        var header = JwsHeader.with(SignatureAlgorithm.ES256)
                .keyId(keys.current().getKeyID())
                .type("JWT")
                .build();
        var claims = JwtClaimsSet.builder()
                .issuer(issuer)
                .subject(subject.person().toString())
                .audience(List.of(AUDIENCE)) // one audience is written as a string
                .issuedAt(now)
                .expiresAt(expires)
                .claim("email", Objects.requireNonNullElse(subject.email(), ""))
                .claim("phone", "")
                .claim("app_metadata", subject.claims())
                .claim("user_metadata", subject.userMetadata())
                .claim("role", AUDIENCE)
                .claim("aal", subject.aal())
                .claim("amr", amr(subject.proofs()))
                .claim("session_id", subject.session().toString())
                .claim("is_anonymous", subject.anonymous())
                .build();
        return new Issued(
                encoder.encode(JwtEncoderParameters.from(header, claims)).getTokenValue(),
                expires,
                lifetime.toSeconds());
    }

    /** The latest proof first, as the clients read it. */
    private static List<Map<String, Object>> amr(List<Proof> proofs) {
        return proofs.reversed().stream().map(AccessTokens::amr).toList();
    }

    private static Map<String, Object> amr(Proof proof) {
        var amr = new LinkedHashMap<String, Object>();
        amr.put("method", proof.method());
        amr.put("timestamp", proof.timestamp());
        if (proof.provider() != null) amr.put("provider", proof.provider());
        return amr;
    }

    /**
     * What the token says, when it is ours and in time.
     *
     * @throws BadTokenException otherwise
     */
    public AccessToken verify(String token) throws BadTokenException {
        var known = verified.get(token);
        // a key may have been given up since its signature was verified
        if (known != null && !keys.accepts(known.keyId())) throw new BadTokenException(false);
        var read = known != null ? known : read(token);
        if (clock.instant().isAfter(read.expiresAt().plus(SKEW))) throw new BadTokenException(true);
        if (known == null) verified.put(token, read);
        return read;
    }

    private AccessToken read(String token) throws BadTokenException {
        if (!canonical(token)) throw new BadTokenException(false);
        try {
            return read(decoder.decode(token));
        } catch (JwtException | IllegalArgumentException | IllegalStateException | ClassCastException e) {
            throw new BadTokenException(false);
        }
    }

    private AccessToken read(Jwt jwt) throws BadTokenException {
        var subject = jwt.getSubject();
        var session = jwt.getClaimAsString("session_id");
        var issued = jwt.getIssuedAt();
        var expires = jwt.getExpiresAt();
        var good = jwt.getHeaders().keySet().equals(HEADERS)
                && List.of(AUDIENCE).equals(jwt.getAudience())
                && AUDIENCE.equals(jwt.getClaims().get("role"))
                && issued != null
                && !issued.isAfter(clock.instant().plus(SKEW));
        if (!good || subject == null || session == null || expires == null) throw new BadTokenException(false);
        return new AccessToken(
                UUID.fromString(subject),
                UUID.fromString(session),
                expires,
                String.valueOf(jwt.getHeaders().get("kid")));
    }

    /**
     * Whether the token is three parts in the one way to write them, lenient readers take the same bytes in many, and
     * not too long.
     */
    public static boolean canonical(String token) {
        if (token.length() > MAX_LENGTH) return false;
        var parts = token.split("\\.", -1);
        if (parts.length != 3) return false;
        try {
            for (var part : parts) {
                var bytes = Base64.getUrlDecoder().decode(part);
                if (part.isEmpty()
                        || !Base64.getUrlEncoder()
                                .withoutPadding()
                                .encodeToString(bytes)
                                .equals(part)) return false;
            }
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
