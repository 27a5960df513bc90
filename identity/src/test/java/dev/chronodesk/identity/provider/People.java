package dev.chronodesk.identity.provider;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.oauth2.core.oidc.OidcScopes;
import org.springframework.security.oauth2.core.oidc.OidcUserInfo;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.security.oauth2.server.authorization.oidc.authentication.OidcUserInfoAuthenticationContext;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;

/** Who has an account at a provider, and what it says of them. Each of them has every password. */
final class People implements AuthenticationProvider {

    // OpenID Connect Core 1.0, 5.4
    private static final Map<String, Set<String>> ASKED_FOR_BY_SCOPE = Map.of(
            OidcScopes.EMAIL, Set.of("email", "email_verified"),
            OidcScopes.PROFILE,
                    Set.of(
                            "name",
                            "family_name",
                            "given_name",
                            "middle_name",
                            "nickname",
                            "preferred_username",
                            "profile",
                            "picture",
                            "website",
                            "gender",
                            "birthdate",
                            "zoneinfo",
                            "locale",
                            "updated_at"));

    private final Map<String, Map<String, Object>> claims = new ConcurrentHashMap<>();
    private volatile UnaryOperator<Map<String, Object>> idTokens = UnaryOperator.identity();
    private volatile UnaryOperator<Map<String, Object>> userInfo = UnaryOperator.identity();

    void put(String subject, Map<String, Object> known) {
        claims.put(subject, Map.copyOf(known));
    }

    void idTokens(UnaryOperator<Map<String, Object>> change) {
        idTokens = change;
    }

    void userInfo(UnaryOperator<Map<String, Object>> change) {
        userInfo = change;
    }

    @Override
    public Authentication authenticate(Authentication asked) {
        if (!claims.containsKey(asked.getName()))
            throw new BadCredentialsException("nobody here is " + asked.getName());
        // of the kind that says when, for auth_time
        var password = FactorGrantedAuthority.fromAuthority(FactorGrantedAuthority.PASSWORD_AUTHORITY);
        return UsernamePasswordAuthenticationToken.authenticated(asked.getName(), null, List.of(password));
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(authentication);
    }

    void customize(JwtEncodingContext token) {
        if (!OidcParameterNames.ID_TOKEN.equals(token.getTokenType().getValue())) return;
        var known = known(token.getPrincipal().getName(), token.getAuthorizedScopes());
        token.getClaims().claims(all -> {
            all.putAll(known);
            var changed = idTokens.apply(new LinkedHashMap<>(all));
            all.clear();
            all.putAll(changed);
        });
    }

    OidcUserInfo userInfo(OidcUserInfoAuthenticationContext asked) {
        var subject = asked.getAuthorization().getPrincipalName();
        var all = new LinkedHashMap<String, Object>();
        all.put("sub", subject);
        all.putAll(known(subject, asked.getAccessToken().getScopes()));
        return new OidcUserInfo(userInfo.apply(all));
    }

    private Map<String, Object> known(String subject, Set<String> scopes) {
        var known = new LinkedHashMap<>(claims.get(subject));
        ASKED_FOR_BY_SCOPE.forEach((scope, names) -> {
            if (!scopes.contains(scope)) known.keySet().removeAll(names);
        });
        return known;
    }
}
