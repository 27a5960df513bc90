package dev.chronodesk.identity.account;

import dev.chronodesk.identity.account.AccountRejection.InvalidCredentials;
import dev.chronodesk.identity.account.AccountRejection.NotConfirmed;
import dev.chronodesk.identity.account.AccountRejection.Rejected;

/** Checks an address and a password. */
public final class SignIn {

    private final Accounts accounts;
    private final Passwords passwords;
    private final SignUp signUp;

    public SignIn(Accounts accounts, Passwords passwords, SignUp signUp) {
        this.accounts = accounts;
        this.passwords = passwords;
        this.signUp = signUp;
    }

    /**
     * The account that both belong to. A sign-up that was left half done is finished first.
     *
     * @param email as it was typed
     * @throws Rejected alike, and after the same work, for an unknown address and a wrong password
     */
    public Account signIn(String email, String password) {
        var account = EmailAddress.of(email).flatMap(accounts::byEmail).orElse(null);
        if (!passwords.matches(password, account == null ? null : account.passwordHash()) || account == null)
            throw new Rejected(new InvalidCredentials());
        var finished = signUp.finish(account).orElseThrow(() -> new Rejected(new InvalidCredentials()));
        if (!finished.confirmed()) throw new Rejected(new NotConfirmed());
        upgrade(finished, password);
        return finished;
    }

    /** Only now is the password at hand: a hash of weaker parameters is replaced while nobody notices. */
    private void upgrade(Account account, String password) {
        var hash = account.passwordHash();
        if (hash != null && passwords.outdated(hash))
            accounts.upgradePassword(account.id(), hash, passwords.hash(password));
    }

    /** Notes that the person was let in. */
    public void signedIn(Account account) {
        accounts.signedIn(account.id());
    }
}
