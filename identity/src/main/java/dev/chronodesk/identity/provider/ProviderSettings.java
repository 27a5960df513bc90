package dev.chronodesk.identity.provider;

import dev.chronodesk.identity.Secret;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code chronodesk.identity.providers.*} and what belongs to them.
 *
 * @param providers by the name that clients use for them
 * @param manualLinking whether people may add identities at providers to their accounts, and take them away
 */
@ConfigurationProperties("chronodesk.identity")
public record ProviderSettings(
        @DefaultValue Map<String, Provider> providers, @DefaultValue("true") boolean manualLinking) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]{0,31}");

    /** Words that the contract has for something else. */
    private static final Set<String> TAKEN = Set.of("email", "phone", "anonymous", "anonymous_users", "sso", "web3");

    /** Types that say nothing about what a token is for, or that it is for something else. */
    private static final Set<String> NO_ACCESS_TOKENS = Set.of("", "logout+jwt", "dpop+jwt", "id+jwt");

    public ProviderSettings {
        providers = Map.copyOf(providers);
        providers.forEach(ProviderSettings::check);
        var issuers =
                providers.values().stream().map(Provider::issuer).distinct().count();
        if (issuers < providers.size())
            throw new IllegalArgumentException("chronodesk.identity.providers: each issuer once");
    }

    /**
     * One provider. With {@code clientId} people sign in at it; with {@code audience} its access tokens are trusted.
     *
     * @param issuer as it writes itself; its discovery document is at {@code /.well-known/openid-configuration} below
     * @param clientId what the desk is called there; null when nobody signs in at it
     * @param clientSecret null for a public client
     * @param scopes what is asked for, {@code openid} among it
     * @param linkByEmail whether a new identity with a verified address joins the account that has the address
     * @param trustEmails whether its addresses count as verified when it says nothing about that
     * @param audience whom its access tokens must be for; null when none is trusted
     * @param tokenType the header {@code typ} that they must have
     */
    public record Provider(
            @Nullable URI issuer,
            @Nullable String clientId,
            @Nullable Secret clientSecret,
            @DefaultValue({"openid", "email", "profile"}) List<String> scopes,
            @DefaultValue("true") boolean linkByEmail,
            @DefaultValue("false") boolean trustEmails,
            @Nullable String audience,
            @DefaultValue("at+jwt") String tokenType) {}

    private static void check(String name, Provider provider) {
        var property = "chronodesk.identity.providers." + name;
        if (!NAME.matcher(name).matches() || TAKEN.contains(name))
            throw new IllegalArgumentException(
                    property + ": a name of up to 32 of the characters a-z 0-9 _ -, and none of " + TAKEN);
        var issuer = provider.issuer();
        if (issuer == null || !safe(issuer))
            throw new IllegalArgumentException(property
                    + ".issuer: https:// and a host, nothing after ? or #; http:// only for this machine itself");
        if (provider.clientId() == null && provider.audience() == null)
            throw new IllegalArgumentException(property
                    + ": client-id, so that people sign in there, or audience, so that its tokens are trusted");
        if (provider.clientId() == null && provider.clientSecret() != null)
            throw new IllegalArgumentException(property + ".client-secret: goes with client-id");
        if (!provider.scopes().contains("openid"))
            throw new IllegalArgumentException(property + ".scopes: openid must be among them");
        if (NO_ACCESS_TOKENS.contains(provider.tokenType()))
            throw new IllegalArgumentException(property + ".token-type: the type of access tokens, such as at+jwt");
    }

    private static boolean safe(URI issuer) {
        var host = issuer.getHost();
        var local = List.of("localhost", "127.0.0.1", "[::1]").contains(String.valueOf(host));
        return host != null
                && issuer.getRawQuery() == null
                && issuer.getRawFragment() == null
                && issuer.getRawUserInfo() == null
                && ("https".equals(issuer.getScheme()) || (local && "http".equals(issuer.getScheme())));
    }
}
