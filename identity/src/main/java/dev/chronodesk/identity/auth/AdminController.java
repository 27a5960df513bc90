package dev.chronodesk.identity.auth;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.account.Account;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.EmailAddress;
import dev.chronodesk.identity.account.UserMetadata;
import dev.chronodesk.identity.auth.Administration.Changes;
import dev.chronodesk.identity.flow.MailedProofs;
import dev.chronodesk.identity.flow.OwnFactors;
import dev.chronodesk.identity.link.LinkKind;
import dev.chronodesk.identity.mail.Outbox;
import dev.chronodesk.identity.session.Device;
import dev.chronodesk.identity.session.Sessions;
import dev.chronodesk.identity.trail.Trail;
import dev.chronodesk.identity.trail.Trail.Action;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The accounts of others, for administrators and the secret key; what happened, for auditors too. */
@RestController
@RequestMapping("/auth/v1")
public final class AdminController {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Go's way to write a duration, as far as the contract uses it. */
    private static final Pattern DURATION = Pattern.compile("(?:(\\d{1,7})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?");

    private final Accounts accounts;
    private final Administration administration;
    private final MailedProofs mails;
    private final OwnFactors factors;
    private final Outbox outbox;
    private final Sessions sessions;
    private final Trail trail;
    private final Wishes wishes;
    private final URI issuer;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** @param issuer our address, for links to further pages */
    public AdminController(
            Accounts accounts,
            Administration administration,
            MailedProofs mails,
            OwnFactors factors,
            Outbox outbox,
            Sessions sessions,
            Trail trail,
            Wishes wishes,
            URI issuer,
            Clock clock) {
        this.accounts = accounts;
        this.administration = administration;
        this.mails = mails;
        this.factors = factors;
        this.outbox = outbox;
        this.sessions = sessions;
        this.trail = trail;
        this.wishes = wishes;
        this.issuer = issuer;
        this.clock = clock;
    }

    /** @param users one page of them */
    public record Users(List<UserAnswer> users, String aud) {}

    @GetMapping("/admin/users")
    ResponseEntity<Users> list(HttpServletRequest request) {
        Administrators.only();
        var page = AuthQuery.number(request, "page", 1, 1, 1_000_000);
        var size = AuthQuery.number(request, "per_page", 50, 1, 1_000);
        var total = accounts.count();
        var last = Math.max(1, (total + size - 1) / size);
        var links = new ArrayList<String>();
        if (page < last) links.add(link(page + 1, size, "next"));
        links.add(link(last, size, "last"));
        var users = accounts.page(Math.multiplyExact(page - 1, size), size).stream()
                .map(AdminController::answer)
                .toList();
        return ResponseEntity.ok()
                .header("Link", String.join(", ", links))
                .header("X-Total-Count", Long.toString(total))
                .body(new Users(users, "authenticated"));
    }

    private String link(long page, int size, String rel) {
        return "<" + issuer + "/admin/users?page=" + page + "&per_page=" + size + ">; rel=\"" + rel + "\"";
    }

    private static UserAnswer answer(Account account) {
        return UserAnswer.of(account, account.role());
    }

    @PostMapping("/admin/users")
    UserAnswer create(HttpServletRequest request) throws IOException {
        var by = Administrators.only();
        var body = AuthBody.of(request);
        var email = address(body, "email");
        if (email == null) throw malformed("email: is required");
        if (body.has("password_hash")) throw malformed("password_hash: hashes of other systems are not taken over");
        var id = body.text("id");
        var changes = changes(body);
        if (changes.ban() != null && changes.role() == Role.ADMIN)
            throw malformed("ban_duration: an administrator must be given another role first");
        var account = administration.create(
                id == null ? Uuids.v7(clock.instant(), random) : uuid("id", id),
                email,
                changes,
                by,
                Device.of(request));
        if (changes.ban() != null) accounts.ban(account.id(), changes.ban().equals(Instant.MIN) ? null : changes.ban());
        return answer(there(account.id()));
    }

    @GetMapping("/admin/users/{id}")
    UserAnswer get(@PathVariable("id") String id) {
        Administrators.only();
        return answer(there(id));
    }

    @PutMapping("/admin/users/{id}")
    UserAnswer change(@PathVariable("id") String id, HttpServletRequest request) throws IOException {
        var by = Administrators.only();
        var account = there(id);
        return answer(administration.change(account, changes(AuthBody.of(request)), by, Device.of(request)));
    }

    private Changes changes(AuthBody body) {
        if (body.text("phone") != null) throw refused(422, "phone_provider_disabled", "Phone numbers are disabled");
        var role = body.text("role");
        if (role != null && !role.equals("authenticated"))
            throw malformed("role: only authenticated; the role at the desk is app_metadata.role");
        var appMetadata = new LinkedHashMap<>(body.object("app_metadata"));
        var desk = role(appMetadata.remove("role"));
        appMetadata.remove("provider");
        appMetadata.remove("providers");
        small("app_metadata", appMetadata);
        var userMetadata = body.object("user_metadata");
        small("user_metadata", userMetadata);
        return new Changes(
                address(body, "email"),
                body.text("password"),
                body.has("email_confirm") ? body.yes("email_confirm", false) : null,
                desk,
                ban(body.text("ban_duration")),
                appMetadata,
                userMetadata);
    }

