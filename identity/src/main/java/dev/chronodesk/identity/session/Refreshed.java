package dev.chronodesk.identity.session;

import java.time.Instant;
import java.util.UUID;

/** What became of a presented refresh token. */
public sealed interface Refreshed {

    /** The session goes on with that token. */
    record Continued(OpenSession session) implements Refreshed {}

    /** No session has or had such a token. */
    record Unknown() implements Refreshed {}

    /** It was used before, and whoever presents it again may be a thief: the whole session has ended. */
    record AlreadyUsed() implements Refreshed {}

    /**
     * A sign-in with its active refresh token.
     *
     * @param since when the password was given
     */
    record OpenSession(UUID id, UUID account, Instant since, String refreshToken) {
        @Override
        public String toString() {
            return "OpenSession[" + id + "]";
        }
    }
}
