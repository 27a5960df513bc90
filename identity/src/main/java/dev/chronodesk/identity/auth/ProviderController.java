package dev.chronodesk.identity.auth;

import dev.chronodesk.identity.account.Account;
import dev.chronodesk.identity.account.AccountRejection;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.flow.OwnAccount;
import dev.chronodesk.identity.flow.ProviderAccounts;
import dev.chronodesk.identity.flow.ProviderAccounts.Followed;
import dev.chronodesk.identity.limit.ClientAddress;
import dev.chronodesk.identity.limit.RateLimits;
import dev.chronodesk.identity.limit.TooManyException;
import dev.chronodesk.identity.link.Challenge;
import dev.chronodesk.identity.link.FlowStates;
import dev.chronodesk.identity.link.FlowStates.Carried;
import dev.chronodesk.identity.mfa.Factors;
import dev.chronodesk.identity.provider.ProviderUnavailableException;
import dev.chronodesk.identity.provider.ProviderVisits;
import dev.chronodesk.identity.provider.ProviderVisits.Linking;
import dev.chronodesk.identity.provider.ProviderVisits.Returned;
import dev.chronodesk.identity.provider.ProviderVisits.Visit;
import dev.chronodesk.identity.provider.Providers;
import dev.chronodesk.identity.provider.Providers.Come;
import dev.chronodesk.identity.provider.Providers.NotShownException;
import dev.chronodesk.identity.session.Device;
import dev.chronodesk.identity.session.Proof;
import dev.chronodesk.identity.session.Sessions;
import dev.chronodesk.identity.trail.Trail;
import dev.chronodesk.identity.trail.Trail.Action;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Signing in at a provider, and the identities that an account has at providers.
 *
 * <p>Whoever comes back must be who left: a client shows it by the verifier that it kept, and the browser of any other
 * client by a cookie, so that nobody is signed in to the account of a stranger who sent them a link.
 */
@RestController
@RequestMapping("/auth/v1")
public final class ProviderController {

    private static final Logger LOG = LoggerFactory.getLogger(ProviderController.class);

    private static final Pattern SCOPES = Pattern.compile("[\\x21\\x23-\\x5b\\x5d-\\x7e ,]{1,1000}");
    private static final Pattern BROWSER = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final Pattern ERROR = Pattern.compile("[a-z_]{1,40}");
    private static final int LONGEST_REASON = 200;

    private final Providers providers;
    private final ProviderVisits visits;
    private final ProviderAccounts people;
    private final Accounts accounts;
    private final OwnAccount own;
    private final Factors factors;
    private final Sessions sessions;
    private final FlowStates flows;
    private final SessionAnswers answers;
    private final Exchanges exchanges;
    private final Wishes wishes;
    private final RateLimits limits;
    private final AuthRules rules;
    private final Trail trail;
    private final URI issuer;

    /** @param issuer where {@code /authorize} and {@code /callback} are */
    public ProviderController(
            Providers providers,
            ProviderVisits visits,
            ProviderAccounts people,
            Accounts accounts,
            OwnAccount own,
            Factors factors,
            Sessions sessions,
            FlowStates flows,
            SessionAnswers answers,
            Exchanges exchanges,
            Wishes wishes,
            RateLimits limits,
            AuthRules rules,
            Trail trail,
            URI issuer) {
        this.providers = providers;
        this.visits = visits;
        this.people = people;
        this.accounts = accounts;
        this.own = own;
        this.factors = factors;
        this.sessions = sessions;
        this.flows = flows;
        this.answers = answers;
        this.exchanges = exchanges;
        this.wishes = wishes;
        this.limits = limits;
        this.rules = rules;
        this.trail = trail;
        this.issuer = issuer;
    }

    /** On to the provider's sign-in page. */
    @GetMapping("/authorize")
    ResponseEntity<?> authorize(HttpServletRequest request) {
        var asked = asked(request);
        limits.provider(ClientAddress.of(request));
        // whoever fetches the address is no browser on its way: it has to come by here for its cookie
        if (asked.fetched() && asked.challenge().isEmpty()) return ResponseEntity.ok(Map.of("url", own(request)));
        return begin(request, asked, null);
    }

