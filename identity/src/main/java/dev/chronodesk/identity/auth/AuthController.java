package dev.chronodesk.identity.auth;

import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.LogUnavailableException;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.account.Account;
import dev.chronodesk.identity.account.AccountRejection;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.EmailAddress;
import dev.chronodesk.identity.account.Passwords;
import dev.chronodesk.identity.account.SignIn;
import dev.chronodesk.identity.account.SignUp;
import dev.chronodesk.identity.account.UserMetadata;
import dev.chronodesk.identity.session.CallerAuthentication;
import dev.chronodesk.identity.session.Refreshed;
import dev.chronodesk.identity.session.Refreshed.OpenSession;
import dev.chronodesk.identity.session.Sessions;
import dev.chronodesk.identity.token.AccessTokens;
import dev.chronodesk.identity.token.TokenSubject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/** The calls of {@code /auth/v1} that we offer; {@link NotOffered} answers the others. */
@RestController
@RequestMapping("/auth/v1")
public final class AuthController {

    private static final Logger LOG = LoggerFactory.getLogger(AuthController.class);
    private static final int SHORTEST_REFRESH_TOKEN = 12;
    private static final Set<String> NOT_CHANGED_HERE = Set.of("email", "password");

    private final SignUp signUp;
    private final SignIn signIn;
    private final Accounts accounts;
    private final UserMetadata userMetadata;
    private final Sessions sessions;
    private final AccessTokens tokens;

    public AuthController(
            SignUp signUp,
            SignIn signIn,
            Accounts accounts,
            UserMetadata userMetadata,
            Sessions sessions,
            AccessTokens tokens) {
        this.signUp = signUp;
        this.signIn = signIn;
        this.accounts = accounts;
        this.userMetadata = userMetadata;
        this.sessions = sessions;
        this.tokens = tokens;
    }

    @PostMapping("/signup")
    SessionAnswer signUp(HttpServletRequest request) throws IOException {
        var body = AuthBody.of(request);
        var email = body.text("email");
        if (email == null && body.text("phone") != null)
            throw refused(422, "phone_provider_disabled", "Phone signups are disabled");
        if (email == null) throw refused(422, "anonymous_provider_disabled", "Anonymous sign-ins are disabled");
        var address = EmailAddress.of(email)
                .orElseThrow(() -> malformed("email: Unable to validate email address: invalid format"));
        var password = body.text("password");
        if (password == null) throw malformed("password: Signup requires a valid password");
        var data = withoutNulls(body.object("data"));
        UserMetadata.check(data);
        return opened(signUp.signUp(address, password, data));
    }

    @PostMapping("/token")
    SessionAnswer token(HttpServletRequest request) throws IOException {
        var grant = query(request, "grant_type");
        return switch (grant == null ? "" : grant) {
            case "password" -> password(AuthBody.of(request));
            case "refresh_token" -> refresh(AuthBody.of(request));
            case "pkce" -> throw refused(404, "flow_state_not_found", "invalid flow state, no valid flow state found");
            case "id_token" -> throw refused(400, "provider_disabled", "Sign in with an ID token is disabled");
            case "web3" -> throw refused(400, "web3_provider_disabled", "Web3 provider is disabled");
            default -> throw malformed("grant_type: unsupported_grant_type, use password or refresh_token");
        };
    }

    private SessionAnswer password(AuthBody body) {
        var email = body.text("email");
        if (email == null && body.text("phone") != null)
            throw refused(422, "phone_provider_disabled", "Phone logins are disabled");
        if (email == null) throw malformed("email: missing email or phone");
        return opened(signIn.signIn(email, body.required("password")));
    }

    private SessionAnswer opened(Account account) {
        var standing = sessions.standing(account.id(), null)
                .orElseThrow(() -> new AuthRefusedException(AuthError.unavailable()));
        if (standing.barred()) throw refused(400, "user_banned", "User is banned");
        var session = sessions.open(account.id());
        signIn.signedIn(account);
        return answer(session, standing.role());
    }

