package dev.chronodesk.identity.flow;

import dev.chronodesk.identity.account.Account;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.EmailAddress;
import dev.chronodesk.identity.link.LinkKind;
import dev.chronodesk.identity.link.OneTimeTokens;
import dev.chronodesk.identity.link.OneTimeTokens.Used;
import dev.chronodesk.identity.session.Device;
import dev.chronodesk.identity.trail.Trail;
import dev.chronodesk.identity.trail.Trail.Action;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What follows from a one-time token that somebody brings back from their mail. */
public final class Proofs {

    private final Accounts accounts;
    private final OneTimeTokens tokens;
    private final AddressFacts addresses;
    private final MailedProofs mails;
    private final Trail trail;

    public Proofs(Accounts accounts, OneTimeTokens tokens, AddressFacts addresses, MailedProofs mails, Trail trail) {
        this.accounts = accounts;
        this.tokens = tokens;
        this.addresses = addresses;
        this.mails = mails;
        this.trail = trail;
    }

    /** What a token has proved. */
    public sealed interface Proved {

        /**
         * The person may be let in.
         *
         * @param how what the session names as the proof
         * @param flowState the exchange that waits for it
         */
        record Person(Account account, LinkKind kind, String how, @Nullable UUID flowState) implements Proved {}

        /** One of two addresses agrees; the other one has to. */
        record OneAddress(Account account) implements Proved {}

        /** Nothing: there is no such token, it was used, or it came too late. */
        record Nothing() implements Proved {}
    }

    /**
     * The kinds of token that a client may mean by that word of the contract; empty for a word that it does not have.
     */
    public static Set<LinkKind> kinds(String type) {
        return switch (type) {
            case "signup" -> EnumSet.of(LinkKind.CONFIRMATION);
            case "invite" -> EnumSet.of(LinkKind.INVITE);
            case "magiclink" -> EnumSet.of(LinkKind.MAGICLINK);
            case "recovery" -> EnumSet.of(LinkKind.RECOVERY);
            case "email" -> EnumSet.of(LinkKind.CONFIRMATION, LinkKind.MAGICLINK);
            case "email_change" -> EnumSet.of(LinkKind.EMAIL_CHANGE_CURRENT, LinkKind.EMAIL_CHANGE_NEW);
            default -> EnumSet.noneOf(LinkKind.class);
        };
    }

    /** Uses the token of a link. */
    public Proved link(String token, String type, Device device) {
        return follow(tokens.use(token, kinds(type)), type, device);
    }

    /** Uses the digits of a mail. */
    public Proved code(EmailAddress email, String code, String type, Device device) {
        return follow(tokens.use(email, code, kinds(type)), type, device);
    }

    private Proved follow(Optional<Used> used, String type, Device device) {
        var account = used.flatMap(token -> accounts.byId(token.account()));
        if (account.isEmpty()) {
            trail.note(Action.LINK_FAILED, null, null, null, device, type);
            return new Proved.Nothing();
        }
        var token = used.get();
        return switch (token.kind()) {
            case EMAIL_CHANGE_CURRENT, EMAIL_CHANGE_NEW -> change(token, account.get(), device);
            case CONFIRMATION, RECOVERY, MAGICLINK, INVITE -> mailbox(token, account.get(), device);
            case REAUTHENTICATION -> new Proved.Nothing();
        };
    }

    /** Mail to the address reached them, whatever it was for. */
    private Proved mailbox(Used token, Account account, Device device) {
        // a mail to an address that the person has left since proves nothing
        if (!token.email().equals(account.email())) return new Proved.Nothing();
        if (!account.confirmed() && !account.disabled()) {
            trail.note(
                    Action.CONFIRMED,
                    account.id(),
                    account.id(),
                    null,
                    device,
                    token.kind().type());
            // whoever chose the password may be a stranger who was here first: only the mail about it confirms it
            if (token.kind() != LinkKind.CONFIRMATION) accounts.changePassword(account.id(), null);
        }
        if (!account.disabled()) account = addresses.verified(account, AddressFacts.proved(account));
        return new Proved.Person(account, token.kind(), how(token.kind()), token.flowState());
    }

    private static String how(LinkKind kind) {
        return switch (kind) {
            case CONFIRMATION -> "email/signup";
            case EMAIL_CHANGE_CURRENT, EMAIL_CHANGE_NEW -> "email_change";
            case RECOVERY, MAGICLINK, INVITE, REAUTHENTICATION -> kind.type();
        };
    }

    private Proved change(Used token, Account account, Device device) {
        var wanted = account.newEmail();
        var current = token.kind() == LinkKind.EMAIL_CHANGE_CURRENT;
        // a token of an earlier wish, or of an address that the person has left since
        if (wanted == null || !token.email().equals(current ? account.email() : wanted)) return new Proved.Nothing();
        if (!accounts.agreed(account.id(), current)) return new Proved.OneAddress(account);
        if (!addresses.changed(account, wanted, true, AddressFacts.proved(account))) return new Proved.Nothing();
        tokens.end(account.id(), EnumSet.complementOf(EnumSet.of(LinkKind.REAUTHENTICATION)));
        trail.note(Action.EMAIL_CHANGED, account.id(), account.id(), null, device, null);
        mails.tell("email_changed", account, Map.of("newEmail", wanted.value()));
        var changed = Objects.requireNonNull(accounts.byId(account.id()).orElse(account));
        return new Proved.Person(changed, token.kind(), how(token.kind()), token.flowState());
    }
}
