package dev.chronodesk.identity.auth;

import static dev.chronodesk.identity.Auth.PASSWORD;
import static dev.chronodesk.identity.Auth.address;
import static dev.chronodesk.identity.Auth.refused;
import static dev.chronodesk.identity.Auth.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.profile.AssignRole;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.Auth;
import dev.chronodesk.identity.Desk;
import dev.chronodesk.identity.Desk.Answer;
import dev.chronodesk.identity.PostOffice;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What administrators and the secret key do with the accounts of others, over HTTP. */
class AdminSpec {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String KEY = "sb_secret_0123456789012345678901";

    private static PostOffice post;
    private static TestDatabase database;
    private static Desk desk;
    private static Auth auth;

    @BeforeAll
    static void open() {
        post = new PostOffice();
        database = TestDatabase.create();
        desk = Desk.on(database, post.settings("chronodesk.identity.secret-key", KEY));
        auth = new Auth(desk);
    }

    @AfterAll
    static void close() {
        desk.close();
        database.close();
        post.close();
    }

    private static Answer send(String method, String path, Map<String, ?> body) {
        return desk.send("/auth/v1" + path, request -> request.method(
                        method, BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .headers("apikey", KEY, "Authorization", "Bearer " + KEY, "X-Supabase-Api-Version", "2024-01-01"));
    }

    private static JsonNode ok(Answer answer) {
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
        return answer.json();
    }

    private static JsonNode created(Map<String, ?> body) {
        return ok(send("POST", "/admin/users", body));
    }

    private static JsonNode person(String email, Role role) {
        var made = created(Map.of("email", email, "password", PASSWORD, "email_confirm", true));
        if (role != Role.CUSTOMER)
            desk.commands()
                    .send(
                            new AssignRole(ProfileId.of(made.get("id").stringValue()), role),
                            Senders.SYSTEM,
                            Terms.PLAIN);
        return session(auth.signIn(email, PASSWORD));
    }

    private static String id(JsonNode user) {
        return user.get("id").stringValue();
    }

    @Test
    void others_are_kept_out() {
        var there = id(created(Map.of("email", address())));
        var calls = new HashMap<String, String>();
        calls.put("/admin/users", "GET POST");
        calls.put("/admin/users/" + there, "GET PUT DELETE");
        calls.put("/admin/users/" + there + "/sessions", "DELETE");
        calls.put("/invite", "POST");
        calls.put("/admin/generate_link", "POST");
        calls.put("/admin/users/" + there + "/factors", "GET");
        calls.put("/admin/users/" + there + "/factors/" + there, "DELETE");
        calls.put("/admin/api_keys", "GET POST");
        calls.put("/admin/api_keys/" + there, "DELETE");
        calls.put("/admin/api_keys/" + there + "/rotate", "POST");
        calls.put("/admin/signing_keys", "POST");
        calls.put("/admin/audit", "GET");
        calls.put("/admin/mails", "GET");
        assertThat(calls.keySet().stream().map(path -> "/auth/v1" + path.replace(there, "{}")))
                .as("all calls about others")
                .containsExactlyInAnyOrderElementsOf(administrative());
        var people = new HashMap<String, JsonNode>();
        for (var role : List.of(Role.CUSTOMER, Role.AGENT, Role.ANALYST, Role.AUDITOR))
            people.put(role.toString(), person(address(), role));
        calls.forEach((path, methods) -> {
            for (var method : List.of(methods.split(" ", -1))) {
                refused(
                        desk.send("/auth/v1" + path, request -> request.method(method, BodyPublishers.ofString("{}"))
                                .headers("X-Supabase-Api-Version", "2024-01-01")),
                        401,
                        "no_authorization");
                people.forEach((role, session) -> {
                    var answer = desk.send("/auth/v1" + path, request -> request.method(
                                    method, BodyPublishers.ofString("{}"))
                            .headers(
                                    "Authorization",
                                    "Bearer " + session.get("access_token").stringValue(),
                                    "X-Supabase-Api-Version",
                                    "2024-01-01"));
                    if (role.equals("auditor") && (path.endsWith("audit") || path.endsWith("mails")))
                        assertThat(answer.status()).isEqualTo(200);
                    else refused(answer, 403, "not_admin");
                });
            }
        });
        assertThat(ok(send("GET", "/admin/users/" + there, Map.of())).get("id").stringValue())
                .isEqualTo(there);
    }

    private static Set<String> administrative() {
        return desk.bean(RequestMappingHandlerMapping.class).getHandlerMethods().keySet().stream()
                .flatMap(mapping -> mapping.getPatternValues().stream())
                .filter(path -> path.startsWith("/auth/v1/admin") || path.startsWith("/auth/v1/invite"))
                .map(path -> path.replaceAll("\\{[^}]*}", "{}"))
                .collect(Collectors.toSet());
    }

    @Test
    void signing_keys_change_with_an_overlap_or_at_once() {
        var email = address();
        var session = person(email, Role.CUSTOMER);
        var soon = ok(send("POST", "/admin/signing_keys", Map.of())).get("kid").stringValue();
        var keys = desk.get("/auth/v1/.well-known/jwks.json").raw().body();
        assertThat(keys).contains(soon);
        assertThat(auth.get(session, "/user").status()).isEqualTo(200);
        var now = ok(send("POST", "/admin/signing_keys", Map.of("at_once", true)))
                .get("kid")
                .stringValue();
        assertThat(desk.get("/auth/v1/.well-known/jwks.json").raw().body())
                .contains(now)
                .doesNotContain(soon);
        refused(auth.get(session, "/user"), 403, "bad_jwt");
        assertThat(auth.get(session(auth.refresh(session)), "/user").status()).isEqualTo(200);
    }

    @Test
    void people_are_listed_in_pages() {
        for (var i = 0; i < 5; i++) created(Map.of("email", address()));
        var seen = new HashSet<String>();
        var total = Integer.parseInt(
                send("GET", "/admin/users?per_page=2", Map.of()).header("X-Total-Count"));
        var last = (total + 1) / 2;
        for (var page = 1; page <= last; page++) {
            var answer = send("GET", "/admin/users?page=" + page + "&per_page=2", Map.of());
            ok(answer).get("users").forEach(user -> seen.add(id(user)));
            assertThat(answer.json().get("aud").stringValue()).isEqualTo("authenticated");
            assertThat(answer.header("Link"))
                    .contains("page=" + last + "&per_page=2>; rel=\"last\"")
                    .startsWith(page < last ? "<http://localhost:8080/auth/v1/admin/users?page=" + (page + 1) : "<");
            assertThat(answer.header("Link").contains("next")).isEqualTo(page < last);
        }
        assertThat(seen).hasSize(total);
        for (var wrong : List.of("page=0", "per_page=0", "per_page=1001", "page=x"))
            refused(send("GET", "/admin/users?" + wrong, Map.of()), 400, "validation_failed");
    }

    @Test
    void a_person_is_made_with_everything_that_is_said() {
        var email = address();
        var id = UUID.randomUUID().toString();
        var made = created(Map.of(
                "id",
                id,
                "email",
                email,
                "password",
                PASSWORD,
                "email_confirm",
                true,
                "user_metadata",
                Map.of("name", "Ada"),
                "app_metadata",
                Map.of("role", "agent", "floor", 3, "provider", "nonsense")));
        assertThat(id(made)).isEqualTo(id);
        assertThat(made.get("app_metadata"))
                .isEqualTo(JSON.readTree(
                        "{\"floor\":3,\"provider\":\"email\",\"providers\":[\"email\"],\"role\":\"agent\"}"));
        var session = session(auth.signIn(email, PASSWORD));
        assertThat(session.get("user").get("app_metadata").get("role").stringValue())
                .isEqualTo("agent");
        refused(send("POST", "/admin/users", Map.of("email", email)), 422, "email_exists");
        refused(send("POST", "/admin/users", Map.of("email", address(), "id", id)), 422, "email_exists");
        refused(send("POST", "/admin/users", Map.of("email", address(), "id", "x")), 400, "validation_failed");
        refused(send("POST", "/admin/users", Map.of()), 400, "validation_failed");
        refused(
                send("POST", "/admin/users", Map.of("email", address(), "password", "password1")),
                422,
                "weak_password");
        for (var wrong : List.of("service", "king")) {
            var other = address();
            refused(
                    send("POST", "/admin/users", Map.of("email", other, "app_metadata", Map.of("role", wrong))),
                    400,
                    "validation_failed");
            refused(auth.signIn(other, PASSWORD), 400, "invalid_credentials");
        }
        refused(send("POST", "/admin/users", Map.of("email", address(), "role", "admin")), 400, "validation_failed");
    }

    @Test
    void a_person_without_confirmation_waits_for_it() {
        var email = address();
        var made = created(Map.of("email", email, "password", PASSWORD));
        refused(auth.signIn(email, PASSWORD), 400, "email_not_confirmed");
        ok(send("PUT", "/admin/users/" + id(made), Map.of("email_confirm", true)));
        session(auth.signIn(email, PASSWORD));
    }

    @Test
    void a_person_is_changed_and_told_so() {
        var email = address();
        var session = person(email, Role.CUSTOMER);
        var path = "/admin/users/" + id(session.get("user"));
        ok(send("PUT", path, Map.of("app_metadata", Map.of("role", "agent", "floor", 3))));
        assertThat(auth.get(session, "/user")
                        .json()
                        .get("app_metadata")
                        .get("role")
                        .stringValue())
                .isEqualTo("agent");
        var changes = new HashMap<String, Object>();
        changes.put("floor", null);
        assertThat(ok(send("PUT", path, Map.of("app_metadata", changes)))
                        .get("app_metadata")
                        .has("floor"))
                .isFalse();
        ok(send("PUT", path, Map.of("password", "another horse")));
        refused(auth.get(session, "/user"), 403, "session_not_found");
        assertThat(post.next(email).subject()).contains("password");
        session(auth.signIn(email, "another horse"));
        var moved = address();
        assertThat(ok(send("PUT", path, Map.of("email", moved))).get("email").stringValue())
                .isEqualTo(moved);
        assertThat(post.next(email).subject()).contains("address");
        session(auth.signIn(moved, "another horse"));
        var other = address();
        created(Map.of("email", other));
        refused(send("PUT", path, Map.of("email", other, "password", PASSWORD)), 422, "email_exists");
        session(auth.signIn(moved, "another horse")); // nothing of a refused change is done
        refused(send("PUT", path, Map.of("password", "password1")), 422, "weak_password");
        refused(send("PUT", path, Map.of("phone", "1")), 422, "phone_provider_disabled");
        refused(send("PUT", "/admin/users/" + UUID.randomUUID(), Map.of()), 404, "user_not_found");
        refused(send("GET", "/admin/users/nonsense", Map.of()), 404, "validation_failed");
    }

    @Test
    void a_ban_is_in_force_at_once_with_old_tokens_too_and_ends() {
        var email = address();
        var session = person(email, Role.CUSTOMER);
        var path = "/admin/users/" + id(session.get("user"));
        for (var wrong : List.of("1d", "h", "-1h", "0s", ""))
            if (!wrong.isEmpty()) refused(send("PUT", path, Map.of("ban_duration", wrong)), 400, "validation_failed");
        assertThat(ok(send("PUT", path, Map.of("ban_duration", "1h30m"))).has("banned_until"))
                .isTrue();
        refused(auth.get(session, "/user"), 403, "user_banned");
        refused(auth.signIn(email, PASSWORD), 400, "user_banned");
        assertThat(auth.refresh(session).status()).isEqualTo(400);
        auth.post("/recover", Map.of("email", email));
        refused(
                auth.post(
                        "/verify",
                        Map.of(
                                "type",
                                "recovery",
                                "email",
                                email,
                                "token",
                                post.next(email).code())),
                400,
                "user_banned");
        assertThat(ok(send("PUT", path, Map.of("ban_duration", "none"))).has("banned_until"))
                .isFalse();
        session(auth.signIn(email, PASSWORD));
        refused(auth.refresh(session), 400, "refresh_token_already_used");
        var admin = person(address(), Role.ADMIN);
        refused(
                send("PUT", "/admin/users/" + id(admin.get("user")), Map.of("ban_duration", "1h")),
                422,
                "validation_failed");
    }

    @Test
    void people_are_invited_by_mail_and_choose_their_password() {
        var email = address();
        var invited = ok(send("POST", "/invite", Map.of("email", email, "data", Map.of("name", "Bo"))));
        assertThat(invited.get("invited_at").stringValue()).isNotBlank();
        var mail = post.next(email);
        assertThat(mail.subject()).isEqualTo("You are invited to Chronodesk");
        var session = session(auth.post("/verify", Map.of("type", "invite", "email", email, "token", mail.code())));
        assertThat(auth.put(session, "/user", Map.of("password", PASSWORD)).status())
                .isEqualTo(200);
        session(auth.signIn(email, PASSWORD));
        refused(send("POST", "/invite", Map.of("email", email)), 422, "email_exists");
    }

    @Test
    void links_are_made_without_a_mail() throws Exception {
        var email = address();
        var link = ok(
                send("POST", "/admin/generate_link", Map.of("type", "signup", "email", email, "password", PASSWORD)));
        assertThat(link.get("verification_type").stringValue()).isEqualTo("signup");
        assertThat(link.get("email").stringValue()).isEqualTo(email);
        assertThat(link.get("action_link").stringValue())
                .startsWith("http://localhost:8080/auth/v1/verify?token="
                        + link.get("hashed_token").stringValue() + "&type=signup&redirect_to=");
        session(auth.post(
                "/verify",
                Map.of("type", "signup", "token_hash", link.get("hashed_token").stringValue())));
        for (var type : List.of("magiclink", "recovery")) {
            var made = ok(send("POST", "/admin/generate_link", Map.of("type", type, "email", email)));
            session(auth.post(
                    "/verify",
                    Map.of(
                            "type",
                            type,
                            "email",
                            email,
                            "token",
                            made.get("email_otp").stringValue())));
            refused(
                    send("POST", "/admin/generate_link", Map.of("type", type, "email", address())),
                    404,
                    "user_not_found");
        }
        var invited = address();
        var invitation = ok(send("POST", "/admin/generate_link", Map.of("type", "invite", "email", invited)));
        session(auth.post(
                "/verify",
                Map.of(
                        "type",
                        "invite",
                        "token_hash",
                        invitation.get("hashed_token").stringValue())));
        var moved = address();
        var codes = new ArrayList<String>();
        for (var type : List.of("email_change_current", "email_change_new"))
            codes.add(ok(send("POST", "/admin/generate_link", Map.of("type", type, "email", email, "new_email", moved)))
                    .get("email_otp")
                    .stringValue());
        auth.post("/verify", Map.of("type", "email_change", "email", email, "token", codes.get(0)));
        session(auth.post("/verify", Map.of("type", "email_change", "email", moved, "token", codes.get(1))));
        refused(send("POST", "/admin/generate_link", Map.of("type", "sms", "email", email)), 400, "validation_failed");
        Thread.sleep(200);
        assertThat(post.count(invited)).isZero();
    }

    @Test
    void a_person_is_locked_out_softly_and_signed_out_everywhere() {
        var email = address();
        var session = person(email, Role.CUSTOMER);
        var id = id(session.get("user"));
        assertThat(send("DELETE", "/admin/users/" + id + "/sessions", Map.of()).status())
                .isEqualTo(204);
        refused(auth.get(session, "/user"), 403, "session_not_found");
        assertThat(ok(send("DELETE", "/admin/users/" + id, Map.of("should_soft_delete", true))))
                .isEqualTo(JSON.readTree("{}"));
        refused(auth.signIn(email, PASSWORD), 400, "user_banned");
    }

    @Test
    void a_person_is_erased_and_the_address_is_free_again() {
        var email = address();
        var session = person(email, Role.CUSTOMER);
        var id = id(session.get("user"));
        assertThat(ok(send("DELETE", "/admin/users/" + id, Map.of()))).isEqualTo(JSON.readTree("{}"));
        assertThat(auth.get(session, "/user").status()).isEqualTo(403);
        refused(auth.signIn(email, PASSWORD), 400, "invalid_credentials");
        refused(send("GET", "/admin/users/" + id, Map.of()), 404, "user_not_found");
        assertThat(ok(send("GET", "/admin/audit?account=" + id, Map.of())).size())
                .isZero();
        assertThat(id(created(Map.of("email", email)))).isNotEqualTo(id);
        var admin = person(address(), Role.ADMIN);
        refused(send("DELETE", "/admin/users/" + id(admin.get("user")), Map.of()), 422, "validation_failed");
    }

    @Test
    void what_was_done_is_told_to_auditors_with_who_did_it() {
        var email = address();
        var session = person(email, Role.CUSTOMER);
        var id = id(session.get("user"));
        auth.signIn(email, "a wrong one");
        ok(send("PUT", "/admin/users/" + id, Map.of("password", "another horse")));
        post.next(email);
        var entries = ok(send("GET", "/admin/audit?account=" + id, Map.of()));
        var actions = new ArrayList<String>();
        entries.forEach(entry -> actions.add(entry.get("payload").get("action").stringValue()));
        assertThat(actions)
                .containsExactly(
                        "account_changed", "password_changed", "sign_in_failed", "signed_in", "account_created");
        assertThat(entries.get(1).get("payload").get("actor_id").stringValue())
                .isEqualTo("6ce00c8e-3f06-51c1-9865-ef07183b2065");
        assertThat(entries.get(2).get("ip_address").stringValue()).isEqualTo("127.0.0.1");
        var older = ok(send(
                "GET",
                "/admin/audit?account=" + id + "&before="
                        + entries.get(3).get("id").longValue(),
                Map.of()));
        assertThat(older.size()).isEqualTo(1);
        var mails = ok(send("GET", "/admin/mails?per_page=1000", Map.of()));
        var mine = new ArrayList<JsonNode>();
        mails.forEach(mail -> {
            if (mail.get("recipient").stringValue().equals(email)) mine.add(mail);
        });
        assertThat(mine).hasSize(1);
        assertThat(mine.getFirst().get("kind").stringValue()).isEqualTo("password_changed");
        assertThat(mine.getFirst().get("message_id").stringValue()).endsWith("@localhost>");
    }
}
