package dev.chronodesk.identity.auth;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.chronodesk.identity.account.Account;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.flow.OwnFactors;
import dev.chronodesk.identity.limit.RateLimits;
import dev.chronodesk.identity.mfa.Factors;
import dev.chronodesk.identity.mfa.SvgQrCode;
import dev.chronodesk.identity.session.Device;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** One's own second factors. */
@RestController
@RequestMapping("/auth/v1/factors")
public final class FactorsController {

    private static final int LONGEST_NAME = 100;

    /** With the longest address it still fits into a QR code, whatever its script. */
    private static final int LONGEST_ISSUER = 60;

    private final Accounts accounts;
    private final Factors factors;
    private final OwnFactors own;
    private final RateLimits limits;
    private final SessionAnswers answers;
    private final String host;

    /** @param host what authenticator apps show where the client does not name an issuer */
    public FactorsController(
            Accounts accounts,
            Factors factors,
            OwnFactors own,
            RateLimits limits,
            SessionAnswers answers,
            String host) {
        this.accounts = accounts;
        this.factors = factors;
        this.own = own;
        this.limits = limits;
        this.answers = answers;
        this.host = host;
    }

    /** A new factor with what the authenticator app needs, shown this once. */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Enrolled(UUID id, String type, @Nullable String friendlyName, Totp totp) {
        @Override
        public String toString() {
            return "Enrolled[" + id + "]";
        }
    }

    /**
     * The secret three times over.
     *
     * @param qrCode an SVG picture that can stand in an address as it is
     * @param secret in base 32
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Totp(String qrCode, String secret, String uri) {
        @Override
        public String toString() {
            return "Totp[…]";
        }
    }

    @PostMapping
    Enrolled enrol(HttpServletRequest request) throws IOException {
        var signedIn = SignedIn.now(accounts);
        var body = AuthBody.of(request);
        switch (body.required("factor_type")) {
            case "totp" -> {}
            case "phone" -> throw refused(422, "mfa_phone_enroll_not_enabled", "MFA enroll is disabled for Phone");
            case "webauthn" ->
                throw refused(422, "mfa_webauthn_enroll_not_enabled", "MFA enroll is disabled for WebAuthn");
            default -> throw refused(400, "validation_failed", "factor_type: only totp");
        }
        var name = bounded(body, "friendly_name", LONGEST_NAME);
        var issuer = bounded(body, "issuer", LONGEST_ISSUER);
        var account = signedIn.account();
        var enrolment = own.enrol(account, signedIn.session(), name, Device.of(request));
        var uri = enrolment.uri(issuer == null ? host : issuer, label(account)).reveal();
        return new Enrolled(
                enrolment.factor().id(),
                "totp",
                enrolment.factor().friendlyName(),
                new Totp(SvgQrCode.of(uri), enrolment.secret().reveal(), uri));
    }

    /** What the authenticator app calls the account. */
    private static String label(Account account) {
        var email = account.email();
        return email == null ? account.id().toString() : email.value();
    }

    private static @Nullable String bounded(AuthBody body, String field, int most) {
        var text = body.text(field);
        if (text != null && text.length() > most)
            throw refused(400, "validation_failed", field + ": must have at most " + most + " characters");
        return text;
    }

    /** @param expiresAt in seconds since 1970 */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Asked(UUID id, String type, long expiresAt) {}

    @PostMapping("/{id}/challenge")
    Asked challenge(@PathVariable("id") String id, HttpServletRequest request) {
        var signedIn = SignedIn.now(accounts);
        var challenge = factors.challenge(signedIn.account().id(), factor(id), request.getRemoteAddr());
        return new Asked(challenge.id(), "totp", challenge.expiresAt().getEpochSecond());
    }

    @PostMapping("/{id}/verify")
    SessionAnswer verify(@PathVariable("id") String id, HttpServletRequest request) throws IOException {
        var signedIn = SignedIn.now(accounts);
        var factor = factor(id);
        var body = AuthBody.of(request);
        var challenge = uuid("challenge_id", body.required("challenge_id"), 400);
        var code = body.required("code");
        var attempt = limits.mfa(signedIn.account().id());
        var raised = own.verify(
                signedIn.account(),
                signedIn.session(),
                new Factors.Answer(factor, challenge, code, request.getRemoteAddr()),
                Device.of(request));
        attempt.succeeded();
        return answers.of(raised, signedIn.caller().role());
    }

    /** What went. */
    public record Unenrolled(UUID id) {}

    @DeleteMapping("/{id}")
    Unenrolled unenrol(@PathVariable("id") String id, HttpServletRequest request) {
        var signedIn = SignedIn.now(accounts);
        var removed = own.unenrol(signedIn.account(), signedIn.session(), factor(id), Device.of(request));
        return new Unenrolled(removed.id());
    }

    /** The factor that a path names. */
    static UUID factor(String id) {
        if (id.equals("recovery-codes")) throw refused(422, "feature_disabled", "Recovery codes are disabled");
        return uuid("factor_id", id, 404);
    }

    private static UUID uuid(String field, String text, int status) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw refused(status, "validation_failed", field + ": must be a UUID");
        }
    }

    private static AuthRefusedException refused(int status, String code, String message) {
        return new AuthRefusedException(AuthError.of(status, code, message));
    }
}
