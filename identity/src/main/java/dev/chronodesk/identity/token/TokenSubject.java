package dev.chronodesk.identity.token;

import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.session.Proof;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * For whom an access token is made.
 *
 * @param aal the assurance level, 2 after a second factor, else 1
 * @param proofs how the person has shown who they are, in order
 * @param email null for who has none
 * @param anonymous whether nobody knows who it is
 * @param providers the names of the ways to sign in, the oldest first
 * @param appMetadata what administrators wrote about the person
 * @param role shown to clients; what counts is read at each request
 */
public record TokenSubject(
        UUID person,
        UUID session,
        String aal,
        List<Proof> proofs,
        Role role,
        @Nullable String email,
        boolean anonymous,
        List<String> providers,
        Map<String, Object> appMetadata,
        Map<String, Object> userMetadata) {

    /** The claim {@code app_metadata}. */
    Map<String, Object> claims() {
        return claims(appMetadata, providers, role);
    }

    /** What is ours to say about somebody wins over what administrators wrote. */
    public static Map<String, Object> claims(Map<String, Object> appMetadata, List<String> providers, Role role) {
        var claims = new LinkedHashMap<>(appMetadata);
        if (!providers.isEmpty()) {
            claims.put("provider", providers.getFirst());
            claims.put("providers", providers);
        }
        claims.put("role", role.toString());
        return claims;
    }

    @Override
    public String toString() {
        return "TokenSubject[" + person + "]";
    }
}
