package dev.chronodesk.identity.flow;

import dev.chronodesk.identity.account.Account;
import dev.chronodesk.identity.account.AccountRejection.AddressTaken;
import dev.chronodesk.identity.account.AccountRejection.Malformed;
import dev.chronodesk.identity.account.AccountRejection.Rejected;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.EmailAddress;
import dev.chronodesk.identity.account.ProviderPerson;
import dev.chronodesk.identity.account.SignUp;
import dev.chronodesk.identity.link.LinkKind;
import dev.chronodesk.identity.link.OneTimeTokens;
import dev.chronodesk.identity.mfa.Factor;
import dev.chronodesk.identity.mfa.Factors;
import dev.chronodesk.identity.session.Device;
import dev.chronodesk.identity.session.Sessions;
import dev.chronodesk.identity.session.Standing;
import dev.chronodesk.identity.trail.Trail;
import dev.chronodesk.identity.trail.Trail.Action;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Whose account it is that a provider vouches for. A subject at a provider belongs to one account for ever; an address
 * only brings the two together once, and only when the provider says that it was verified.
 */
public final class ProviderAccounts {

    private final Accounts accounts;
    private final SignUp signUp;
    private final Sessions sessions;
    private final OneTimeTokens tokens;
    private final Factors factors;
    private final AddressFacts addresses;
    private final MailedProofs mails;
    private final Trail trail;

    public ProviderAccounts(
            Accounts accounts,
            SignUp signUp,
            Sessions sessions,
            OneTimeTokens tokens,
            Factors factors,
            AddressFacts addresses,
            MailedProofs mails,
            Trail trail) {
        this.accounts = accounts;
        this.signUp = signUp;
        this.sessions = sessions;
        this.tokens = tokens;
        this.factors = factors;
        this.addresses = addresses;
        this.mails = mails;
        this.trail = trail;
    }

    /** What follows from what a provider says. */
    public sealed interface Followed {

        /** The person with that account may be let in, unless they are locked out. */
        record Person(Account account) implements Followed {}

        /** The provider does not vouch for an address, and there is no account without one. */
        record NotVerified() implements Followed {}

        /** Somebody has the address, and it does not bring the two together. */
        record AddressHeld() implements Followed {}

        /** Somebody has the identity already, this person or another. */
        record IdentityHeld(UUID account) implements Followed {}

        /** Strangers may not sign up. */
        record Closed() implements Followed {}
    }

    /**
     * How a sign-in may end.
     *
     * @param linksByEmail whether a new identity joins the account that has its verified address
     * @param create whether strangers may sign up
     * @param withoutAddress whether somebody for whose address nobody vouches gets an account all the same, without one
     */
    public record Rules(boolean linksByEmail, boolean create, boolean withoutAddress) {}

    /** Finds, joins or makes the account of somebody who signs in. */
    public Followed signIn(ProviderPerson person, Rules rules, Device device) {
        var known = accounts.byIdentity(person).flatMap(signUp::finish);
        if (known.isPresent()) return new Followed.Person(shown(known.get(), person));
        var email = person.verifiedEmail();
        var holder = email.flatMap(accounts::byEmail).flatMap(signUp::finish);
        if (holder.isPresent()) return rules.linksByEmail() ? join(holder.get(), person, device) : held(person);
        if (email.isEmpty() && !rules.withoutAddress()) return new Followed.NotVerified();
        return rules.create() ? made(person, device) : new Followed.Closed();
    }

    /** Whoever is known by the identity has the address too, if the provider says so. */
    private Account shown(Account account, ProviderPerson person) {
        var own = person.verifiedEmail().filter(email -> email.equals(account.email()));
        return own.isPresent() && !account.disabled()
                ? addresses.verified(account, AddressFacts.proved(account))
                : account;
    }

    private static Followed held(ProviderPerson person) {
        return person.verifiedEmail().isPresent() ? new Followed.AddressHeld() : new Followed.NotVerified();
    }

