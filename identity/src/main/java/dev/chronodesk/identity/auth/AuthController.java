package dev.chronodesk.identity.auth;

import dev.chronodesk.identity.account.Account;
import dev.chronodesk.identity.account.AccountRejection;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.EmailAddress;
import dev.chronodesk.identity.account.Passwords;
import dev.chronodesk.identity.account.SignIn;
import dev.chronodesk.identity.account.SignUp;
import dev.chronodesk.identity.account.UserMetadata;
import dev.chronodesk.identity.flow.OwnAccount;
import dev.chronodesk.identity.flow.Registration;
import dev.chronodesk.identity.limit.ClientAddress;
import dev.chronodesk.identity.limit.RateLimits;
import dev.chronodesk.identity.mfa.Factors;
import dev.chronodesk.identity.session.Device;
import dev.chronodesk.identity.session.Refreshed;
import dev.chronodesk.identity.session.Sessions;
import dev.chronodesk.identity.trail.Trail;
import dev.chronodesk.identity.trail.Trail.Action;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Sign-up, sign-in, the person's own account and signing out; {@link MailedController} has what goes through mail. */
@RestController
@RequestMapping("/auth/v1")
public final class AuthController {

    private static final int SHORTEST_REFRESH_TOKEN = 12;

    private final SignUp signUp;
    private final Registration registration;
    private final SignIn signIn;
    private final Accounts accounts;
    private final UserMetadata userMetadata;
    private final OwnAccount own;
    private final Passwords passwords;
    private final Sessions sessions;
    private final Factors factors;
    private final Exchanges exchanges;
    private final SessionAnswers answers;
    private final Wishes wishes;
    private final Trail trail;
    private final EvenTime evenTime;
    private final AuthRules rules;
    private final RateLimits limits;
    private final Clock clock;

    public AuthController(
            SignUp signUp,
            Registration registration,
            SignIn signIn,
            Accounts accounts,
            UserMetadata userMetadata,
            OwnAccount own,
            Passwords passwords,
            Sessions sessions,
            Factors factors,
            Exchanges exchanges,
            SessionAnswers answers,
            Wishes wishes,
            Trail trail,
            EvenTime evenTime,
            AuthRules rules,
            RateLimits limits,
            Clock clock) {
        this.signUp = signUp;
        this.registration = registration;
        this.signIn = signIn;
        this.accounts = accounts;
        this.userMetadata = userMetadata;
        this.own = own;
        this.passwords = passwords;
        this.sessions = sessions;
        this.factors = factors;
        this.exchanges = exchanges;
        this.answers = answers;
        this.wishes = wishes;
        this.trail = trail;
        this.evenTime = evenTime;
        this.rules = rules;
        this.limits = limits;
        this.clock = clock;
    }

    /** A session where addresses are taken on trust; else the person as they will be once the mail was answered. */
    @PostMapping("/signup")
    Object signUp(HttpServletRequest request) throws IOException {
        var body = AuthBody.of(request);
        if (!rules.signUp()) throw refused(422, "signup_disabled", "Signups not allowed for this instance");
        var email = body.text("email");
        if (email == null && body.text("phone") != null)
            throw refused(422, "phone_provider_disabled", "Phone signups are disabled");
        if (email == null) return anonymous(body, request);
        rules.emailEnabled();
        var address = EmailAddress.of(email)
                .orElseThrow(() -> malformed("email: Unable to validate email address: invalid format"));
        var password = body.text("password");
        if (password == null) throw malformed("password: Signup requires a valid password");
        var data = body.withoutNulls("data");
        UserMetadata.check(data);
        limits.signUp(ClientAddress.of(request));
        var wanted = wishes.of(request, body);
        var device = Device.of(request);
        if (rules.autoConfirm()) {
            var account = signUp.signUp(address, password, data);
            trail.note(Action.SIGNED_UP, account.id(), account.id(), null, device, "trusted");
            return answers.open(account, "password", device);
        }
        limits.mail(address.value(), ClientAddress.of(request));
        var id = evenTime.of(() -> registration.begin(address, password, data, wanted, device));
        return UserAnswer.unconfirmed(id, address, data, clock.instant());
    }

    private SessionAnswer anonymous(AuthBody body, HttpServletRequest request) {
        if (!rules.anonymousSignIn())
            throw refused(422, "anonymous_provider_disabled", "Anonymous sign-ins are disabled");
        if (body.text("password") != null) throw malformed("password: goes with an email");
        var data = body.withoutNulls("data");
        UserMetadata.check(data);
        limits.signUp(ClientAddress.of(request));
        var device = Device.of(request);
        var account = signUp.anonymous(data);
        trail.note(Action.SIGNED_UP, account.id(), account.id(), null, device, "anonymous");
        return answers.open(account, "anonymous", device);
    }

