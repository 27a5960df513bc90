package dev.chronodesk.identity.auth;

import dev.chronodesk.command.door.Commands;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.profile.AssignRole;
import dev.chronodesk.command.profile.DeactivateProfile;
import dev.chronodesk.command.profile.ErasePerson;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.account.Account;
import dev.chronodesk.identity.account.AccountRejection;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.EmailAddress;
import dev.chronodesk.identity.account.Passwords;
import dev.chronodesk.identity.account.SignUp;
import dev.chronodesk.identity.flow.AddressFacts;
import dev.chronodesk.identity.flow.MailedProofs;
import dev.chronodesk.identity.link.LinkKind;
import dev.chronodesk.identity.link.OneTimeTokens;
import dev.chronodesk.identity.session.Device;
import dev.chronodesk.identity.session.Sessions;
import dev.chronodesk.identity.trail.Trail;
import dev.chronodesk.identity.trail.Trail.Action;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What administrators and trusted programs do with the accounts of others. */
public final class Administration {

    private final Accounts accounts;
    private final Passwords passwords;
    private final SignUp signUp;
    private final Commands commands;
    private final Sessions sessions;
    private final OneTimeTokens tokens;
    private final AddressFacts addresses;
    private final MailedProofs mails;
    private final Trail trail;

    public Administration(
            Accounts accounts,
            Passwords passwords,
            SignUp signUp,
            Commands commands,
            Sessions sessions,
            OneTimeTokens tokens,
            AddressFacts addresses,
            MailedProofs mails,
            Trail trail) {
        this.accounts = accounts;
        this.passwords = passwords;
        this.signUp = signUp;
        this.commands = commands;
        this.sessions = sessions;
        this.tokens = tokens;
        this.addresses = addresses;
        this.mails = mails;
        this.trail = trail;
    }

    /**
     * What is to be, as far as it is said; null leaves it as it is.
     *
     * @param confirmed whether the administrator vouches for the address
     * @param ban until when the person is locked out, or {@link Instant#MIN} to let them in again
     * @param appMetadata single values, null removes one
     */
    public record Changes(
            @Nullable EmailAddress email,
            @Nullable String password,
            @Nullable Boolean confirmed,
            @Nullable Role role,
            @Nullable Instant ban,
            Map<String, @Nullable Object> appMetadata,
            Map<String, @Nullable Object> userMetadata) {
        @Override
        public String toString() {
            return "Changes[…]";
        }
    }

    /**
     * A new account.
     *
     * @throws AccountRejection.Rejected with the reason, before anything is made
     */
    public Account create(UUID id, EmailAddress email, Changes first, Caller.Known by, Device device) {
        if (accounts.byEmail(email).isPresent() || accounts.byId(id).isPresent()) throw taken();
        var password = first.password();
        if (password != null) passwords.check(password, email);
        var data = new LinkedHashMap<String, Object>();
        first.userMetadata().forEach((key, value) -> {
            if (value != null) data.put(key, value);
        });
        try {
            signUp.unconfirmed(id, email, password == null ? null : passwords.hash(password), data);
        } catch (AccountRejection.Rejected e) {
            throw e.reason() instanceof AccountRejection.AddressTaken ? taken() : e;
        }
        var account = there(id);
        if (Boolean.TRUE.equals(first.confirmed())) addresses.verified(account, by);
        assign(account, first.role(), by);
        describe(account, first);
        trail.note(Action.ACCOUNT_CREATED, by.id(), id, null, device, null);
        return there(id);
    }

    /** Somebody whom an administrator wants to have here: an account without a password, while there is none. */
    public Account invited(EmailAddress email, Map<String, Object> userMetadata, Caller.Known by, Device device) {
        var before = accounts.byEmail(email);
        if (before.isPresent() && before.get().confirmed()) throw taken();
        if (before.isPresent()) return before.get();
        return create(
                UUID.randomUUID(),
                email,
                new Changes(null, null, false, null, null, Map.of(), new LinkedHashMap<>(userMetadata)),
                by,
                device);
    }

    private static AuthRefusedException taken() {
        return new AuthRefusedException(
                AuthError.of(422, "email_exists", "A user with this email address has already been registered"));
    }