    private Followed join(Account holder, ProviderPerson person, Device device) {
        var barred = sessions.standing(holder.id(), null).map(Standing::barred).orElse(true);
        if (barred) return new Followed.Person(holder); // whoever lets people in says so
        if (!holder.confirmed() || holder.emailOnTrust()) leaveNothingOfStrangers(holder);
        if (!accounts.addIdentity(holder.id(), person)) return again(person);
        var account = addresses.verified(holder, AddressFacts.proved(holder));
        trail.note(Action.IDENTITY_LINKED, account.id(), account.id(), null, device, person.provider());
        mails.tell("identity_linked", account, Map.of("provider", person.provider()));
        return new Followed.Person(accounts.byId(account.id()).orElse(account));
    }

    /** Whoever signed up with an address that nobody has shown to be theirs may be a stranger who was here first. */
    private void leaveNothingOfStrangers(Account account) {
        accounts.changePassword(account.id(), null);
        sessions.endAll(account.id());
        tokens.end(account.id(), EnumSet.allOf(LinkKind.class));
        for (Factor factor : account.factors()) factors.remove(account.id(), factor.id());
        account.identities().forEach(identity -> accounts.removeIdentity(account.id(), identity.id()));
    }

    private Followed made(ProviderPerson person, Device device) {
        try {
            var account = signUp.named(person, userMetadata(person));
            trail.note(Action.SIGNED_UP, account.id(), account.id(), null, device, person.provider());
            if (account.email() != null) account = addresses.verified(account, AddressFacts.proved(account));
            return new Followed.Person(account);
        } catch (Rejected e) {
            if (e.reason() instanceof AddressTaken) return again(person);
            throw e;
        }
    }

    /** Somebody was faster: with the same identity it was the same person. */
    private Followed again(ProviderPerson person) {
        return accounts.byIdentity(person)
                .flatMap(signUp::finish)
                .<Followed>map(Followed.Person::new)
                .orElseGet(() -> held(person));
    }

    /** What apps look for; a name that no profile may have is left out. */
    private static Map<String, Object> userMetadata(ProviderPerson person) {
        var metadata = new LinkedHashMap<>(person.claims());
        try {
            SignUp.check(UUID.randomUUID(), null, metadata);
        } catch (Rejected e) {
            if (!(e.reason() instanceof Malformed)) throw e;
            metadata.remove("name");
        }
        return metadata;
    }

    /** Whoever has that identity now, if it is not free to be added. */
    public Optional<Account> holder(ProviderPerson person) {
        return accounts.byIdentity(person);
    }

    /** Adds the identity to the account of somebody who is signed in to it. */
    public Followed link(Account account, ProviderPerson person, UUID session, Device device) {
        if (!accounts.addIdentity(account.id(), person))
            return new Followed.IdentityHeld(
                    accounts.byIdentity(person).map(Account::id).orElse(account.id()));
        if (account.email() == null) person.verifiedEmail().ifPresent(email -> take(account, email));
        trail.note(Action.IDENTITY_LINKED, account.id(), account.id(), session, device, person.provider());
        mails.tell("identity_linked", account, Map.of("provider", person.provider()));
        return new Followed.Person(accounts.byId(account.id()).orElse(account));
    }

    /** Who had no address has the provider's, unless it is somebody else's. */
    private void take(Account account, EmailAddress email) {
        if (accounts.byEmail(email).isEmpty()) {
            var taken = addresses.changed(account, email, true, AddressFacts.proved(account));
            if (!taken) trail.note(Action.EMAIL_CHANGE_ASKED, account.id(), account.id(), null, Device.NONE, "taken");
        }
    }

    /** Takes an identity away; false when it is the only way in, or none of the person's. */
    public boolean unlink(Account account, UUID identity, String provider, UUID session, Device device) {
        if (!accounts.removeIdentity(account.id(), identity)) return false;
        unlinked(account, provider, session, device);
        return true;
    }

    /** Takes the password away, for somebody who signs in at a provider; false when it is the only way in. */
    public boolean unlinkEmail(Account account, UUID session, Device device) {
        if (!accounts.removeEmailIdentity(account.id())) return false;
        unlinked(account, "email", session, device);
        return true;
    }

    private void unlinked(Account account, String provider, UUID session, Device device) {
        trail.note(Action.IDENTITY_UNLINKED, account.id(), account.id(), session, device, provider);
        mails.tell("identity_unlinked", account, Map.of("provider", provider));
    }
}
