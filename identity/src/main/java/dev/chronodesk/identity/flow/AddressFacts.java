package dev.chronodesk.identity.flow;

import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.door.Commands;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.profile.ChangeEmail;
import dev.chronodesk.command.profile.ProfileRejection;
import dev.chronodesk.command.profile.VerifyEmail;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.account.Account;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.EmailAddress;

/**
 * Whose an address is, which the log says; accounts follow it before a command is acknowledged. What people prove here
 * is told to the log as done by them, in the role of the service that has seen the proof.
 */
public final class AddressFacts {

    private final Accounts accounts;
    private final Commands commands;

    public AddressFacts(Accounts accounts, Commands commands) {
        this.accounts = accounts;
        this.commands = commands;
    }

    /** Somebody who has shown us a proof about themselves. */
    public static Caller.Known proved(Account account) {
        return new Caller.Known(account.id(), Role.SERVICE);
    }

    /**
     * Mail to the person's address reaches them.
     *
     * @param by who says so: the person with a proof, or an administrator
     */
    public Account verified(Account account, Caller.Known by) {
        var email = account.email();
        if (email != null && (!account.confirmed() || account.emailOnTrust())) {
            commands.send(new VerifyEmail(new ProfileId(account.id()), email.value()), by, Terms.PLAIN);
            // verified before, by another node that died before its account knew
            accounts.confirm(account.id());
        }
        return accounts.byId(account.id()).orElse(account);
    }

    /**
     * The person has that address now; false when somebody else has it.
     *
     * @param by who says so: the person with a proof, or an administrator
     */
    public boolean changed(Account account, EmailAddress to, boolean verified, Caller.Known by) {
        try {
            commands.send(new ChangeEmail(new ProfileId(account.id()), to.value(), verified), by, Terms.PLAIN);
            return true;
        } catch (CommandRefusedException e) {
            if (e.reason() instanceof ProfileRejection.AddressTaken) return false;
            throw e;
        }
    }
}
