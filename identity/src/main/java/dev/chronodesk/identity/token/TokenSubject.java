package dev.chronodesk.identity.token;

import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.session.Proof;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * For whom an access token is made.
 *
 * @param aal the assurance level, 2 after a second factor, else 1
 * @param proofs how the person has shown who they are, in order
 * @param appMetadata what administrators wrote about the person
 * @param role shown to clients; what counts is read at each request
 */
public record TokenSubject(
        UUID person,
        UUID session,
        String aal,
        List<Proof> proofs,
        Role role,
        String email,
        Map<String, Object> appMetadata,
        Map<String, Object> userMetadata) {

    /** The claim {@code app_metadata}. */
    Map<String, Object> claims() {
        return claims(appMetadata, role);
    }

    /** What is ours to say about somebody wins over what administrators wrote. */
    public static Map<String, Object> claims(Map<String, Object> appMetadata, Role role) {
        var claims = new LinkedHashMap<>(appMetadata);
        claims.put("provider", "email");
        claims.put("providers", List.of("email"));
        claims.put("role", role.toString());
        return claims;
    }

    @Override
    public String toString() {
        return "TokenSubject[" + person + "]";
    }
}
