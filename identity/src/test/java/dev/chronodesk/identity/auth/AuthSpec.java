package dev.chronodesk.identity.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.profile.AssignRole;
import dev.chronodesk.events.profile.DisplayNameChanged;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.Desk;
import dev.chronodesk.identity.Desk.Answer;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The shapes and errors of {@code /auth/v1}, over HTTP, as the clients see them. */
@ExtendWith(OutputCaptureExtension.class)
class AuthSpec {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String[] CURRENT = {"X-Supabase-Api-Version", "2024-01-01"};
    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z";

    private static Desk desk;
    private static JdbcClient jdbc;
    private static int people;

    @BeforeAll
    static void open() {
        desk = Desk.open();
        jdbc = JdbcClient.create(desk.database().database().identity());
    }

    @AfterAll
    static void close() {
        desk.close();
    }

    private static String address() {
        return "person" + people++ + "@example.org";
    }

    private static Answer signUp(String email, String password) {
        return desk.post("/auth/v1/signup", credentials(email, password), CURRENT);
    }

    private static Answer signIn(String email, String password) {
        return desk.post("/auth/v1/token?grant_type=password", credentials(email, password), CURRENT);
    }

    private static Answer refresh(String token) {
        return desk.post(
                "/auth/v1/token?grant_type=refresh_token",
                JSON.writeValueAsString(Map.of("refresh_token", token)),
                CURRENT);
    }

    private static String credentials(String email, String password) {
        return JSON.writeValueAsString(Map.of("email", email, "password", password));
    }

    private static JsonNode session() {
        var answer = signUp(address(), "correct horse");
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
        return answer.json();
    }

    private static String[] bearer(JsonNode session) {
        return new String[] {
            "Authorization", "Bearer " + session.get("access_token").stringValue(), CURRENT[0], CURRENT[1]
        };
    }

    private static void refused(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
        assertThat(answer.json().get("code").stringValue()).isEqualTo(code);
        assertThat(answer.json().get("message").stringValue()).isNotBlank();
        assertThat(answer.header("X-Supabase-Api-Version")).isEqualTo("2024-01-01");
        assertThat(answer.header("x-sb-error-code")).isEqualTo(code);
        assertThat(answer.header("Content-Type")).startsWith("application/json");
    }

    private static SortedSet<String> members(JsonNode object) {
        return new TreeSet<>(object.propertyNames());
    }

    @Nested
    class Errors {

        private static final String WRONG = credentials("nobody@example.org", "wrong password");

        @Test
        void have_the_current_shape_for_clients_that_ask_for_it() {
            for (var version : List.of("2024-01-01", "2025-06-30")) {
                var answer = desk.post("/auth/v1/token?grant_type=password", WRONG, "X-Supabase-Api-Version", version);
                assertThat(answer.json())
                        .isEqualTo(JSON.readTree(
                                "{\"code\":\"invalid_credentials\",\"message\":\"Invalid login credentials\"}"));
                assertThat(answer.header("X-Supabase-Api-Version")).isEqualTo("2024-01-01");
                assertThat(answer.header("x-sb-error-code")).isEqualTo("invalid_credentials");
                assertThat(answer.status()).isEqualTo(400);
            }
        }

        @Test
        void have_the_old_shape_for_all_others() {
            for (var version : List.of("2023-12-31", "soon", "2024-01-01x")) {
                var answer = desk.post("/auth/v1/token?grant_type=password", WRONG, "X-Supabase-Api-Version", version);
                assertThat(answer.json())
                        .isEqualTo(JSON.readTree("{\"code\":400,\"error_code\":\"invalid_credentials\","
                                + "\"msg\":\"Invalid login credentials\"}"));
                assertThat(answer.raw().headers().firstValue("X-Supabase-Api-Version"))
                        .isEmpty();
                assertThat(answer.header("x-sb-error-code")).isEqualTo("invalid_credentials");
            }
            assertThat(desk.post("/auth/v1/token?grant_type=password", WRONG)
                            .json()
                            .get("error_code"))
                    .isNotNull();
        }
    }

    @Nested
    class SigningUp {

