package dev.chronodesk.identity.auth;

import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.account.Account;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.SignIn;
import dev.chronodesk.identity.session.Device;
import dev.chronodesk.identity.session.Refreshed.OpenSession;
import dev.chronodesk.identity.session.Sessions;
import dev.chronodesk.identity.token.AccessTokens;
import dev.chronodesk.identity.token.TokenSubject;
import dev.chronodesk.identity.trail.Trail;
import dev.chronodesk.identity.trail.Trail.Action;

/** Lets people in and answers with their session. Everybody who is let in passes here. */
public final class SessionAnswers {

    private final Accounts accounts;
    private final SignIn signIn;
    private final Sessions sessions;
    private final AccessTokens tokens;
    private final Trail trail;

    public SessionAnswers(Accounts accounts, SignIn signIn, Sessions sessions, AccessTokens tokens, Trail trail) {
        this.accounts = accounts;
        this.signIn = signIn;
        this.sessions = sessions;
        this.tokens = tokens;
        this.trail = trail;
    }

    /**
     * A new session of somebody who has shown who they are.
     *
     * @param how the method of the contract
     * @throws AuthRefusedException when the person is locked out
     */
    public SessionAnswer open(Account account, String how, Device device) {
        var standing = sessions.standing(account.id(), null)
                .orElseThrow(() -> new AuthRefusedException(AuthError.unavailable()));
        if (standing.barred()) {
            trail.note(Action.SIGN_IN_FAILED, null, account.id(), null, device, "banned");
            throw new AuthRefusedException(AuthError.of(400, "user_banned", "User is banned"));
        }
        var session = sessions.open(account.id(), how, device);
        signIn.signedIn(account);
        trail.note(Action.SIGNED_IN, account.id(), account.id(), session.id(), device, how);
        return of(session, standing.role());
    }

    /** The session that goes on with a new refresh token. */
    public SessionAnswer refreshed(OpenSession session) {
        var standing = sessions.standing(session.account(), session.id());
        if (standing.isEmpty() || !standing.get().signedIn())
            throw new AuthRefusedException(
                    AuthError.of(400, "session_not_found", "Invalid Refresh Token: Session Not Found"));
        if (standing.get().barred())
            throw new AuthRefusedException(AuthError.of(400, "user_banned", "Invalid Refresh Token: User Banned"));
        return of(session, standing.get().role());
    }

    /** That session as its client keeps it, with a new access token. */
    public SessionAnswer of(OpenSession session, Role role) {
        var account = accounts.byId(session.account()).orElseThrow(() -> new AuthRefusedException(AuthError.noUser()));
        var access = tokens.issue(new TokenSubject(
                account.id(),
                session.id(),
                session.aal(),
                session.proofs(),
                role,
                account.email() == null ? null : account.email().value(),
                account.anonymous(),
                account.providers(),
                account.appMetadata(),
                account.userMetadata()));
        return new SessionAnswer(
                access.token(),
                "bearer",
                access.seconds(),
                access.expiresAt().getEpochSecond(),
                session.refreshToken(),
                UserAnswer.of(account, role),
                null,
                null);
    }
}
