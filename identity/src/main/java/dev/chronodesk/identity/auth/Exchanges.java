package dev.chronodesk.identity.auth;

import dev.chronodesk.identity.account.Account;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.flow.ProviderAccounts;
import dev.chronodesk.identity.flow.ProviderAccounts.Followed;
import dev.chronodesk.identity.link.FlowStates;
import dev.chronodesk.identity.link.FlowStates.Carried;
import dev.chronodesk.identity.link.FlowStates.Exchanged;
import dev.chronodesk.identity.session.Device;
import dev.chronodesk.identity.session.Sessions;
import dev.chronodesk.identity.session.Standing;
import java.util.UUID;

/** Codes that clients exchange for a session, showing the verifier that they kept (RFC 7636). */
public final class Exchanges {

    private final Accounts accounts;
    private final Sessions sessions;
    private final FlowStates flows;
    private final ProviderAccounts people;
    private final SessionAnswers answers;

    public Exchanges(
            Accounts accounts, Sessions sessions, FlowStates flows, ProviderAccounts people, SessionAnswers answers) {
        this.accounts = accounts;
        this.sessions = sessions;
        this.flows = flows;
        this.people = people;
        this.answers = answers;
    }

    /** @throws AuthRefusedException when the code shows nothing */
    SessionAnswer exchange(String code, String verifier, Device device) {
        return switch (flows.exchange(code, verifier)) {
            case Exchanged.Proved proved -> open(proved, device);
            case Exchanged.Unknown _ ->
                throw refused(404, "flow_state_not_found", "invalid flow state, no valid flow state found");
            case Exchanged.Expired _ ->
                throw refused(422, "flow_state_expired", "invalid flow state, flow state has expired");
            case Exchanged.WrongVerifier _ ->
                throw refused(400, "bad_code_verifier", "code challenge does not match previously saved code verifier");
        };
    }

    private SessionAnswer open(Exchanged.Proved proved, Device device) {
        var account = accounts.byId(proved.account())
                .orElseThrow(() -> refused(404, "flow_state_not_found", "invalid flow state"));
        var carried = proved.carried();
        if (carried == null) return answers.open(account, proved.how(), device);
        return answers.open(linked(account, carried, device), proved.how(), device)
                .with(carried.accessToken(), carried.refreshToken());
    }

    /** Only now it is known that whoever wanted the identity at the account is the one who went for it. */
    private Account linked(Account account, Carried carried, Device device) {
        var link = carried.link();
        var session = carried.session();
        if (link == null || session == null) return account;
        return switch (people.link(still(account.id(), session), link, session, device)) {
            case Followed.Person person -> person.account();
            case Followed.IdentityHeld _, Followed.AddressHeld _, Followed.NotVerified _, Followed.Closed _ ->
                throw held();
        };
    }

    /** The account of a session that is open still. */
    Account still(UUID id, UUID session) {
        var open = sessions.standing(id, session)
                .filter(Standing::signedIn)
                .filter(standing -> !standing.barred())
                .isPresent();
        return accounts.byId(id)
                .filter(account -> open)
                .orElseThrow(() -> new AuthRefusedException(AuthError.noSession()));
    }

    /** Somebody has the identity already. */
    static AuthRefusedException held() {
        return refused(422, "identity_already_exists", "Identity is already linked");
    }

    private static AuthRefusedException refused(int status, String code, String message) {
        return new AuthRefusedException(AuthError.of(status, code, message));
    }
}