        @Test
        void answers_a_session_with_the_person() {
            var email = address();
            var answer = desk.post(
                    "/auth/v1/signup",
                    JSON.writeValueAsString(Map.of(
                            "email", email.toUpperCase(java.util.Locale.ROOT),
                            "password", "correct horse",
                            "data", Map.of("display_name", "Ada", "shoe", 38),
                            "gotrue_meta_security", Map.of())));
            assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
            assertThat(answer.header("Cache-Control")).contains("no-store");
            var session = answer.json();
            assertThat(members(session))
                    .containsExactly("access_token", "expires_at", "expires_in", "refresh_token", "token_type", "user");
            assertThat(session.get("token_type").stringValue()).isEqualTo("bearer");
            assertThat(session.get("expires_in").intValue()).isEqualTo(3600);
            assertThat(session.get("expires_at").longValue())
                    .isCloseTo(System.currentTimeMillis() / 1000 + 3600, org.assertj.core.data.Offset.offset(60L));
            var user = session.get("user");
            assertThat(members(user))
                    .contains(
                            "id", "aud", "role", "email", "email_confirmed_at", "phone", "confirmed_at", "app_metadata")
                    .contains("user_metadata", "identities", "created_at", "updated_at", "is_anonymous");
            assertThat(user.get("email").stringValue()).isEqualTo(email);
            assertThat(user.get("aud").stringValue()).isEqualTo("authenticated");
            assertThat(user.get("role").stringValue()).isEqualTo("authenticated");
            assertThat(user.get("phone").stringValue()).isEmpty();
            assertThat(user.get("is_anonymous").booleanValue()).isFalse();
            assertThat(user.get("app_metadata"))
                    .isEqualTo(
                            JSON.readTree("{\"provider\":\"email\",\"providers\":[\"email\"],\"role\":\"customer\"}"));
            assertThat(user.get("user_metadata")).isEqualTo(JSON.readTree("{\"display_name\":\"Ada\",\"shoe\":38}"));
            for (var time : List.of("created_at", "updated_at", "email_confirmed_at", "confirmed_at"))
                assertThat(user.get(time).stringValue()).matches(TIME);
            var identity = user.get("identities").get(0);
            assertThat(members(identity))
                    .contains("identity_id", "id", "user_id", "identity_data", "provider", "created_at", "updated_at");
            assertThat(identity.get("user_id")).isEqualTo(user.get("id"));
        }

        @Test
        void names_each_reason_to_refuse() {
            var taken = address();
            signUp(taken, "correct horse");
            refused(signUp(taken, "another horse"), 422, "user_already_exists");
            refused(signUp(taken.toUpperCase(java.util.Locale.ROOT), "another horse"), 422, "user_already_exists");
            refused(signUp("no address", "correct horse"), 400, "validation_failed");
            refused(post("{\"email\":\"" + address() + "\"}"), 400, "validation_failed");
            refused(post("{\"phone\":\"+4912345\",\"password\":\"correct horse\"}"), 422, "phone_provider_disabled");
            refused(post("{}"), 422, "anonymous_provider_disabled");
            refused(post(""), 422, "anonymous_provider_disabled");
            refused(post("{\"data\":{\"name\":\"Ada\"}}"), 422, "anonymous_provider_disabled");
        }

        @Test
        void says_why_a_password_is_weak() {
            var answer = signUp(address(), "short");
            refused(answer, 422, "weak_password");
            assertThat(answer.json().get("weak_password").get("reasons").get(0).stringValue())
                    .isEqualTo("length");
        }

        @Test
        void keeps_what_people_say_of_themselves_small() {
            var data = Map.of("text", "x".repeat(4_096));
            refused(
                    post(JSON.writeValueAsString(
                            Map.of("email", address(), "password", "correct horse", "data", data))),
                    400,
                    "validation_failed");
        }

        @Test
        void with_as_much_of_oneself_as_is_allowed_gives_a_token_that_fits_into_a_header() {
            for (var text : List.of("x".repeat(4_080), "<".repeat(4_080), "\"".repeat(2_040), "\u00e4".repeat(2_040))) {
                var answer = post(JSON.writeValueAsString(
                        Map.of("email", address(), "password", "correct horse", "data", Map.of("text", text))));
                assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
                assertThat(desk.get("/auth/v1/user", bearer(answer.json())).status())
                        .isEqualTo(200);
            }
        }

        private static Answer post(String body) {
            return desk.post("/auth/v1/signup", body, CURRENT);
        }
    }

    @Nested
    class SigningIn {

