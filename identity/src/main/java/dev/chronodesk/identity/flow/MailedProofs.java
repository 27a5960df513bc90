package dev.chronodesk.identity.flow;

import dev.chronodesk.identity.account.Account;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.EmailAddress;
import dev.chronodesk.identity.link.Challenge;
import dev.chronodesk.identity.link.FlowStates;
import dev.chronodesk.identity.link.LinkKind;
import dev.chronodesk.identity.link.OneTimeTokens;
import dev.chronodesk.identity.link.OneTimeTokens.Issued;
import dev.chronodesk.identity.mail.Outbox;
import dev.chronodesk.identity.mail.Templates;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Mails whose reader proves that the address reaches them. Token and mail are one transaction. Links are made of the
 * settings alone.
 */
public final class MailedProofs {

    private final Accounts accounts;
    private final OneTimeTokens tokens;
    private final FlowStates flows;
    private final Templates templates;
    private final Outbox outbox;
    private final URI issuer;
    private final URI site;
    private final TransactionTemplate transaction;

    /**
     * @param issuer where {@code /verify} is
     * @param site what notices lead to
     */
    public MailedProofs(
            Accounts accounts,
            OneTimeTokens tokens,
            FlowStates flows,
            Templates templates,
            Outbox outbox,
            URI issuer,
            URI site,
            DataSource identity) {
        this.accounts = accounts;
        this.tokens = tokens;
        this.flows = flows;
        this.templates = templates;
        this.outbox = outbox;
        this.issuer = issuer;
        this.site = site;
        transaction = new TransactionTemplate(new DataSourceTransactionManager(identity));
    }

    /**
     * How a request wants its mail.
     *
     * @param challenge of a client that will exchange a code, or null
     * @param redirect where the link leads in the end, an address that is allowed
     */
    public record Wanted(@Nullable Challenge challenge, URI redirect) {}

    /** A link with its token and its digits, for programs that send their own mails. */
    public record Link(URI address, Issued token) {
        @Override
        public String toString() {
            return "Link[…]";
        }
    }

    /** Mails a token of that kind to the account's address. */
    public void send(LinkKind kind, Account account, Wanted wanted) {
        var to = account.email();
        if (to == null) throw new IllegalArgumentException("who has no address gets no mail");
        send(kind, account, to, wanted, Map.of());
    }

    /** Mails both tokens of a change: to the present address, if there is one, and to the one that is wanted. */
    public void sendChange(Account account, EmailAddress newEmail, Wanted wanted, boolean toNew) {
        var values = Map.<String, Object>of("newEmail", newEmail.value());
        transaction.executeWithoutResult(status -> {
            accounts.wants(account.id(), newEmail);
            var present = account.email();
            if (present != null) send(LinkKind.EMAIL_CHANGE_CURRENT, account, present, wanted, values);
            if (toNew) send(LinkKind.EMAIL_CHANGE_NEW, account, newEmail, wanted, values);
            else notice("already_registered", newEmail, null, Map.of());
        });
    }

    private void send(LinkKind kind, Account account, EmailAddress to, Wanted wanted, Map<String, Object> more) {
        transaction.executeWithoutResult(status -> {
            var link = link(kind, account, to, wanted);
            var values = new HashMap<>(more);
            values.put("link", link.address().toString());
            values.put("code", link.token().code());
            values.put("lifetime", words(kind.lifetime()));
            outbox.put(templates.letter(kind.toString(), to, values), account.id());
            noted(kind, account.id());
        });
    }

    /** A token that is not mailed by us. */
    public Link link(LinkKind kind, Account account, EmailAddress to, Wanted wanted) {
        return transaction.execute(status -> {
            var challenge = wanted.challenge();
            var token = tokens.issue(account.id(), kind, to, challenge == null ? null : flows.begin(challenge));
            var address = UriComponentsBuilder.fromUri(issuer)
                    .path("/verify")
                    .queryParam("token", "{token}")
                    .queryParam("type", kind.type())
                    .queryParam("redirect_to", "{redirect}")
                    .encode()
                    .buildAndExpand(token.link(), wanted.redirect().toString())
                    .toUri();
            return new Link(address, token);
        });
    }

    private void noted(LinkKind kind, UUID account) {
        switch (kind) {
            case CONFIRMATION -> accounts.sent(account, Accounts.Sent.CONFIRMATION);
            case RECOVERY, MAGICLINK -> accounts.sent(account, Accounts.Sent.RECOVERY);
            case INVITE -> accounts.sent(account, Accounts.Sent.INVITE);
            case EMAIL_CHANGE_CURRENT, EMAIL_CHANGE_NEW -> accounts.sent(account, Accounts.Sent.EMAIL_CHANGE);
            case REAUTHENTICATION -> {} // the account does not show it
        }
    }

    /** Tells a person who has an address that something has happened; nothing can be done with the mail. */
    public void tell(String kind, Account account, Map<String, Object> more) {
        var to = account.email();
        if (to != null) notice(kind, to, account.id(), more);
    }

    /** Mails that something has happened; nothing can be done with it. */
    public void notice(String kind, EmailAddress to, @Nullable UUID account, Map<String, Object> more) {
        var values = new HashMap<>(more);
        values.put("link", site.toString());
        outbox.put(templates.letter(kind, to, values), account);
    }

    private static String words(Duration lifetime) {
        if (lifetime.toDays() > 1) return lifetime.toDays() + " days";
        if (lifetime.toDays() == 1) return "a day";
        return lifetime.toHours() == 1 ? "an hour" : lifetime.toMinutes() + " minutes";
    }
}
