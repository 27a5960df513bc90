package dev.chronodesk.identity.session;

import java.util.List;
import java.util.UUID;

/** What became of a presented refresh token. */
public sealed interface Refreshed {

    /** The session goes on with that token. */
    record Continued(OpenSession session) implements Refreshed {}

    /** No session has or had such a token. */
    record Unknown() implements Refreshed {}

    /** Its session has ended. */
    record AlreadyUsed() implements Refreshed {}

    /** It was used before, and whoever presents it again may be a thief: the whole session was ended by this. */
    record Stolen(UUID account, UUID session) implements Refreshed {}

    /**
     * A sign-in with its active refresh token.
     *
     * @param aal the assurance level, 2 after a second factor, else 1
     * @param proofs how the person has shown who they are; the first opened the session
     */
    record OpenSession(UUID id, UUID account, String aal, List<Proof> proofs, String refreshToken) {
        @Override
        public String toString() {
            return "OpenSession[" + id + "]";
        }
    }
}