        @Test
        void with_the_password_opens_another_session() {
            var email = address();
            var first = signUp(email, "correct horse").json();
            var answer = signIn(email, "correct horse");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(members(answer.json())).isEqualTo(members(first));
            assertThat(answer.json().get("user").get("id"))
                    .isEqualTo(first.get("user").get("id"));
            assertThat(answer.json().get("refresh_token")).isNotEqualTo(first.get("refresh_token"));
            assertThat(answer.json().get("user").get("last_sign_in_at").stringValue())
                    .matches(TIME);
        }

        @Test
        void answers_alike_for_an_unknown_address_and_a_wrong_password() {
            var email = address();
            signUp(email, "correct horse");
            var wrong = signIn(email, "wrong password");
            var unknown = signIn("nobody@example.org", "wrong password");
            refused(wrong, 400, "invalid_credentials");
            assertThat(unknown.status()).isEqualTo(wrong.status());
            assertThat(unknown.raw().body()).isEqualTo(wrong.raw().body());
        }

        @Test
        void needs_an_address_and_a_password() {
            refused(token("password", "{}"), 400, "validation_failed");
            refused(token("password", "{\"email\":\"a@b.c\"}"), 400, "validation_failed");
            refused(token("password", "{\"phone\":\"1\",\"password\":\"x\"}"), 422, "phone_provider_disabled");
        }

        @Test
        void is_refused_to_the_banned_once_the_password_is_right() {
            var email = address();
            var session = signUp(email, "correct horse").json();
            jdbc.sql("update identity.principal set banned_until = now() + interval '1 hour' where id = ?")
                    .param(UUID.fromString(session.get("user").get("id").stringValue()))
                    .update();
            refused(signIn(email, "correct horse"), 400, "user_banned");
            refused(signIn(email, "wrong password"), 400, "invalid_credentials");
            refused(refresh(session.get("refresh_token").stringValue()), 400, "user_banned");
            refused(desk.get("/auth/v1/user", bearer(session)), 403, "user_banned");
        }

        @Test
        void in_ways_that_we_do_not_offer_answers_what_clients_understand() throws IOException {
            refused(token("pkce", "{}"), 400, "validation_failed");
            refused(token("pkce", "{\"auth_code\":\"x\",\"code_verifier\":\"y\"}"), 404, "flow_state_not_found");
            refused(token("id_token", "{}"), 400, "provider_disabled");
            refused(token("web3", "{}"), 400, "web3_provider_disabled");
            refused(token("guess", "{}"), 400, "validation_failed");
            refused(desk.post("/auth/v1/token", "{}", CURRENT), 400, "validation_failed");
            refused(token("%ff", "{}"), 400, "validation_failed");
            assertThat(desk.raw("POST /auth/v1/token?grant_type=%f% HTTP/1.1", "Content-Length: 0"))
                    .startsWith("HTTP/1.1 400");
        }

        private static Answer token(String grant, String body) {
            return desk.post("/auth/v1/token?grant_type=" + grant, body, CURRENT);
        }
    }

    @Nested
    class Refreshing {

        @Test
        void gives_a_new_pair_for_the_same_session() {
            var session = session();
            var next = refresh(session.get("refresh_token").stringValue());
            assertThat(next.status()).isEqualTo(200);
            assertThat(members(next.json())).isEqualTo(members(session));
            assertThat(next.json().get("refresh_token")).isNotEqualTo(session.get("refresh_token"));
            assertThat(desk.get("/auth/v1/user", bearer(next.json())).status()).isEqualTo(200);
        }

        @Test
        void names_each_reason_to_refuse() {
            refused(refresh("short"), 400, "validation_failed");
            refused(refresh("A".repeat(43)), 400, "refresh_token_not_found");
            refused(desk.post("/auth/v1/token?grant_type=refresh_token", "{}", CURRENT), 400, "validation_failed");
        }

        @Test
        void with_a_stolen_token_ends_the_session_everywhere() {
            var session = session();
            var second = refresh(session.get("refresh_token").stringValue()).json();
            var third = refresh(second.get("refresh_token").stringValue()).json();
            jdbc.sql("update identity.refresh_token set used_at = used_at - interval '11 seconds'")
                    .update();
            refused(refresh(session.get("refresh_token").stringValue()), 400, "refresh_token_already_used");
            refused(refresh(third.get("refresh_token").stringValue()), 400, "refresh_token_already_used");
            refused(desk.get("/auth/v1/user", bearer(third)), 403, "session_not_found");
        }

