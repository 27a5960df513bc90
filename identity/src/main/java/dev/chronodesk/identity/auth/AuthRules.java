package dev.chronodesk.identity.auth;

import java.util.List;

/**
 * What this desk allows.
 *
 * @param signUp whether strangers may sign up
 * @param ownAccounts whether people sign in with an address and a password or a mail of ours
 * @param anonymousSignIn whether they may sign in without saying who they are
 * @param autoConfirm whether addresses are taken on trust
 * @param manualLinking whether people may add identities at providers to their accounts, and take them away
 * @param providers at which people sign in
 */
public record AuthRules(
        boolean signUp,
        boolean ownAccounts,
        boolean anonymousSignIn,
        boolean autoConfirm,
        boolean manualLinking,
        List<String> providers) {

    /** @throws AuthRefusedException when people sign in at providers only */
    void emailEnabled() {
        if (!ownAccounts)
            throw new AuthRefusedException(AuthError.of(422, "email_provider_disabled", "Email logins are disabled"));
    }
}
