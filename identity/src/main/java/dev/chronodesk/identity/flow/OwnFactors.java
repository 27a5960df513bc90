package dev.chronodesk.identity.flow;

import dev.chronodesk.identity.account.Account;
import dev.chronodesk.identity.mfa.Enrolment;
import dev.chronodesk.identity.mfa.Factor;
import dev.chronodesk.identity.mfa.FactorRejection;
import dev.chronodesk.identity.mfa.FactorRejection.Rejected;
import dev.chronodesk.identity.mfa.Factors;
import dev.chronodesk.identity.session.Device;
import dev.chronodesk.identity.session.Refreshed.OpenSession;
import dev.chronodesk.identity.trail.Trail;
import dev.chronodesk.identity.trail.Trail.Action;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Second factors with what is told of them: an entry in the trail, and a mail when the protection changes. */
public final class OwnFactors {

    private final Factors factors;
    private final MailedProofs mails;
    private final Trail trail;

    public OwnFactors(Factors factors, MailedProofs mails, Trail trail) {
        this.factors = factors;
        this.mails = mails;
        this.trail = trail;
    }

    /** @throws Rejected as {@link Factors#enrol} */
    public Enrolment enrol(Account account, UUID session, @Nullable String friendlyName, Device device) {
        var enrolment = factors.enrol(account.id(), session, friendlyName);
        trail.note(Action.FACTOR_ENROLLED, account.id(), account.id(), session, device, null);
        return enrolment;
    }

    /** @throws Rejected as {@link Factors#verify} */
    public OpenSession verify(Account account, UUID session, Factors.Answer answer, Device device) {
        try {
            var raised = factors.verify(account.id(), session, answer);
            trail.note(Action.FACTOR_VERIFIED, account.id(), account.id(), session, device, null);
            var known = account.factors().stream()
                    .anyMatch(factor -> factor.id().equals(answer.factor()) && factor.verified());
            if (!known) mails.tell("factor_added", account, Map.of());
            return raised;
        } catch (Rejected e) {
            trail.note(Action.FACTOR_FAILED, account.id(), account.id(), session, device, cause(e.reason()));
            throw e;
        }
    }

    private static String cause(FactorRejection reason) {
        return switch (reason) {
            case FactorRejection.WrongCode _ -> "wrong code";
            case FactorRejection.TooSoon _ -> "too soon after wrong codes";
            case FactorRejection.AnotherAddress _ -> "asked from another address";
            case FactorRejection.ChallengeOver _ -> "challenge is over";
            case FactorRejection.SecondNeededToAdd _, FactorRejection.SecondNeededToRemove _ -> "second factor needed";
            case FactorRejection.NoSuchFactor _,
                    FactorRejection.NoSuchChallenge _,
                    FactorRejection.NameTaken _,
                    FactorRejection.TooMany _,
                    FactorRejection.SignedOut _ -> "nothing to verify";
        };
    }

    /** @throws Rejected as {@link Factors#unenrol} */
    public Factor unenrol(Account account, UUID session, UUID factor, Device device) {
        var removed = factors.unenrol(account.id(), session, factor);
        removed(account, removed, account.id(), session, device, null);
        return removed;
    }

    /**
     * For somebody whose device is lost.
     *
     * @throws Rejected as {@link Factors#remove}
     */
    public Factor remove(Account account, UUID factor, UUID by, Device device) {
        var removed = factors.remove(account.id(), factor);
        removed(account, removed, by, null, device, "administrator");
        return removed;
    }

    private void removed(
            Account account, Factor removed, UUID by, @Nullable UUID session, Device device, @Nullable String cause) {
        trail.note(Action.FACTOR_REMOVED, by, account.id(), session, device, cause);
        if (removed.verified()) mails.tell("factor_removed", account, Map.of());
    }
}