    @PostMapping("/token")
    SessionAnswer token(HttpServletRequest request) throws IOException {
        var grant = AuthQuery.parameter(request, "grant_type");
        var device = Device.of(request);
        var client = ClientAddress.of(request);
        return switch (grant == null ? "" : grant) {
            case "password" -> password(AuthBody.of(request), device, client);
            case "refresh_token" -> refresh(AuthBody.of(request), device, client);
            case "pkce" -> exchange(AuthBody.of(request), device, client);
            case "id_token" -> throw refused(400, "provider_disabled", "Sign in with an ID token is disabled");
            case "web3" -> throw refused(400, "web3_provider_disabled", "Web3 provider is disabled");
            default -> throw malformed("grant_type: unsupported_grant_type, use password, refresh_token or pkce");
        };
    }

    private SessionAnswer password(AuthBody body, Device device, ClientAddress client) {
        var email = body.text("email");
        if (email == null && body.text("phone") != null)
            throw refused(422, "phone_provider_disabled", "Phone logins are disabled");
        if (email == null) throw malformed("email: missing email or phone");
        rules.emailEnabled();
        var password = body.required("password");
        var attempt = limits.signIn(email, client);
        try {
            var account = signIn.signIn(email, password);
            attempt.succeeded();
            return answers.open(account, "password", device);
        } catch (Passwords.BusyException e) {
            attempt.succeeded(); // nobody has looked at the password
            throw e;
        } catch (AccountRejection.Rejected e) {
            var account = EmailAddress.of(email).flatMap(accounts::byEmail).map(Account::id);
            trail.note(Action.SIGN_IN_FAILED, null, account.orElse(null), null, device, cause(e));
            throw e;
        }
    }

    private static String cause(AccountRejection.Rejected e) {
        return e.reason() instanceof AccountRejection.NotConfirmed ? "not confirmed" : "password";
    }

