package dev.chronodesk.identity.provider;

import dev.chronodesk.command.door.Shape;
import dev.chronodesk.identity.account.EmailAddress;
import dev.chronodesk.identity.account.ProviderPerson;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a token of a provider says about a person (OpenID Connect Core 5.1), as far as it is kept. */
final class PersonClaims {

    /** As many characters as a claim may have: pictures that are no addresses, for one, are left out. */
    private static final int LONGEST = 512;

    /** Longer than OpenID Connect allows a subject to be. */
    private static final int LONGEST_SUBJECT = 255;

    private PersonClaims() {}

    /**
     * The person of those claims.
     *
     * @param trusted whether an address counts as verified when nothing is said about that
     * @throws IllegalArgumentException when they name none
     */
    static ProviderPerson person(String provider, Map<String, Object> claims, boolean trusted) {
        if (!(claims.get("sub") instanceof String subject)
                || subject.isEmpty()
                || subject.length() > LONGEST_SUBJECT
                || !Shape.storable(subject)) throw new IllegalArgumentException("sub: must name a person");
        var email = text(claims, "email").flatMap(EmailAddress::of).orElse(null);
        var verified = verified(claims.get("email_verified"), trusted);
        var kept = new LinkedHashMap<String, Object>();
        kept.put("sub", subject);
        kept.put("provider_id", subject);
        text(claims, "iss").ifPresent(issuer -> kept.put("iss", issuer));
        if (claims.get("iss") instanceof java.net.URL issuer) kept.put("iss", issuer.toString());
        if (email != null) {
            kept.put("email", email.value());
            kept.put("email_verified", verified);
        }
        text(claims, "name").ifPresent(name -> {
            kept.put("name", name);
            kept.put("full_name", name);
        });
        text(claims, "preferred_username").ifPresent(name -> kept.put("preferred_username", name));
        text(claims, "picture").ifPresent(picture -> {
            kept.put("picture", picture);
            kept.put("avatar_url", picture);
        });
        return new ProviderPerson(provider, subject, email, verified, kept);
    }

    /** Some providers write it as a text. */
    private static boolean verified(@Nullable Object claim, boolean trusted) {
        return claim == null ? trusted : claim.equals(true) || claim.equals("true");
    }

    private static Optional<String> text(Map<String, Object> claims, String name) {
        return claims.get(name) instanceof String text
                        && !text.isBlank()
                        && text.length() <= LONGEST
                        && Shape.storable(text)
                ? Optional.of(text.strip())
                : Optional.empty();
    }
}