    /** On to the provider's sign-in page, to add the identity there to one's account. */
    @GetMapping("/user/identities/authorize")
    ResponseEntity<?> link(HttpServletRequest request) {
        var signedIn = mayLink();
        var proofs = sessions.proved(signedIn.account().id(), signedIn.session())
                .map(open -> open.proofs())
                .orElse(List.of());
        if (own.shown(signedIn.account(), proofs, null, null) != OwnAccount.Shown.YES)
            throw refused(400, "reauthentication_needed", "Linking an identity requires reauthentication");
        var asked = asked(request);
        limits.provider(ClientAddress.of(request));
        return begin(request, asked, new Linking(signedIn.account().id(), signedIn.session()));
    }

    /** Somebody who may change how they sign in. */
    private SignedIn mayLink() {
        var signedIn = SignedIn.now(accounts);
        if (!rules.manualLinking()) throw refused(404, "manual_linking_disabled", "Manual linking is disabled");
        if (factors.needsSecond(signedIn.account().id(), signedIn.session()))
            throw refused(
                    401, "insufficient_aal", "AAL2 session is required to change identities when MFA is enabled.");
        return signedIn;
    }

    /** @param fetched whether the client wants the address instead of being led there */
    private record Asked(
            String provider, URI redirect, Optional<Challenge> challenge, List<String> scopes, boolean fetched) {}