        @Test
        void is_not_hindered_by_an_old_access_token_beside_it() {
            var session = session();
            var answer = desk.post(
                    "/auth/v1/token?grant_type=refresh_token",
                    JSON.writeValueAsString(
                            Map.of("refresh_token", session.get("refresh_token").stringValue())),
                    "Authorization",
                    "Bearer an.old.token");
            assertThat(answer.status()).isEqualTo(200);
        }

        @Test
        void shows_a_new_role() {
            var session = session();
            var id = session.get("user").get("id").stringValue();
            desk.commands().send(new AssignRole(ProfileId.of(id), Role.AGENT), Senders.SYSTEM, Terms.PLAIN);
            var next = refresh(session.get("refresh_token").stringValue()).json();
            assertThat(next.get("user").get("app_metadata").get("role").stringValue())
                    .isEqualTo("agent");
        }
    }

    @Nested
    class User {

        @Test
        void is_the_person_of_the_token() {
            var session = session();
            var user = desk.get("/auth/v1/user", bearer(session));
            assertThat(user.status()).isEqualTo(200);
            assertThat(user.json().get("id")).isEqualTo(session.get("user").get("id"));
            assertThat(members(user.json())).containsAll(members(session.get("user")));
        }

        @Test
        void needs_a_token_of_a_person() {
            refused(desk.get("/auth/v1/user", CURRENT), 401, "no_authorization");
            refused(asking("not.a.token"), 403, "bad_jwt");
            refused(
                    asking(desk.bean(dev.chronodesk.identity.door.ApiKeys.class).publishable()),
                    401,
                    "no_authorization");
        }

        private static Answer asking(String token) {
            return desk.get("/auth/v1/user", "Authorization", "Bearer " + token, CURRENT[0], CURRENT[1]);
        }

        @Test
        void can_change_what_they_say_of_themselves_and_the_name_goes_through_the_log() {
            var session = session();
            var id = session.get("user").get("id").stringValue();
            var changed = put(session, "{\"data\":{\"display_name\":\"Grace\",\"shoe\":38}}");
            assertThat(changed.status()).as(changed.raw().body()).isEqualTo(200);
            assertThat(changed.json().get("user_metadata"))
                    .isEqualTo(JSON.readTree("{\"display_name\":\"Grace\",\"shoe\":38}"));
            assertThat(desk.database().log().stream(UUID.fromString(id), 1))
                    .singleElement()
                    .satisfies(recorded -> assertThat(recorded.event())
                            .isInstanceOfSatisfying(
                                    DisplayNameChanged.class,
                                    event -> assertThat(event.to().value()).contains("Grace")));
            var removed = put(session, "{\"data\":{\"shoe\":null}}");
            assertThat(removed.json().get("user_metadata")).isEqualTo(JSON.readTree("{\"display_name\":\"Grace\"}"));
            assertThat(desk.database().log().version(UUID.fromString(id))).isEqualTo(2);
        }

        @Test
        void cannot_change_what_is_not_offered_or_malformed() {
            var session = session();
            refused(put(session, "{\"password\":\"correct horse\"}"), 422, "same_password");
            refused(put(session, "{\"password\":\"short\"}"), 422, "weak_password");
            refused(put(session, "{\"password\":[\"another horse\"]}"), 400, "validation_failed");
            refused(put(session, "{\"email\":\"new at example.org\"}"), 400, "validation_failed");
            refused(put(session, "{\"phone\":\"1\"}"), 422, "phone_provider_disabled");
            refused(put(session, "{\"data\":{\"display_name\":1}}"), 400, "validation_failed");
            refused(put(session, "{\"data\":[]}"), 400, "validation_failed");
        }

        private static Answer put(JsonNode session, String body) {
            return desk.send("/auth/v1/user", request -> request.PUT(BodyPublishers.ofString(body))
                    .headers(AuthSpec.bearer(session)));
        }
    }

    @Nested
    class SigningOut {

        private static Answer logout(JsonNode session, String query) {
            return desk.post("/auth/v1/logout" + query, "", bearer(session));
        }

        private static boolean open(JsonNode session) {
            var answer = desk.get("/auth/v1/user", bearer(session));
            if (answer.status() == 200) return true;
            refused(answer, 403, "session_not_found");
            refused(refresh(session.get("refresh_token").stringValue()), 400, "refresh_token_not_found");
            return false;
        }

