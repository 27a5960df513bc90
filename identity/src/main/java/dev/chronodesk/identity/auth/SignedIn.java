package dev.chronodesk.identity.auth;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.identity.account.Account;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.session.CallerAuthentication;
import java.util.UUID;
import org.springframework.security.core.context.SecurityContextHolder;

/** The person who asks, with their account and the session of their token. */
public record SignedIn(Account account, Caller.Known caller, UUID session) {

    /**
     * Whoever asks now.
     *
     * @throws AuthRefusedException when that is nobody, or a key
     */
    public static SignedIn now(Accounts accounts) {
        if (SecurityContextHolder.getContext().getAuthentication() instanceof CallerAuthentication authentication
                && authentication.caller() instanceof Caller.Known caller
                && authentication.session() != null)
            return new SignedIn(
                    accounts.byId(caller.id()).orElseThrow(() -> new AuthRefusedException(AuthError.noUser())),
                    caller,
                    authentication.session());
        throw new AuthRefusedException(AuthError.noAuthorization());
    }
}
