package dev.chronodesk.identity.flow;

import dev.chronodesk.identity.account.Account;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.EmailAddress;
import dev.chronodesk.identity.account.Passwords;
import dev.chronodesk.identity.flow.MailedProofs.Wanted;
import dev.chronodesk.identity.link.LinkKind;
import dev.chronodesk.identity.link.OneTimeTokens;
import dev.chronodesk.identity.session.Device;
import dev.chronodesk.identity.session.Proof;
import dev.chronodesk.identity.session.Sessions;
import dev.chronodesk.identity.trail.Trail;
import dev.chronodesk.identity.trail.Trail.Action;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What people change about how they sign in, once they have shown again that it is they. */
public final class OwnAccount {

    private final Accounts accounts;
    private final Passwords passwords;
    private final Sessions sessions;
    private final OneTimeTokens tokens;
    private final AddressFacts addresses;
    private final MailedProofs mails;
    private final Trail trail;
    private final Duration fresh;
    private final Clock clock;

    /** @param fresh how old a sign-in may be to count as proof by itself */
    public OwnAccount(
            Accounts accounts,
            Passwords passwords,
            Sessions sessions,
            OneTimeTokens tokens,
            AddressFacts addresses,
            MailedProofs mails,
            Trail trail,
            Duration fresh,
            Clock clock) {
        this.accounts = accounts;
        this.passwords = passwords;
        this.sessions = sessions;
        this.tokens = tokens;
        this.addresses = addresses;
        this.mails = mails;
        this.trail = trail;
        this.fresh = fresh;
        this.clock = clock;
    }

    /** Whether somebody is who they say, beside having a session. */
    public enum Shown {
        YES,
        /** The sign-in is too long ago, and nothing else was shown. */
        NOT_ENOUGH,
        WRONG_PASSWORD,
        WRONG_CODE
    }

    /**
     * What the person shows.
     *
     * @param proofs of the session
     * @param password the present one, or null
     * @param code the digits of a mail, or null
     */
    public Shown shown(Account account, List<Proof> proofs, @Nullable String password, @Nullable String code) {
        if (password != null && !passwords.matches(password, account.passwordHash())) return Shown.WRONG_PASSWORD;
        if (code != null) {
            var used = Optional.ofNullable(account.email())
                    .flatMap(email -> tokens.use(email, code, EnumSet.of(LinkKind.REAUTHENTICATION)));
            return used.isPresent() && used.get().account().equals(account.id()) ? Shown.YES : Shown.WRONG_CODE;
        }
        // who is anonymous has nothing but the session to show
        if (password != null || account.anonymous()) return Shown.YES;
        var since = clock.instant().minus(fresh);
        return proofs.stream().anyMatch(proof -> proof.at().isAfter(since)) ? Shown.YES : Shown.NOT_ENOUGH;
    }

    /** Whether that is the account's password already. */
    public boolean same(Account account, String password) {
        return account.passwordHash() != null && passwords.matches(password, account.passwordHash());
    }

    /** Gives the account that password, ends its other sign-ins and every link on the way, and tells the person. */
    public void changePassword(Account account, UUID session, String password, Device device) {
        accounts.changePassword(account.id(), passwords.hash(password));
        sessions.endOthers(account.id(), session);
        tokens.end(account.id(), EnumSet.allOf(LinkKind.class));
        trail.note(Action.PASSWORD_CHANGED, account.id(), account.id(), session, device, null);
        mails.tell("password_changed", account, Map.of());
    }

    /** Asks both addresses whether they agree. When somebody else has the new one, only that person learns of it. */
    public void askForEmail(
            Account account, EmailAddress newEmail, Wanted wanted, @Nullable UUID session, Device device) {
        mails.sendChange(account, newEmail, wanted, accounts.byEmail(newEmail).isEmpty());
        trail.note(Action.EMAIL_CHANGE_ASKED, account.id(), account.id(), session, device, null);
    }

    /** The change without mails, where addresses are taken on trust; false when somebody else has the address. */
    public boolean changeEmail(Account account, EmailAddress newEmail, UUID session, Device device) {
        if (!addresses.changed(account, newEmail, false, AddressFacts.proved(account))) return false;
        accounts.trust(account.id());
        tokens.end(account.id(), EnumSet.allOf(LinkKind.class));
        trail.note(Action.EMAIL_CHANGED, account.id(), account.id(), session, device, null);
        mails.tell("email_changed", account, Map.of("newEmail", newEmail.value()));
        return true;
    }

    /** Mails digits by which the person shows that it is they. */
    public void askForCode(Account account, Wanted wanted, UUID session, Device device) {
        mails.send(LinkKind.REAUTHENTICATION, account, wanted);
        trail.note(Action.REAUTHENTICATION_ASKED, account.id(), account.id(), session, device, null);
    }
}