        @Test
        void ends_what_its_scope_says_at_once() {
            for (var scope : List.of("", "?scope=global", "?scope=local", "?scope=others")) {
                var email = address();
                var here = signUp(email, "correct horse").json();
                var there = signIn(email, "correct horse").json();
                var out = logout(here, scope);
                assertThat(out.status()).isEqualTo(204);
                assertThat(out.raw().body()).isEmpty();
                assertThat(open(here)).as(scope).isEqualTo(scope.endsWith("others"));
                assertThat(open(there)).as(scope).isEqualTo(scope.endsWith("local"));
            }
        }

        @Test
        void needs_a_token_and_a_scope_that_there_is() {
            refused(desk.post("/auth/v1/logout", "", CURRENT), 401, "no_authorization");
            var session = session();
            refused(logout(session, "?scope=universe"), 400, "validation_failed");
            assertThat(open(session)).isTrue();
        }
    }

    @Nested
    class Published {

        @Test
        void the_key_set_is_public_at_both_places_and_verifies_our_tokens() {
            for (var path : List.of("/auth/v1/.well-known/jwks.json", "/.well-known/jwks.json")) {
                var answer = desk.get(path);
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.header("Cache-Control"))
                        .contains("public")
                        .contains("max-age=600")
                        .doesNotContain("no-store");
                var key = answer.json().get("keys").get(0);
                assertThat(members(key)).containsExactly("alg", "crv", "kid", "kty", "use", "x", "y");
                assertThat(key.get("alg").stringValue()).isEqualTo("ES256");
            }
        }

        @Test
        void settings_say_what_is_on() {
            var settings = desk.get("/auth/v1/settings").json();
            assertThat(settings.get("external").get("email").booleanValue()).isTrue();
            assertThat(settings.get("external").get("phone").booleanValue()).isFalse();
            assertThat(settings.get("mailer_autoconfirm").booleanValue()).isTrue();
            assertThat(settings.get("disable_signup").booleanValue()).isFalse();
        }

        @Test
        void health_is_what_clients_look_for() {
            assertThat(members(desk.get("/auth/v1/health").json())).containsExactly("description", "name", "version");
        }

