package dev.chronodesk.identity.auth;

import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.EmailAddress;
import dev.chronodesk.identity.account.UserMetadata;
import dev.chronodesk.identity.flow.MailedProofs.Wanted;
import dev.chronodesk.identity.flow.OwnAccount;
import dev.chronodesk.identity.flow.Proofs;
import dev.chronodesk.identity.flow.Proofs.Proved;
import dev.chronodesk.identity.flow.Registration;
import dev.chronodesk.identity.limit.ClientAddress;
import dev.chronodesk.identity.limit.RateLimits;
import dev.chronodesk.identity.limit.TooManyException;
import dev.chronodesk.identity.link.FlowStates;
import dev.chronodesk.identity.session.Device;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Mails that carry a one-time token, and what brings one back. Nobody learns here whether an address has an account:
 * asking for a mail is answered alike, in the same time, for every address.
 */
@RestController
@RequestMapping("/auth/v1")
public final class MailedController {

    private static final String LINK_OVER = "Email link is invalid or has expired";
    private static final String ONE_ADDRESS =
            "Confirmation link accepted. Please proceed to confirm link sent to the other email";

    private final Accounts accounts;
    private final RateLimits limits;
    private final Registration registration;
    private final Proofs proofs;
    private final OwnAccount own;
    private final FlowStates flows;
    private final SessionAnswers answers;
    private final Wishes wishes;
    private final EvenTime evenTime;
    private final AuthRules rules;

    public MailedController(
            Accounts accounts,
            RateLimits limits,
            Registration registration,
            Proofs proofs,
            OwnAccount own,
            FlowStates flows,
            SessionAnswers answers,
            Wishes wishes,
            EvenTime evenTime,
            AuthRules rules) {
        this.accounts = accounts;
        this.limits = limits;
        this.registration = registration;
        this.proofs = proofs;
        this.own = own;
        this.flows = flows;
        this.answers = answers;
        this.wishes = wishes;
        this.evenTime = evenTime;
        this.rules = rules;
    }

    private interface Mailing {
        void to(EmailAddress email, Wanted wanted, Device device);
    }

    private Map<String, Object> mailed(HttpServletRequest request, AuthBody body, Mailing mailing) {
        var email = address(body);
        rules.emailEnabled();
        var wanted = wishes.of(request, body);
        var device = Device.of(request);
        limits.mail(email.value(), ClientAddress.of(request));
        return evenTime.of(() -> {
            mailing.to(email, wanted, device);
            return Map.of();
        });
    }

    @PostMapping({"/otp", "/magiclink"})
    Map<String, Object> otp(HttpServletRequest request) throws IOException {
        var body = AuthBody.of(request);
        var data = body.withoutNulls("data");
        UserMetadata.check(data);
        var create = rules.signUp() && body.yes("create_user", true);
        return mailed(request, body, (email, wanted, device) -> registration.link(email, data, create, wanted, device));
    }

    @PostMapping("/recover")
    Map<String, Object> recover(HttpServletRequest request) throws IOException {
        return mailed(request, AuthBody.of(request), registration::recover);
    }

    @PostMapping("/resend")
    Map<String, Object> resend(HttpServletRequest request) throws IOException {
        var body = AuthBody.of(request);
        return switch (body.required("type")) {
            case "signup" -> mailed(request, body, registration::confirmAgain);
            case "email_change" -> changeAgain(request, body);
            case "sms", "phone_change" -> throw refused(422, "phone_provider_disabled", "Phone numbers are disabled");
            default -> throw malformed("type: signup or email_change");
        };
    }

    /** Both mails of a change once more, for the person who asked for it. */
    private Map<String, Object> changeAgain(HttpServletRequest request, AuthBody body) {
        return mailed(request, body, (email, wanted, device) -> {
            var account = accounts.byEmail(email);
            var newEmail = account.map(known -> known.newEmail());
            if (newEmail.isPresent() && !account.get().disabled())
                own.askForEmail(account.get(), newEmail.get(), wanted, null, device);
        });
    }