    private SessionAnswer refresh(AuthBody body) {
        var token = body.required("refresh_token");
        if (token.length() < SHORTEST_REFRESH_TOKEN) throw malformed("refresh_token: Refresh token is not valid");
        return switch (sessions.refresh(token)) {
            case Refreshed.Continued continued -> continued(continued.session());
            case Refreshed.Unknown _ ->
                throw refused(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found");
            case Refreshed.AlreadyUsed _ ->
                throw refused(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used");
        };
    }

    private SessionAnswer continued(OpenSession session) {
        var standing = sessions.standing(session.account(), session.id());
        if (standing.isEmpty() || !standing.get().signedIn())
            throw refused(400, "session_not_found", "Invalid Refresh Token: Session Not Found");
        if (standing.get().barred()) throw refused(400, "user_banned", "Invalid Refresh Token: User Banned");
        return answer(session, standing.get().role());
    }

    private SessionAnswer answer(OpenSession session, Role role) {
        var account = accounts.byId(session.account()).orElseThrow(() -> new AuthRefusedException(AuthError.noUser()));
        var access = tokens.issue(new TokenSubject(
                account.id(),
                session.id(),
                session.since(),
                role,
                account.email().value(),
                account.userMetadata()));
        return new SessionAnswer(
                access.token(),
                "bearer",
                access.seconds(),
                access.expiresAt().getEpochSecond(),
                session.refreshToken(),
                UserAnswer.of(account, role));
    }

    @GetMapping("/user")
    UserAnswer user() {
        var signedIn = signedIn();
        return UserAnswer.of(signedIn.account(), signedIn.caller().role());
    }

    @PutMapping("/user")
    UserAnswer changeUser(HttpServletRequest request) throws IOException {
        var signedIn = signedIn();
        var body = AuthBody.of(request);
        if (body.text("phone") != null) throw refused(422, "phone_provider_disabled", "Phone numbers are disabled");
        for (var field : NOT_CHANGED_HERE)
            if (body.has(field)) throw refused(422, "feature_disabled", field + ": cannot be changed here yet");
        var account = userMetadata.change(signedIn.account(), signedIn.caller(), body.object("data"));
        return UserAnswer.of(account, signedIn.caller().role());
    }

    @PostMapping("/logout")
    ResponseEntity<Void> logout(HttpServletRequest request) {
        var signedIn = signedIn();
        var scope = query(request, "scope");
        switch (scope == null || scope.isEmpty() ? "global" : scope) {
            case "global" -> sessions.endAll(signedIn.account().id());
            case "local" -> sessions.end(signedIn.session());
            case "others" -> sessions.endOthers(signedIn.account().id(), signedIn.session());
            default -> throw malformed("scope: Unsupported logout scope, use global, local or others");
        }
        return ResponseEntity.noContent().build();
    }

    @GetMapping("/settings")
    Map<String, Object> settings() {
        return Map.of(
                "external", Map.of("email", true, "phone", false, "anonymous_users", false),
                "disable_signup", false,
                "mailer_autoconfirm", true,
                "phone_autoconfirm", false,
                "sms_provider", "",
                "saml_enabled", false,
                "mfa_enabled", false,
                "passkeys_enabled", false);
    }

    @GetMapping("/health")
    Map<String, String> health() {
        return Map.of(
                "version", "chronodesk", "name", "GoTrue", "description", "Chronodesk accounts, in GoTrue's shapes");
    }

    private record SignedIn(Account account, Caller.Known caller, UUID session) {}

    private SignedIn signedIn() {
        if (SecurityContextHolder.getContext().getAuthentication() instanceof CallerAuthentication authentication
                && authentication.caller() instanceof Caller.Known caller
                && authentication.session() != null)
            return new SignedIn(
                    accounts.byId(caller.id()).orElseThrow(() -> new AuthRefusedException(AuthError.noUser())),
                    caller,
                    authentication.session());
        throw new AuthRefusedException(AuthError.noAuthorization());
    }

    /** A parameter of the address only: asking the servlet would swallow a body that claims to be a form. */
    private static @Nullable String query(HttpServletRequest request, String name) {
        var query = request.getQueryString();
        if (query == null) return null;
        var value = UriComponentsBuilder.newInstance()
                .query(query)
                .build()
                .getQueryParams()
                .getFirst(name);
        try {
            return value == null ? null : UriUtils.decode(value, java.nio.charset.StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw malformed(name + ": is not encoded as an address must be");
        }
    }

    private static Map<String, Object> withoutNulls(Map<String, @Nullable Object> data) {
        var kept = new java.util.LinkedHashMap<String, Object>();
        data.forEach((key, value) -> {
            if (value != null) kept.put(key, value);
        });
        return kept;
    }

    private static AuthRefusedException refused(int status, String code, String message) {
        return new AuthRefusedException(AuthError.of(status, code, message));
    }

    private static AuthRefusedException malformed(String message) {
        return new AuthRefusedException(AuthError.malformed(message));
    }

    @ExceptionHandler
    void refused(AuthRefusedException refused, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        refused.error().write(request, response);
    }

    @ExceptionHandler
    void rejected(AccountRejection.Rejected rejected, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        var error =
                switch (rejected.reason()) {
                    case AccountRejection.AddressTaken _ ->
                        AuthError.of(422, "user_already_exists", "User already registered");
                    case AccountRejection.InvalidCredentials _ ->
                        AuthError.of(400, "invalid_credentials", "Invalid login credentials");
                    case AccountRejection.WeakPassword _ -> AuthError.weakPassword();
                    case AccountRejection.Malformed malformed -> AuthError.malformed(malformed.message());
                };
        error.write(request, response);
    }

    /** The log refused for a reason that passes, such as too many at once: the clients may repeat it. */
    @ExceptionHandler
    void refusedForNow(CommandRefusedException refused, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        unavailable(refused, request, response);
    }

    @ExceptionHandler
    void busy(Passwords.BusyException busy, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        AuthError.busy().write(request, response);
    }

    @ExceptionHandler({LogUnavailableException.class, DataAccessException.class, TransactionException.class})
    void unavailable(RuntimeException cause, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        LOG.warn("{} {} is not available now: {}", request.getMethod(), request.getRequestURI(), cause.toString());
        AuthError.unavailable().write(request, response);
    }
}