    private static void small(String field, Map<String, @Nullable Object> metadata) {
        if (JSON.writeValueAsBytes(metadata).length > UserMetadata.MAX)
            throw malformed(field + ": at most " + UserMetadata.MAX + " bytes of JSON");
    }

    private static @Nullable Role role(@Nullable Object text) {
        if (text == null) return null;
        return Arrays.stream(Role.values())
                .filter(role -> role != Role.SERVICE && role.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> malformed("app_metadata.role: one of "
                        + Arrays.stream(Role.values())
                                .filter(role -> role != Role.SERVICE)
                                .map(Role::toString)
                                .collect(Collectors.joining(", "))));
    }

    private @Nullable Instant ban(@Nullable String duration) {
        if (duration == null) return null;
        if (duration.equals("none")) return Instant.MIN;
        var parts = DURATION.matcher(duration);
        if (!parts.matches()) throw malformed("ban_duration: none, or hours, minutes and seconds such as 24h or 1h30m");
        var length = Duration.ofHours(part(parts.group(1)))
                .plusMinutes(part(parts.group(2)))
                .plusSeconds(part(parts.group(3)));
        if (!length.isPositive()) throw malformed("ban_duration: longer than nothing");
        return clock.instant().plus(length);
    }

    private static long part(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    @DeleteMapping("/admin/users/{id}")
    Map<String, Object> delete(@PathVariable("id") String id, HttpServletRequest request) throws IOException {
        var by = Administrators.only();
        var account = there(id);
        var softly = AuthBody.of(request).yes("should_soft_delete", false);
        if (softly) administration.deactivate(account, by, Device.of(request));
        else administration.erase(account, by, Device.of(request));
        return Map.of();
    }

    @DeleteMapping("/admin/users/{id}/sessions")
    ResponseEntity<Void> signOut(@PathVariable("id") String id, HttpServletRequest request) {
        var by = Administrators.only();
        var account = there(id);
        sessions.endAll(account.id());
        trail.note(Action.SIGNED_OUT, by.id(), account.id(), null, Device.of(request), "administrator");
        return ResponseEntity.noContent().build();
    }

    @GetMapping("/admin/users/{id}/factors")
    List<FactorAnswer> factors(@PathVariable("id") String id) {
        Administrators.only();
        return there(id).factors().stream().map(FactorAnswer::of).toList();
    }

    /** The way back in for somebody whose device is lost. */
    @DeleteMapping("/admin/users/{id}/factors/{factor}")
    FactorAnswer removeFactor(
            @PathVariable("id") String id, @PathVariable("factor") String factor, HttpServletRequest request) {
        var by = Administrators.only();
        return FactorAnswer.of(
                factors.remove(there(id), FactorsController.factor(factor), by.id(), Device.of(request)));
    }

    @PostMapping("/invite")
    UserAnswer invite(HttpServletRequest request) throws IOException {
        var by = Administrators.only();
        var body = AuthBody.of(request);
        var email = address(body, "email");
        if (email == null) throw malformed("email: is required");
        var data = body.withoutNulls("data");
        UserMetadata.check(data);
        var wanted = wishes.of(request, body);
        var device = Device.of(request);
        var account = administration.invited(email, data, by, device);
        mails.send(LinkKind.INVITE, account, wanted);
        trail.note(Action.INVITED, by.id(), account.id(), null, device, null);
        return answer(there(account.id()));
    }

    /** A link for a program that sends its own mail: the person with what the mail would carry. */
    @PostMapping("/admin/generate_link")
    ObjectNode generateLink(HttpServletRequest request) throws IOException {
        var by = Administrators.only();
        var body = AuthBody.of(request);
        var email = address(body, "email");
        if (email == null) throw malformed("email: is required");
        var wanted = wishes.of(request, body);
        var device = Device.of(request);
        var type = body.required("type");
        var kind =
                switch (type) {
                    case "signup" -> LinkKind.CONFIRMATION;
                    case "invite" -> LinkKind.INVITE;
                    case "magiclink" -> LinkKind.MAGICLINK;
                    case "recovery" -> LinkKind.RECOVERY;
                    case "email_change_current" -> LinkKind.EMAIL_CHANGE_CURRENT;
                    case "email_change_new" -> LinkKind.EMAIL_CHANGE_NEW;
                    default ->
                        throw malformed("type: signup, invite, magiclink, recovery, email_change_current or"
                                + " email_change_new");
                };
        var account = account(kind, email, body, by, device);
        var to = email;
        if (kind == LinkKind.EMAIL_CHANGE_CURRENT || kind == LinkKind.EMAIL_CHANGE_NEW) {
            var newEmail = address(body, "new_email");
            if (newEmail == null) throw malformed("new_email: is required");
            if (accounts.byEmail(newEmail).isPresent())
                throw refused(422, "email_exists", "A user with this email address has already been registered");
            // the link for the other address may have been made before
            if (!newEmail.equals(account.newEmail())) accounts.wants(account.id(), newEmail);
            if (kind == LinkKind.EMAIL_CHANGE_NEW) to = newEmail;
        }
        var link = mails.link(kind, account, to, wanted);
        trail.note(Action.LINK_MADE, by.id(), account.id(), null, device, type);
        var answer = (ObjectNode) JSON.valueToTree(answer(there(account.id())));
        answer.put("action_link", link.address().toString());
        answer.put("email_otp", link.token().code());
        answer.put("hashed_token", link.token().link());
        answer.put("verification_type", type);
        answer.put("redirect_to", wanted.redirect().toString());
        return answer;
    }

    private Account account(LinkKind kind, EmailAddress email, AuthBody body, Caller.Known by, Device device) {
        return switch (kind) {
            case CONFIRMATION -> {
                var data = body.object("data");
                small("data", data);
                var before = accounts.byEmail(email);
                if (before.isPresent() && !before.get().confirmed()) yield before.get();
                yield administration.create(
                        Uuids.v7(clock.instant(), random),
                        email,
                        new Changes(null, body.required("password"), false, null, null, Map.of(), data),
                        by,
                        device);
            }
            case INVITE -> {
                var data = body.withoutNulls("data");
                UserMetadata.check(data);
                yield administration.invited(email, data, by, device);
            }
            case MAGICLINK, RECOVERY, EMAIL_CHANGE_CURRENT, EMAIL_CHANGE_NEW, REAUTHENTICATION ->
                accounts.byEmail(email).orElseThrow(() -> new AuthRefusedException(AuthError.noSuchUser()));
        };
    }

    /**
     * One entry of the trail.
     *
     * @param payload what happened: action, actor_id, account_id, session_id, user_agent, cause
     */
    public record AuditEntry(
            long id,
            @JsonProperty("created_at") String createdAt,
            @JsonProperty("ip_address") @Nullable String ipAddress,
            Map<String, @Nullable Object> payload) {}

    /** What happened to accounts, the latest first; {@code before} goes on, {@code account} asks about one. */
    @GetMapping("/admin/audit")
    List<AuditEntry> audit(HttpServletRequest request) {
        Administrators.orAuditors();
        var account = AuthQuery.parameter(request, "account");
        var before = AuthQuery.parameter(request, "before");
        return trail
                .before(
                        before == null ? Long.MAX_VALUE : whole("before", before),
                        account == null ? null : uuid("account", account),
                        AuthQuery.number(request, "per_page", 100, 1, Trail.PAGE))
                .stream()
                .map(AdminController::entry)
                .toList();
    }

    private static AuditEntry entry(Trail.Entry entry) {
        var payload = new LinkedHashMap<String, @Nullable Object>();
        payload.put("action", entry.action());
        payload.put("actor_id", entry.actorId());
        payload.put("account_id", entry.accountId());
        payload.put("session_id", entry.sessionId());
        payload.put("user_agent", entry.userAgent());
        payload.put("cause", entry.cause());
        return new AuditEntry(entry.id(), String.valueOf(UserAnswer.time(entry.at())), entry.address(), payload);
    }

    /** Mails that were or are to be sent, the latest first, without their texts; {@code before} goes on. */
    @GetMapping("/admin/mails")
    List<MailAnswer> mails(HttpServletRequest request) {
        Administrators.orAuditors();
        var before = AuthQuery.parameter(request, "before");
        return outbox
                .before(
                        before == null ? null : uuid("before", before),
                        AuthQuery.number(request, "per_page", 100, 1, 1_000))
                .stream()
                .map(MailAnswer::of)
                .toList();
    }

    private Account there(String id) {
        try {
            return there(UUID.fromString(id));
        } catch (IllegalArgumentException e) {
            throw refused(404, "validation_failed", "user_id must be an UUID");
        }
    }

    private Account there(UUID id) {
        return accounts.byId(id).orElseThrow(() -> new AuthRefusedException(AuthError.noSuchUser()));
    }

    private static UUID uuid(String field, String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw malformed(field + ": must be a UUID");
        }
    }

    private static long whole(String field, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw malformed(field + ": must be a whole number");
        }
    }

    private static @Nullable EmailAddress address(AuthBody body, String field) {
        var text = body.text(field);
        if (text == null) return null;
        return EmailAddress.of(text)
                .orElseThrow(() -> malformed(field + ": Unable to validate email address: invalid format"));
    }

    private static AuthRefusedException refused(int status, String code, String message) {
        return new AuthRefusedException(AuthError.of(status, code, message));
    }

    private static AuthRefusedException malformed(String message) {
        return new AuthRefusedException(AuthError.malformed(message));
    }
}