    @GetMapping("/reauthenticate")
    Map<String, Object> reauthenticate(HttpServletRequest request) {
        var signedIn = SignedIn.now(accounts);
        var email = signedIn.account().email();
        if (email == null)
            throw refused(422, "validation_failed", "Reauthentication requires the user to have an email address");
        limits.mail(email.value(), ClientAddress.of(request));
        own.askForCode(
                signedIn.account(), new Wanted(null, wishes.redirect(request)), signedIn.session(), Device.of(request));
        return Map.of();
    }

    /** A token that a client brings: a session, or for the first half of a change only a message. */
    @PostMapping("/verify")
    Object verify(HttpServletRequest request) throws IOException {
        var body = AuthBody.of(request);
        var type = type(body.required("type"));
        var device = Device.of(request);
        var link = body.text("token_hash");
        if (link != null && (body.has("email") || body.has("token")))
            throw malformed("token_hash: Only the token_hash and type should be provided");
        var client = ClientAddress.of(request);
        var proved = link != null
                ? link(link, type, client, device)
                : code(address(body), body.required("token"), type, client, device);
        return switch (proved) {
            case Proved.Person person -> answers.open(person.account(), person.how(), device);
            case Proved.OneAddress _ -> Map.of("code", "200", "msg", ONE_ADDRESS);
            case Proved.Nothing _ ->
                throw refused(403, "otp_expired", link != null ? LINK_OVER : "Token has expired or is invalid");
        };
    }

    private Proved link(String token, String type, ClientAddress client, Device device) {
        limits.verify(client);
        return proofs.link(token, type, device);
    }

    private Proved code(EmailAddress email, String code, String type, ClientAddress client, Device device) {
        var attempt = limits.verify(email.value(), client);
        var proved = proofs.code(email, code, type, device);
        if (!(proved instanceof Proved.Nothing)) attempt.succeeded();
        return proved;
    }

    /** A link in a mail: on to where it leads, with the session, with a code for it, or with what is wrong. */
    @GetMapping("/verify")
    ResponseEntity<Void> follow(HttpServletRequest request) {
        var landing = new Landing(HttpStatus.SEE_OTHER, wishes.redirect(request));
        try {
            var type = AuthQuery.parameter(request, "type");
            var token = AuthQuery.parameter(request, "token");
            if (token == null) token = AuthQuery.parameter(request, "token_hash");
            if (token == null || token.isEmpty()) throw malformed("token: is required");
            var device = Device.of(request);
            return switch (link(token, type(type == null ? "" : type), ClientAddress.of(request), device)) {
                case Proved.Person person -> letIn(person, landing, device);
                case Proved.OneAddress _ -> landing.message(ONE_ADDRESS);
                case Proved.Nothing _ -> landing.wrong(AuthError.of(403, "otp_expired", LINK_OVER));
            };
        } catch (AuthRefusedException e) {
            return landing.wrong(e.error());
        } catch (TooManyException e) {
            return landing.wrong(AuthError.tooMany(e));
        }
    }

    private ResponseEntity<Void> letIn(Proved.Person person, Landing landing, Device device) {
        if (person.flowState() != null) {
            var code = flows.code(person.flowState(), person.account().id(), person.how(), null);
            return code.map(landing::code).orElseGet(() -> landing.wrong(AuthError.of(403, "otp_expired", LINK_OVER)));
        }
        var session = answers.open(person.account(), person.how(), device);
        return landing.session(session, Map.of("type", person.kind().type()));
    }

    private static String type(String type) {
        if (Proofs.kinds(type).isEmpty())
            throw malformed("type: signup, invite, magiclink, recovery, email or email_change");
        return type;
    }

    private static EmailAddress address(AuthBody body) {
        var email = body.text("email");
        if (email == null && body.text("phone") != null)
            throw refused(422, "phone_provider_disabled", "Phone numbers are disabled");
        if (email == null) throw malformed("email: is required");
        return EmailAddress.of(email)
                .orElseThrow(() -> malformed("email: Unable to validate email address: invalid format"));
    }

    private static AuthRefusedException refused(int status, String code, String message) {
        return new AuthRefusedException(AuthError.of(status, code, message));
    }

    private static AuthRefusedException malformed(String message) {
        return new AuthRefusedException(AuthError.malformed(message));
    }
}
