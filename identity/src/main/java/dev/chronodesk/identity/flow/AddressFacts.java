package dev.chronodesk.identity.flow;

import dev.chronodesk.identity.account.Account;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.EmailAddress;

/** What is known about whose an address is. */
public final class AddressFacts {

    private final Accounts accounts;

    public AddressFacts(Accounts accounts) {
        this.accounts = accounts;
    }

    /** The person has shown that mail to their address reaches them. */
    public Account verified(Account account) {
        if (account.confirmed()) return account;
        accounts.confirm(account.id());
        return accounts.byId(account.id()).orElseThrow();
    }

    /** The person has that address now; false when somebody else has it. */
    public boolean changed(Account account, EmailAddress to, boolean verified) {
        return accounts.changeEmail(account.id(), to, verified);
    }
}