    private Account there(UUID id) {
        return accounts.byId(id).orElseThrow(() -> new AuthRefusedException(AuthError.noSuchUser()));
    }

    /**
     * Changes an account. What rules may refuse is asked first, so that a refusal leaves everything as it was.
     *
     * @throws AccountRejection.Rejected with the reason
     */
    public Account change(Account account, Changes changes, Caller.Known by, Device device) {
        var email = changes.email() == null || changes.email().equals(account.email()) ? null : changes.email();
        var password = changes.password();
        if (password != null && email == null && account.email() == null)
            throw new AuthRefusedException(
                    AuthError.of(422, "validation_failed", "password: goes with an email, and the person has none"));
        if (password != null) passwords.check(password, email == null ? account.email() : email);
        if (email != null && accounts.byEmail(email).isPresent()) throw taken();
        var barring = changes.ban() != null && changes.ban().isAfter(Instant.MIN);
        if (barring && (changes.role() == null ? account.role() : changes.role()) == Role.ADMIN)
            throw new AuthRefusedException(AuthError.of(
                    422, "validation_failed", "ban_duration: an administrator must be given another role first"));
        assign(account, changes.role(), by);
        if (email != null) move(account, email, !Boolean.FALSE.equals(changes.confirmed()), by);
        else if (Boolean.TRUE.equals(changes.confirmed())) addresses.verified(account, by);
        if (password != null) {
            accounts.changePassword(account.id(), passwords.hash(password));
            sessions.endAll(account.id());
            tokens.end(account.id(), EnumSet.allOf(LinkKind.class));
            mails.tell("password_changed", account, Map.of());
            trail.note(Action.PASSWORD_CHANGED, by.id(), account.id(), null, device, "administrator");
        }
        describe(account, changes);
        if (changes.ban() != null) {
            accounts.ban(account.id(), barring ? changes.ban() : null);
            trail.note(Action.ACCOUNT_BANNED, by.id(), account.id(), null, device, barring ? "until" : "ended");
        }
        trail.note(Action.ACCOUNT_CHANGED, by.id(), account.id(), null, device, null);
        return there(account.id());
    }

    private void move(Account account, EmailAddress email, boolean vouched, Caller.Known by) {
        if (!addresses.changed(account, email, vouched, by)) throw taken();
        tokens.end(account.id(), EnumSet.allOf(LinkKind.class));
        mails.tell("email_changed", account, Map.of("newEmail", email.value()));
    }

    private void assign(Account account, @Nullable Role role, Caller.Known by) {
        if (role != null && role != account.role())
            commands.send(new AssignRole(new ProfileId(account.id()), role), by, Terms.PLAIN);
    }

    private void describe(Account account, Changes changes) {
        if (!changes.appMetadata().isEmpty())
            accounts.changeAppMetadata(account.id(), merged(account.appMetadata(), changes.appMetadata()));
        if (!changes.userMetadata().isEmpty())
            accounts.changeUserMetadata(account, merged(account.userMetadata(), changes.userMetadata()));
    }

    private static Map<String, Object> merged(Map<String, Object> before, Map<String, @Nullable Object> changes) {
        var merged = new LinkedHashMap<>(before);
        changes.forEach((key, value) -> {
            if (value == null) merged.remove(key);
            else merged.put(key, value);
        });
        return merged;
    }

    /** Erases the person for good: what is about them is gone from all history, and the account with it. */
    public void erase(Account account, Caller.Known by, Device device) {
        commands.send(new ErasePerson(new ProfileId(account.id())), by, Terms.PLAIN);
        // whom it was about is erased too; the log's own event says it
        trail.note(Action.ACCOUNT_DELETED, by.id(), null, null, device, "erased");
    }

    /** Locks the person out for good; everything stays. */
    public void deactivate(Account account, Caller.Known by, Device device) {
        commands.send(new DeactivateProfile(new ProfileId(account.id())), by, Terms.PLAIN);
        trail.note(Action.ACCOUNT_DELETED, by.id(), account.id(), null, device, "deactivated");
    }
}
