package dev.chronodesk.identity.account;

import dev.chronodesk.identity.Secret;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An account that is to be.
 *
 * @param email null for who has none
 * @param passwordHash null for who signs in by mail or at a provider
 * @param byEmail whether the address is a way to sign in
 */
record NewAccount(
        UUID id,
        @Nullable EmailAddress email,
        @Nullable Secret passwordHash,
        Map<String, Object> userMetadata,
        Confirmation confirmation,
        boolean byEmail) {

    /** What is known about the address. */
    enum Confirmation {
        /** Nobody has shown that mail to it reaches the person. */
        NONE,
        /** It counts as confirmed, by a setting. */
        ON_TRUST,
        /** Somebody who may says so. */
        VOUCHED
    }

    @Override
    public String toString() {
        return "NewAccount[" + id + "]";
    }
}
