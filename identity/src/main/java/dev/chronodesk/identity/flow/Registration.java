package dev.chronodesk.identity.flow;

import dev.chronodesk.db.Secrets;
import dev.chronodesk.identity.account.Account;
import dev.chronodesk.identity.account.AccountRejection.AddressTaken;
import dev.chronodesk.identity.account.AccountRejection.Rejected;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.EmailAddress;
import dev.chronodesk.identity.account.Passwords;
import dev.chronodesk.identity.account.SignUp;
import dev.chronodesk.identity.flow.MailedProofs.Wanted;
import dev.chronodesk.identity.link.LinkKind;
import dev.chronodesk.identity.session.Device;
import dev.chronodesk.identity.trail.Trail;
import dev.chronodesk.identity.trail.Trail.Action;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Sign-up that a mail has to confirm. Whoever asks learns nothing about the address: the answer, its time and the
 * mail's arrival are the same whether somebody has it or not. Only who reads the mail finds out.
 */
public final class Registration {

    private final Accounts accounts;
    private final Passwords passwords;
    private final SignUp signUp;
    private final MailedProofs mails;
    private final Trail trail;
    private final byte[] key;

    public Registration(
            Accounts accounts, Passwords passwords, SignUp signUp, MailedProofs mails, Trail trail, Secrets secrets) {
        this.accounts = accounts;
        this.passwords = passwords;
        this.signUp = signUp;
        this.mails = mails;
        this.trail = trail;
        this.key = secrets.secret("identity-shown-id");
    }

    /**
     * Begins a sign-up, or tells the owner of the address that somebody tried.
     *
     * @return the id to show: the account's own unless it would tell that the account was made in another way
     * @throws Rejected when the password or the data are refused, which says nothing about the address
     */
    public UUID begin(
            EmailAddress email, String password, Map<String, Object> userMetadata, Wanted wanted, Device device) {
        passwords.check(password, email);
        var id = UUID.randomUUID();
        SignUp.check(id, email, userMetadata);
        var before = accounts.byEmail(email).flatMap(signUp::finish);
        var account = before.isPresent() ? before : fresh(id, email, password, userMetadata);
        if (account.isEmpty()) return hidden(email); // somebody was faster
        if (account.get().confirmed()) {
            if (before.isPresent()) passwords.matches(password, null); // the same work for nothing
            mails.notice("already_registered", email, account.get().id(), Map.of());
        } else {
            before.ifPresent(unconfirmed -> dispute(unconfirmed, password));
            mails.send(LinkKind.CONFIRMATION, account.get(), wanted);
        }
        trail.note(Action.SIGNED_UP, null, account.get().id(), null, device, before.isPresent() ? "again" : null);
        return account.get().id().version() == 4 ? account.get().id() : hidden(email);
    }

    private Optional<Account> fresh(UUID id, EmailAddress email, String password, Map<String, Object> userMetadata) {
        try {
            return Optional.of(signUp.unconfirmed(id, email, passwords.hash(password), userMetadata));
        } catch (Rejected e) {
            if (e.reason() instanceof AddressTaken) return Optional.empty();
            throw e;
        }
    }

    /**
     * Two people may have chosen a password for one address, and the link does not say whose it is: then none counts,
     * and who follows the link chooses one.
     */
    private void dispute(Account unconfirmed, String password) {
        if (!passwords.matches(password, unconfirmed.passwordHash())) accounts.changePassword(unconfirmed.id(), null);
    }

    /**
     * A link to sign in, for a new account too when strangers may sign up. Never says whether there was one.
     *
     * @throws Rejected when the data are refused, which says nothing about the address
     */
    public void link(
            EmailAddress email, Map<String, Object> userMetadata, boolean create, Wanted wanted, Device device) {
        var id = UUID.randomUUID();
        SignUp.check(id, email, userMetadata);
        var account = accounts.byEmail(email).flatMap(signUp::finish);
        if (account.isEmpty() && create) account = withoutPassword(id, email, userMetadata);
        trail.note(
                Action.LINK_ASKED,
                null,
                account.map(Account::id).orElse(null),
                null,
                device,
                LinkKind.MAGICLINK.type());
        account.filter(known -> !known.disabled()).ifPresent(known -> mails.send(LinkKind.MAGICLINK, known, wanted));
    }

    private Optional<Account> withoutPassword(UUID id, EmailAddress email, Map<String, Object> userMetadata) {
        try {
            return Optional.of(signUp.unconfirmed(id, email, null, userMetadata));
        } catch (Rejected e) {
            if (e.reason() instanceof AddressTaken) return accounts.byEmail(email);
            throw e;
        }
    }

    /** A link to choose a new password. Never says whether there is an account. */
    public void recover(EmailAddress email, Wanted wanted, Device device) {
        var account = accounts.byEmail(email).flatMap(signUp::finish);
        trail.note(Action.RECOVERY_ASKED, null, account.map(Account::id).orElse(null), null, device, null);
        account.filter(known -> !known.disabled()).ifPresent(known -> mails.send(LinkKind.RECOVERY, known, wanted));
    }

    /** The confirmation once more, while it is needed. Never says whether it is. */
    public void confirmAgain(EmailAddress email, Wanted wanted, Device device) {
        var account = accounts.byEmail(email).flatMap(signUp::finish);
        trail.note(
                Action.LINK_ASKED,
                null,
                account.map(Account::id).orElse(null),
                null,
                device,
                LinkKind.CONFIRMATION.type());
        account.filter(known -> !known.confirmed() && !known.disabled())
                .ifPresent(known -> mails.send(LinkKind.CONFIRMATION, known, wanted));
    }

    /** Looks like the id of somebody who signs up here, always the same for an address. */
    private UUID hidden(EmailAddress email) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            var hash = ByteBuffer.wrap(mac.doFinal(email.value().getBytes(StandardCharsets.UTF_8)));
            return new UUID(
                    (hash.getLong() & 0xffff_ffff_ffff_0fffL) | 0x4000L,
                    (hash.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