    private SessionAnswer refresh(AuthBody body, Device device, ClientAddress client) {
        var token = body.required("refresh_token");
        if (token.length() < SHORTEST_REFRESH_TOKEN) throw malformed("refresh_token: Refresh token is not valid");
        limits.refresh(client);
        return switch (sessions.refresh(token, device)) {
            case Refreshed.Continued continued -> answers.refreshed(continued.session());
            case Refreshed.Unknown _ ->
                throw refused(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found");
            case Refreshed.AlreadyUsed _ ->
                throw refused(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used");
            case Refreshed.Stolen stolen -> {
                trail.note(Action.REFRESH_TOKEN_STOLEN, null, stolen.account(), stolen.session(), device, null);
                throw refused(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used");
            }
        };
    }

    private SessionAnswer exchange(AuthBody body, Device device, ClientAddress client) {
        var code = body.required("auth_code");
        var verifier = body.required("code_verifier");
        limits.verify(client);
        return exchanges.exchange(code, verifier, device);
    }

    @GetMapping("/user")
    UserAnswer user() {
        var signedIn = SignedIn.now(accounts);
        return UserAnswer.of(signedIn.account(), signedIn.caller().role());
    }

    /** Everything that is asked for is checked before anything is changed. */
    @PutMapping("/user")
    UserAnswer changeUser(HttpServletRequest request) throws IOException {
        var signedIn = SignedIn.now(accounts);
        var account = signedIn.account();
        var body = AuthBody.of(request);
        var device = Device.of(request);
        if (body.text("phone") != null) throw refused(422, "phone_provider_disabled", "Phone numbers are disabled");
        var data = body.object("data");
        var email = newEmail(body, account);
        var password = body.text("password");
        var wanted = wishes.of(request, body);
        if ((password != null || email != null) && factors.needsSecond(account.id(), signedIn.session()))
            throw refused(
                    401,
                    "insufficient_aal",
                    "AAL2 session is required to update email or password when MFA is enabled.");
        if (password != null && account.email() == null && !(email != null && rules.autoConfirm()))
            throw refused(422, "validation_failed", "password: set and confirm an email address first");
        if (password != null) {
            passwords.check(password, email == null ? account.email() : email);
            show(signedIn, body, device);
            if (own.same(account, password))
                throw refused(422, "same_password", "New password should be different from the old password.");
        } else if (email != null && rules.autoConfirm()) show(signedIn, body, device);
        userMetadata.check(account, data);
        if (email != null && !rules.autoConfirm())
            for (var recipient :
                    Stream.of(email, account.email()).filter(Objects::nonNull).toList())
                limits.mail(recipient.value(), ClientAddress.of(request));
        if (email != null && rules.autoConfirm()) take(signedIn, email, device); // somebody else may be faster
        if (password != null) own.changePassword(account, signedIn.session(), password, device);
        if (email != null && !rules.autoConfirm()) own.askForEmail(account, email, wanted, signedIn.session(), device);
        if (!data.isEmpty()) userMetadata.change(account, signedIn.caller(), data);
        return UserAnswer.of(
                accounts.byId(account.id()).orElse(account), signedIn.caller().role());
    }

    private static @Nullable EmailAddress newEmail(AuthBody body, Account account) {
        var text = body.text("email");
        if (text == null) return null;
        var email = EmailAddress.of(text)
                .orElseThrow(() -> malformed("email: Unable to validate email address: invalid format"));
        return email.equals(account.email()) ? null : email;
    }

    /** A session alone is not enough for whoever finds a device that somebody left signed in. */
    private void show(SignedIn signedIn, AuthBody body, Device device) {
        var proofs = sessions.proved(signedIn.account().id(), signedIn.session())
                .map(Refreshed.OpenSession::proofs)
                .orElse(List.of());
        var attempt = limits.reauthenticate(signedIn.account().id());
        var shown = own.shown(signedIn.account(), proofs, body.text("current_password"), body.text("nonce"));
        if (shown == OwnAccount.Shown.YES || shown == OwnAccount.Shown.NOT_ENOUGH) attempt.succeeded();
        if (shown != OwnAccount.Shown.YES)
            trail.note(
                    Action.PASSWORD_REFUSED,
                    signedIn.caller().id(),
                    signedIn.account().id(),
                    signedIn.session(),
                    device,
                    shown.name().toLowerCase(Locale.ROOT));
        switch (shown) {
            case YES -> {}
            case NOT_ENOUGH ->
                throw refused(400, "reauthentication_needed", "Password update requires reauthentication");
            case WRONG_PASSWORD -> throw refused(400, "current_password_invalid", "The current password is wrong");
            case WRONG_CODE -> throw refused(422, "reauthentication_not_valid", "Nonce has expired or is invalid");
        }
    }

    private void take(SignedIn signedIn, EmailAddress email, Device device) {
        if (!own.changeEmail(signedIn.account(), email, signedIn.session(), device))
            throw refused(422, "email_exists", "A user with this email address has already been registered");
    }

    @PostMapping("/logout")
    ResponseEntity<Void> logout(HttpServletRequest request) {
        var signedIn = SignedIn.now(accounts);
        var scope = AuthQuery.parameter(request, "scope");
        var which = scope == null || scope.isEmpty() ? "global" : scope;
        switch (which) {
            case "global" -> sessions.endAll(signedIn.account().id());
            case "local" -> sessions.end(signedIn.session());
            case "others" -> sessions.endOthers(signedIn.account().id(), signedIn.session());
            default -> throw malformed("scope: Unsupported logout scope, use global, local or others");
        }
        trail.note(
                Action.SIGNED_OUT,
                signedIn.caller().id(),
                signedIn.account().id(),
                signedIn.session(),
                Device.of(request),
                which);
        return ResponseEntity.noContent().build();
    }

    @GetMapping("/settings")
    Map<String, Object> settings() {
        return Map.of(
                "external",
                external(),
                "disable_signup",
                !rules.signUp(),
                "mailer_autoconfirm",
                rules.autoConfirm(),
                "phone_autoconfirm",
                false,
                "sms_provider",
                "",
                "saml_enabled",
                false,
                "mfa_enabled",
                true,
                "passkeys_enabled",
                false);
    }

    private Map<String, Boolean> external() {
        var external = new LinkedHashMap<String, Boolean>();
        external.put("email", rules.ownAccounts());
        external.put("phone", false);
        external.put("anonymous_users", rules.anonymousSignIn());
        rules.providers().forEach(provider -> external.put(provider, true));
        return external;
    }

    @GetMapping("/health")
    Map<String, String> health() {
        return Map.of(
                "version", "chronodesk", "name", "GoTrue", "description", "Chronodesk accounts, in GoTrue's shapes");
    }

    private static AuthRefusedException refused(int status, String code, String message) {
        return new AuthRefusedException(AuthError.of(status, code, message));
    }

    private static AuthRefusedException malformed(String message) {
        return new AuthRefusedException(AuthError.malformed(message));
    }
}
