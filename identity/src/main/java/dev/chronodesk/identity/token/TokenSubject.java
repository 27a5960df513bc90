package dev.chronodesk.identity.token;

import dev.chronodesk.events.profile.Role;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * For whom an access token is made.
 *
 * @param authenticatedAt when the password was given
 * @param role shown to clients; what counts is read at each request
 */
public record TokenSubject(
        UUID person, UUID session, Instant authenticatedAt, Role role, String email, Map<String, Object> userMetadata) {

    @Override
    public String toString() {
        return "TokenSubject[" + person + "]";
    }
}
