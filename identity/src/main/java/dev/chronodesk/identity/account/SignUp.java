package dev.chronodesk.identity.account;

import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.door.Commands;
import dev.chronodesk.command.door.MalformedException;
import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.profile.ProfileRejection;
import dev.chronodesk.command.profile.RegisterProfile;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.identity.Secret;
import dev.chronodesk.identity.account.AccountRejection.AddressTaken;
import dev.chronodesk.identity.account.AccountRejection.Malformed;
import dev.chronodesk.identity.account.AccountRejection.Rejected;
import dev.chronodesk.identity.account.NewAccount.Confirmation;
import dev.chronodesk.identity.principal.PrincipalFollower;
import dev.chronodesk.identity.principal.Principals;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * From an address and a password to a registered profile, in three steps that a crash may separate: a pending account,
 * the profile in the log, the active account. {@link #finish} does what is left and may be called any number of times.
 */
public final class SignUp {

    private final Accounts accounts;
    private final Passwords passwords;
    private final Commands commands;
    private final Principals principals;
    private final PrincipalFollower follower;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public SignUp(
            Accounts accounts,
            Passwords passwords,
            Commands commands,
            Principals principals,
            PrincipalFollower follower,
            Clock clock) {
        this.accounts = accounts;
        this.passwords = passwords;
        this.commands = commands;
        this.principals = principals;
        this.follower = follower;
        this.clock = clock;
    }

    /**
     * The new, active account, whose address counts as confirmed. Repeated after an unknown outcome with the same
     * address and password it is the same one.
     *
     * @throws Rejected with the reason
     */
    public Account signUp(EmailAddress email, String password, Map<String, Object> userMetadata) {
        passwords.check(password, email);
        var id = Uuids.v7(clock.instant(), random);
        check(id, email, userMetadata);
        var before = accounts.byEmail(email);
        if (before.isPresent()) return again(before.get(), password);
        return made(new NewAccount(id, email, passwords.hash(password), userMetadata, Confirmation.ON_TRUST, true));
    }

    /**
     * A new, active account whose address nobody has confirmed.
     *
     * @param passwordHash null for who will sign in by mail
     * @throws Rejected with the reason
     */
    public Account unconfirmed(
            UUID id, EmailAddress email, @Nullable Secret passwordHash, Map<String, Object> userMetadata) {
        check(id, email, userMetadata);
        return made(new NewAccount(id, email, passwordHash, userMetadata, Confirmation.NONE, true));
    }

    /**
     * A new, active account of somebody who says nothing about who they are.
     *
     * @throws Rejected with the reason
     */
    public Account anonymous(Map<String, Object> userMetadata) {
        var id = Uuids.v7(clock.instant(), random);
        check(id, null, userMetadata);
        return made(new NewAccount(id, null, null, userMetadata, Confirmation.NONE, false));
    }

    /**
     * A new, active account of somebody whom a provider has named, with an address if the provider vouches for it.
     *
     * @throws Rejected with the reason; {@link AddressTaken} also when somebody has that identity
     */
    public Account named(ProviderPerson person, Map<String, Object> userMetadata) {
        var id = Uuids.v7(clock.instant(), random);
        var email = person.verifiedEmail().orElse(null);
        check(id, email, userMetadata);
        var account = new NewAccount(id, email, null, userMetadata, Confirmation.NONE, false);
        if (!accounts.add(account, person)) throw new Rejected(new AddressTaken());
        return finished(id);
    }

    private Account made(NewAccount account) {
        if (!accounts.add(account)) throw new Rejected(new AddressTaken());
        return finished(account.id());
    }

    private Account finished(UUID id) {
        return finish(accounts.byId(id).orElseThrow(() -> new Rejected(new AddressTaken())))
                .orElseThrow(() -> new Rejected(new AddressTaken()));
    }

    /**
     * What the command will refuse is refused before there is an account.
     *
     * @throws Rejected with the reason
     */
    public static void check(UUID id, @Nullable EmailAddress email, Map<String, Object> userMetadata) {
        try {
            register(id, Account.displayName(userMetadata), email);
        } catch (MalformedException e) {
            throw new Rejected(new Malformed(e.errors().stream()
                    .map(error -> (error.field().equals("displayName") ? "data.display_name" : error.field()) + ": "
                            + error.message())
                    .reduce((one, other) -> one + "; " + other)
                    .orElse("malformed")));
        } catch (IllegalArgumentException e) {
            throw new Rejected(new Malformed(String.valueOf(e.getMessage())));
        }
    }

    private Account again(Account account, String password) {
        if (account.active()) throw new Rejected(new AddressTaken());
        var own = passwords.matches(password, account.passwordHash());
        var finished = finish(account);
        if (!own) throw new Rejected(new AddressTaken());
        return finished.orElseThrow(() -> new Rejected(new AddressTaken()));
    }

    /**
     * Brings a pending account to its end: active, or empty and gone when the address belongs to somebody else.
     *
     * @throws dev.chronodesk.db.log.LogUnavailableException when that cannot be known now; the account stays pending
     */
    public Optional<Account> finish(Account account) {
        if (account.active()) return Optional.of(account);
        if (!registered(account)) {
            accounts.removePending(account.id());
            return Optional.empty();
        }
        accounts.activate(account.id());
        return accounts.byId(account.id());
    }

    private boolean registered(Account account) {
        if (principals.role(account.id()).isPresent()) return true;
        try {
            commands.send(
                    register(account.id(), account.displayName(), account.email()),
                    Senders.SYSTEM,
                    Terms.PLAIN.withKey("signup:" + account.id()));
        } catch (CommandRefusedException e) {
            // with a receipt that was pruned long ago a repetition is refused, though the person is in the log
            follower.catchUp();
            if (principals.role(account.id()).isPresent()) return true;
            if (e.reason() instanceof ProfileRejection.AddressTaken) return false;
            throw e;
        }
        // a replayed outcome is not applied again by the node that answers it
        if (principals.role(account.id()).isEmpty()) follower.catchUp();
        return true;
    }

    private static RegisterProfile register(UUID id, String displayName, @Nullable EmailAddress email) {
        return new RegisterProfile(new ProfileId(id), displayName, email == null ? null : email.value());
    }
}