    private Asked asked(HttpServletRequest request) {
        var provider = AuthQuery.parameter(request, "provider");
        if (provider == null || !providers.has(provider))
            throw malformed("provider: Unsupported provider: "
                    + (providers.names().isEmpty()
                            ? "no provider is enabled"
                            : "use one of " + String.join(", ", providers.names())));
        var scopes = AuthQuery.parameter(request, "scopes");
        if (scopes != null && !scopes.isEmpty() && !SCOPES.matcher(scopes).matches())
            throw malformed("scopes: names with spaces between them, at most 1000 characters");
        try {
            return new Asked(
                    provider,
                    wishes.redirect(request),
                    Challenge.of(present(request, "code_challenge"), present(request, "code_challenge_method")),
                    scopes == null
                            ? List.of()
                            : Arrays.stream(scopes.split("[ ,]+"))
                                    .filter(scope -> !scope.isEmpty())
                                    .toList(),
                    "true".equals(AuthQuery.parameter(request, "skip_http_redirect")));
        } catch (IllegalArgumentException e) {
            throw malformed(String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable String present(HttpServletRequest request, String name) {
        var value = AuthQuery.parameter(request, name);
        return value == null || value.isEmpty() ? null : value;
    }

    /** The same call at our own address, as a browser makes it. */
    private String own(HttpServletRequest request) {
        var address = UriComponentsBuilder.fromUri(issuer).path("/authorize");
        for (var name : List.of("provider", "redirect_to", "scopes"))
            Optional.ofNullable(present(request, name)).ifPresent(value -> address.queryParam(name, "{" + name + "}"));
        var values = new HashMap<String, Object>();
        for (var name : List.of("provider", "redirect_to", "scopes")) values.put(name, present(request, name));
        return address.encode().buildAndExpand(values).toUriString();
    }

    private ResponseEntity<?> begin(HttpServletRequest request, Asked asked, @Nullable Linking linking) {
        var state = visits.secret();
        URI address;
        try {
            address = providers.address(asked.provider(), state, asked.scopes());
        } catch (ProviderUnavailableException e) {
            LOG.warn("nobody can be sent there: {}", e.getMessage());
            if (asked.fetched()) throw e;
            return new Landing(HttpStatus.FOUND, asked.redirect()).wrong("temporarily_unavailable", unavailable());
        }
        var browser = asked.challenge().isPresent() || asked.fetched()
                ? null
                : browser(request).orElseGet(visits::secret);
        visits.begin(
                state,
                new Visit(
                        asked.provider(),
                        asked.redirect(),
                        browser,
                        asked.challenge().map(flows::begin).orElse(null),
                        linking));
        if (asked.fetched()) return ResponseEntity.ok(Map.of("url", address.toString()));
        var answer = ResponseEntity.status(HttpStatus.FOUND).location(address);
        if (browser != null)
            answer.header(HttpHeaders.SET_COOKIE, cookie(browser).toString());
        return answer.build();
    }

    /** Sent along by the browser when it comes back from the provider, and by no script. */
    private ResponseCookie cookie(String browser) {
        return ResponseCookie.from(cookieName(), browser)
                .path("/")
                .httpOnly(true)
                .secure(secure())
                .sameSite("Lax")
                .maxAge(ProviderVisits.LIFETIME)
                .build();
    }

    private boolean secure() {
        return "https".equals(issuer.getScheme());
    }

    /** With this prefix no other host, and no plain connection, can set it. */
    private String cookieName() {
        return secure() ? "__Host-chronodesk-visit" : "chronodesk-visit";
    }

    private Optional<String> browser(HttpServletRequest request) {
        var cookies = request.getCookies();
        if (cookies == null) return Optional.empty();
        return Arrays.stream(cookies)
                .filter(cookie -> cookie.getName().equals(cookieName()))
                .map(Cookie::getValue)
                .filter(value -> BROWSER.matcher(value).matches())
                .findFirst();
    }

    /** Some providers let the browser post what they say: it comes once more by an address, with its cookie. */
    @PostMapping("/callback")
    ResponseEntity<Void> posted(HttpServletRequest request) {
        var address = UriComponentsBuilder.fromUri(issuer).path("/callback");
        var values = new HashMap<String, Object>();
        for (var name : List.of("state", "code", "error", "error_description")) {
            var value = request.getParameter(name);
            if (value == null) continue;
            address.queryParam(name, "{" + name + "}");
            values.put(name, value);
        }
        return ResponseEntity.status(HttpStatus.SEE_OTHER)
                .location(address.encode().buildAndExpand(values).toUri())
                .build();
    }

    /** Back from the provider: on to where the visit leads, with a session, a code for it, or what is wrong. */
    @GetMapping("/callback")
    ResponseEntity<Void> callback(HttpServletRequest request) {
        var landing = new Landing(HttpStatus.FOUND, wishes.site());
        try {
            limits.provider(ClientAddress.of(request));
            var state = present(request, "state");
            if (state == null) throw refused(400, "bad_oauth_callback", "OAuth state parameter missing");
            var visit = visits.end(state)
                    .orElseThrow(
                            () -> refused(400, "bad_oauth_state", "OAuth state is unknown, was used or has expired"));
            landing = new Landing(HttpStatus.FOUND, visit.redirect());
            if (!visit.isOf(browser(request).orElse(null)))
                throw refused(
                        400,
                        "bad_oauth_state",
                        "This sign-in was begun in another browser, or not at the address of this service");
            var error = present(request, "error");
            if (error != null) return refusedThere(landing, visit, error, request);
            var code = present(request, "code");
            if (code == null)
                throw refused(400, "bad_oauth_callback", "OAuth callback with missing authorization code");
            if (!providers.has(visit.provider()))
                throw refused(400, "oauth_provider_not_supported", "This provider is not enabled any more");
            var come = providers.come(visit.provider(), state, code);
            var device = Device.of(request);
            return visit.linking() == null ? in(landing, visit, come, device) : linked(landing, visit, come, device);
        } catch (AuthRefusedException e) {
            return landing.wrong(
                    e.error().code().startsWith("bad_oauth") ? "invalid_request" : "access_denied", e.error());
        } catch (TooManyException e) {
            return landing.wrong(AuthError.tooMany(e));
        } catch (NotShownException e) {
            LOG.warn("a provider's answer cannot be used: {}", e.getMessage());
            trail.note(Action.PROVIDER_FAILED, null, null, null, Device.of(request), "answer");
            return landing.wrong(
                    "server_error",
                    AuthError.of(400, "bad_oauth_callback", "The provider's answer cannot be used to sign in"));
        } catch (ProviderUnavailableException e) {
            LOG.warn("somebody came back from a provider that cannot be asked: {}", e.getMessage());
            return landing.wrong("temporarily_unavailable", unavailable());
        } catch (AccountRejection.Rejected e) {
            return landing.wrong(AuthError.of(422, "validation_failed", "The provider's words cannot make an account"));
        }
    }

    private static AuthError unavailable() {
        return AuthError.of(503, "unexpected_failure", "The provider is not available now");
    }

    private ResponseEntity<Void> refusedThere(
            Landing landing, Returned visit, String error, HttpServletRequest request) {
        trail.note(Action.PROVIDER_FAILED, null, null, null, Device.of(request), visit.provider());
        var reason = Optional.ofNullable(present(request, "error_description")).orElse("The provider refused");
        return landing.wrong(
                ERROR.matcher(error).matches() ? error : "access_denied",
                AuthError.of(
                        400,
                        "bad_oauth_callback",
                        reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON)));
    }

    private ResponseEntity<Void> in(Landing landing, Returned visit, Come come, Device device) {
        var rules = new ProviderAccounts.Rules(providers.linksByEmail(visit.provider()), this.rules.signUp(), false);
        return switch (people.signIn(come.person(), rules, device)) {
            case Followed.Person person -> letIn(landing, visit, come, person.account(), null, device);
            case Followed.NotVerified _ ->
                throw refused(
                        422,
                        "provider_email_needs_verification",
                        "The provider does not vouch for your email address; sign up with it here, then link");
            case Followed.AddressHeld _ ->
                throw refused(
                        422, "email_exists", "Somebody has this address here; sign in and link the provider then");
            case Followed.IdentityHeld _ -> throw Exchanges.held();
            case Followed.Closed _ -> throw refused(422, "signup_disabled", "Signups not allowed for this instance");
        };
    }

    private ResponseEntity<Void> linked(Landing landing, Returned visit, Come come, Device device) {
        var linking = visit.linking();
        if (linking == null) throw new IllegalStateException("asked for who links");
        var account = exchanges.still(linking.account(), linking.session());
        if (accounts.byIdentity(come.person()).isPresent()) throw Exchanges.held();
        // a client with a verifier shows first that it is the one that wanted this
        if (visit.flowState() != null)
            return letIn(
                    landing,
                    visit,
                    come,
                    account,
                    new Carried(come.accessToken(), come.refreshToken(), come.person(), linking.session()),
                    device);
        if (people.link(account, come.person(), linking.session(), device) instanceof Followed.Person person)
            return letIn(landing, visit, come, person.account(), null, device);
        throw Exchanges.held();
    }

    private ResponseEntity<Void> letIn(
            Landing landing, Returned visit, Come come, Account account, @Nullable Carried linking, Device device) {
        var how = Proof.oauth(visit.provider());
        if (visit.flowState() != null) {
            var carried = linking != null ? linking : new Carried(come.accessToken(), come.refreshToken(), null, null);
            return flows.code(visit.flowState(), account.id(), how, carried)
                    .map(landing::code)
                    .orElseThrow(
                            () -> refused(422, "flow_state_expired", "invalid flow state, flow state has expired"));
        }
        var session = answers.open(account, how, device).with(come.accessToken(), come.refreshToken());
        return landing.session(session, Map.of());
    }

    /** Takes away a way to sign in, as long as there is another. */
    @DeleteMapping("/user/identities/{id}")
    Map<String, Object> unlink(@PathVariable("id") String id, HttpServletRequest request) {
        var signedIn = mayLink();
        var account = signedIn.account();
        var device = Device.of(request);
        var identity = uuid(id);
        if (account.emailIdentityAt() != null && identity.equals(UserAnswer.emailIdentity(account.id()))) {
            if (!people.unlinkEmail(account, signedIn.session(), device)) throw single();
            return Map.of();
        }
        var known = account.identities().stream()
                .filter(each -> each.id().equals(identity))
                .findFirst()
                .orElseThrow(() -> refused(404, "identity_not_found", "Identity not found"));
        if (!people.unlink(account, identity, known.provider(), signedIn.session(), device)) throw single();
        return Map.of();
    }

    private static UUID uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw refused(404, "validation_failed", "identity_id: must be a UUID");
        }
    }

    private static AuthRefusedException single() {
        return refused(
                422,
                "single_identity_not_deletable",
                "User must have at least 1 identity after unlinking; set a password first");
    }

    private static AuthRefusedException refused(int status, String code, String message) {
        return new AuthRefusedException(AuthError.of(status, code, message));
    }

    private static AuthRefusedException malformed(String message) {
        return new AuthRefusedException(AuthError.malformed(message));
    }
}