        @Test
        void calls_that_are_not_offered_say_so_with_their_code() {
            var codes = new LinkedHashMap<String, String>();
            codes.put("/sso", "saml_provider_disabled");
            codes.put("/passkeys/registration", "passkey_disabled");
            codes.put("/admin/nothing", "validation_failed");
            codes.put("/nothing", "feature_disabled");
            codes.put("", "feature_disabled");
            codes.put("/user/identities", "validation_failed");
            codes.forEach((path, code) -> {
                var answer = desk.post("/auth/v1" + path, "{}", CURRENT);
                refused(answer, answer.status(), code);
                assertThat(answer.status()).as(path).isBetween(400, 499);
            });
            refused(desk.get("/auth/v1/signup", CURRENT), 405, "validation_failed");
        }
    }

    @Nested
    class BadInput {

        @Test
        void is_the_callers_mistake_on_every_call() {
            var session = session();
            var bodies = new ArrayList<byte[]>();
            for (var text : List.of(
                    "{",
                    "[]",
                    "null",
                    "7",
                    "\"text\"",
                    "{}{}",
                    "{\"email\":1,\"password\":\"correct horse\"}",
                    "{\"email\":{},\"password\":[]}",
                    "{\"email\":null,\"password\":null,\"refresh_token\":null}",
                    "{\"email\":\"a@b.c\",\"email\":\"a@b.c\",\"password\":\"correct horse\"}",
                    "{\"email\":\"a@b.c\",\"password\":12345678,\"refresh_token\":true}",
                    "{\"email\":\"a\\u0000@b.c\",\"password\":\"correct horse\",\"refresh_token\":\"\\u0000\"}",
                    "{\"email\":\"a@b.c\",\"password\":\"\\ud800 correct\",\"refresh_token\":\"\\udc00\"}",
                    "{\"email\":\"x1@b.c\",\"password\":\"correct horse\",\"data\":[]}",
                    "{\"email\":\"x2@b.c\",\"password\":\"correct horse\",\"data\":\"x\"}",
                    "{\"email\":\"x3@b.c\",\"password\":\"correct horse\",\"data\":{\"a\":[{\"b\":\"\\u0000\"}]}}",
                    "{\"email\":\"x4@b.c\",\"password\":\"correct horse\",\"data\":{\"\\ud800\":1}}",
                    "{\"email\":\"x5@b.c\",\"password\":\"correct horse\",\"data\":{\"a\":1e999999}}",
                    "{\"email\":\"x6@b.c\",\"password\":\"correct horse\",\"data\":{\"a\":" + "9".repeat(2_000) + "}}",
                    "{\"email\":\"x7@b.c\",\"password\":\"correct horse\",\"data\":{\"name\":true}}",
                    "{\"email\":\"x8@b.c\",\"password\":\"correct horse\",\"data\":{\"display_name\":{}}}",
                    "{\"email\":\"x9@b.c\",\"password\":\"correct horse\",\"data\":" + "[".repeat(5_000),
                    "{\"data\":" + "{\"a\":".repeat(2_000) + "1" + "}".repeat(2_000) + "}",
                    "{\"email\":\"" + "a".repeat(300) + "@b.c\",\"password\":\"correct horse\"}",
                    "{\"email\":\"y@b.c\",\"password\":\"" + "x".repeat(200_000) + "\",\"refresh_token\":\""
                            + "x".repeat(200_000) + "\"}")) bodies.add(text.getBytes(StandardCharsets.UTF_8));
            bodies.add(new byte[] {'{', (byte) 0xff, '}'});
            bodies.add(new byte[] {(byte) 0xfe, (byte) 0xff, 0, '{', 0, '}'});
            bodies.add(new byte[] {0});
            for (var call :
                    List.of("/signup", "/token?grant_type=password", "/token?grant_type=refresh_token", "/user"))
                for (var body : bodies)
                    for (var type : List.of("application/json", "text/plain", "application/x-www-form-urlencoded")) {
                        var answer = desk.send("/auth/v1" + call, request -> request.method(
                                        call.equals("/user") ? "PUT" : "POST", BodyPublishers.ofByteArray(body))
                                .headers(bearer(session))
                                .header("Content-Type", type));
                        if (call.equals("/user") && answer.status() == 200) continue; // nothing in it to change
                        assertThat(answer.status())
                                .as(call + " " + new String(body, 0, Math.min(body.length, 90), StandardCharsets.UTF_8)
                                        + " " + answer.raw().body())
                                .isBetween(400, 499);
                        assertThat(answer.json().get("code").isString()).isTrue();
                        assertThat(answer.header("x-sb-error-code")).isNotEmpty();
                    }
        }

        @Test
        void names_the_field_and_the_code() {
            refused(post("{"), 400, "bad_json");
            refused(post("{}{}"), 400, "bad_json");
            refused(post("{\"a\":1,\"a\":2}"), 400, "bad_json");
            var nul =
                    post("{\"email\":\"z@b.c\",\"password\":\"correct horse\",\"data\":{\"a\":[{\"b\":\"\\u0000\"}]}}");
            refused(nul, 400, "validation_failed");
            assertThat(nul.json().get("message").stringValue()).contains("data.a[].b");
            var name = post("{\"email\":\"z@b.c\",\"password\":\"correct horse\",\"data\":{\"display_name\":1}}");
            refused(name, 400, "validation_failed");
            assertThat(name.json().get("message").stringValue()).contains("data.display_name");
        }

        @Test
        void of_more_than_a_mebibyte_is_too_large() {
            refused(post(" ".repeat(1_048_577)), 413, "request_entity_too_large");
            refused(
                    desk.send("/auth/v1/signup", request -> request.POST(BodyPublishers.ofInputStream(
                                    () -> new java.io.ByteArrayInputStream(new byte[1_048_577])))
                            .headers(CURRENT)),
                    413,
                    "request_entity_too_large");
            refused(post(" ".repeat(1_048_576)), 422, "anonymous_provider_disabled");
        }

        private static Answer post(String body) {
            return desk.post("/auth/v1/signup", body, CURRENT);
        }
    }

    @Test
    void no_secret_is_written_to_the_log_file(CapturedOutput output) {
        var email = address();
        var password = "a very special horse";
        var session = signUp(email, password).json();
        signIn(email, password);
        signIn(email, password + "!");
        signUp(email, password);
        desk.post("/auth/v1/signup", "{\"email\":\"" + email + "\",\"password\":\"" + password + "\",", CURRENT);
        refresh(session.get("refresh_token").stringValue());
        desk.get("/auth/v1/user", bearer(session));
        assertThat(output.getAll())
                .doesNotContain("special horse")
                .doesNotContain(email)
                .doesNotContain(session.get("refresh_token").stringValue())
                .doesNotContain(session.get("access_token").stringValue());
    }
}
