package dev.chronodesk.identity.auth;

import static dev.chronodesk.identity.Auth.PASSWORD;
import static dev.chronodesk.identity.Auth.address;
import static dev.chronodesk.identity.Auth.refused;
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
import dev.chronodesk.identity.mfa.Authenticator;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Second factors over HTTP, as the clients see them. */
@ExtendWith(OutputCaptureExtension.class)
class SecondFactorSpec {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Map<String, String> TOTP = Map.of("factor_type", "totp");

    private static TestDatabase database;
    private static Desk desk;
    private static Auth auth;
    private static JdbcClient jdbc;

    private String email;
    private JsonNode session;

    @BeforeAll
    static void open() {
        database = TestDatabase.create();
        desk = Desk.on(
                database,
                Map.of(
                        "chronodesk.identity.hashing-patience", "1m",
                        "chronodesk.identity.limits.mfa-per-account", "5/1m"));
        auth = new Auth(desk);
        jdbc = JdbcClient.create(database.database().identity());
    }

    @AfterAll
    static void close() {
        desk.close();
        database.close();
    }

    @BeforeEach
    void a_person_who_is_signed_in() {
        email = address();
        session = Auth.session(auth.signUp(email, PASSWORD));
    }

    private JsonNode signedIn() {
        return Auth.session(auth.signIn(email, PASSWORD));
    }

    /** A factor with the app that knows its secret. */
    private record Enrolled(String id, Authenticator app) {

        String code() {
            return app.at(Instant.now());
        }

        String wrong() {
            return app.wrongAt(Instant.now());
        }
    }

    private Enrolled enrolled() {
        var answer = auth.post(session, "/factors", TOTP);
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
        return new Enrolled(
                answer.json().get("id").stringValue(),
                new Authenticator(answer.json().get("totp").get("secret").stringValue()));
    }

    private static String asked(JsonNode session, Enrolled factor) {
        return auth.post(session, "/factors/" + factor.id() + "/challenge", Map.of())
                .json()
                .get("id")
                .stringValue();
    }

    private static Answer verify(JsonNode session, Enrolled factor, String challenge, String code) {
        return auth.post(
                session, "/factors/" + factor.id() + "/verify", Map.of("challenge_id", challenge, "code", code));
    }

    private static Answer verify(JsonNode session, Enrolled factor, String code) {
        return verify(session, factor, asked(session, factor), code);
    }

    /** A factor that a code was right for; the session goes on with it. The step of that code may be taken again. */
    private Enrolled verified() {
        var factor = enrolled();
        session = Auth.session(verify(session, factor, factor.code()));
        jdbc.sql("update identity.factor set last_step = 0 where id = ?::uuid")
                .param(factor.id())
                .update();
        return factor;
    }

    private static JsonNode claims(JsonNode session) {
        var payload = session.get("access_token").stringValue().split("\\.", -1)[1];
        return JSON.readTree(new String(Base64.getUrlDecoder().decode(payload), StandardCharsets.UTF_8));
    }

    private static List<String> methods(JsonNode session) {
        return claims(session)
                .get("amr")
                .valueStream()
                .map(proof -> proof.get("method").stringValue())
                .toList();
    }

    private static JsonNode factors(JsonNode session) {
        return auth.get(session, "/user").json().path("factors");
    }

    private static List<String> trail(JsonNode session) {
        return jdbc.sql("select action || coalesce(' ' || cause, '') from identity.trail where account_id = ?::uuid"
                        + " and action like 'factor%' order by id")
                .param(session.get("user").get("id").stringValue())
                .query(String.class)
                .list();
    }

    private long mails(String kind) {
        return jdbc.sql("select count(*) from identity.mail where kind = ? and recipient = ?")
                .param(kind)
                .param(email)
                .query(Long.class)
                .single();
    }

    private static void administrator(JsonNode session) {
        desk.commands()
                .send(
                        new AssignRole(
                                new ProfileId(UUID.fromString(
                                        session.get("user").get("id").stringValue())),
                                Role.ADMIN),
                        Senders.SYSTEM,
                        Terms.PLAIN);
    }

    @Test
    void enrolling_answers_what_an_authenticator_app_needs(CapturedOutput output) {
        var answer = auth.post(
                session, "/factors", Map.of("factor_type", "totp", "friendly_name", "phone", "issuer", "Desk of Ada"));
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
        var enrolled = answer.json();
        assertThat(enrolled.propertyNames()).containsExactlyInAnyOrder("id", "type", "friendly_name", "totp");
        assertThat(enrolled.get("type").stringValue()).isEqualTo("totp");
        assertThat(enrolled.get("friendly_name").stringValue()).isEqualTo("phone");
        var totp = enrolled.get("totp");
        assertThat(totp.propertyNames()).containsExactlyInAnyOrder("qr_code", "secret", "uri");
        var secret = totp.get("secret").stringValue();
        assertThat(secret).matches("[A-Z2-7]{32}");
        assertThat(totp.get("uri").stringValue())
                .isEqualTo("otpauth://totp/Desk%20of%20Ada:" + email.replace("@", "%40") + "?secret=" + secret
                        + "&issuer=Desk%20of%20Ada&algorithm=SHA1&digits=6&period=30");
        assertThat(totp.get("qr_code").stringValue()).startsWith("<svg ").endsWith("</svg>");
        var listed = factors(session).get(0);
        assertThat(listed.propertyNames())
                .containsExactlyInAnyOrder("id", "created_at", "updated_at", "status", "friendly_name", "factor_type");
        assertThat(listed.get("id")).isEqualTo(enrolled.get("id"));
        assertThat(listed.get("status").stringValue()).isEqualTo("unverified");
        assertThat(listed.get("factor_type").stringValue()).isEqualTo("totp");
        assertThat(listed.get("created_at").stringValue()).matches("[-0-9]{10}T[:0-9]{8}\\.\\d{6}Z");
        assertThat(output.getAll()).doesNotContain(secret);
    }

    @Test
    void the_issuer_is_our_host_unless_the_client_says_another() {
        var uri = auth.post(session, "/factors", TOTP)
                .json()
                .get("totp")
                .get("uri")
                .stringValue();
        assertThat(uri).startsWith("otpauth://totp/localhost:").contains("&issuer=localhost&");
    }

    @Test
    void a_right_code_gives_the_same_session_the_second_level() {
        assertThat(claims(session).get("aal").stringValue()).isEqualTo("aal1");
        var factor = enrolled();
        var asked = auth.post(session, "/factors/" + factor.id() + "/challenge", Map.of());
        assertThat(asked.json().propertyNames()).containsExactlyInAnyOrder("id", "type", "expires_at");
        assertThat(asked.json().get("type").stringValue()).isEqualTo("totp");
        assertThat(asked.json().get("expires_at").longValue())
                .isBetween(Instant.now().getEpochSecond() + 290, Instant.now().getEpochSecond() + 301);
        var raised = Auth.session(verify(session, factor, asked.json().get("id").stringValue(), factor.code()));
        assertThat(raised.propertyNames()).containsExactlyInAnyOrderElementsOf(session.propertyNames());
        assertThat(claims(raised).get("session_id")).isEqualTo(claims(session).get("session_id"));
        assertThat(claims(raised).get("aal").stringValue()).isEqualTo("aal2");
        assertThat(methods(raised)).containsExactly("totp", "password");
        assertThat(raised.get("user").get("factors").get(0).get("status").stringValue())
                .isEqualTo("verified");
        assertThat(factors(raised).get(0).get("last_challenged_at").stringValue())
                .isNotBlank();
        var refreshed = Auth.session(auth.refresh(raised));
        assertThat(claims(refreshed).get("aal").stringValue()).isEqualTo("aal2");
        assertThat(methods(refreshed)).containsExactly("totp", "password");
        refused(auth.refresh(session), 400, "refresh_token_already_used");
        assertThat(auth.get(refreshed, "/user").status()).isEqualTo(200);
        assertThat(trail(session)).containsExactly("factor_enrolled", "factor_verified");
        assertThat(mails("factor_added")).isEqualTo(1);
    }

    @Test
    void each_reason_to_refuse_has_its_code(CapturedOutput output) {
        refused(auth.post(session, "/factors", Map.of()), 400, "validation_failed");
        refused(auth.post(session, "/factors", Map.of("factor_type", "dice")), 400, "validation_failed");
        refused(auth.post(session, "/factors", Map.of("factor_type", "phone")), 422, "mfa_phone_enroll_not_enabled");
        refused(
                auth.post(session, "/factors", Map.of("factor_type", "webauthn")),
                422,
                "mfa_webauthn_enroll_not_enabled");
        for (var field : List.of("friendly_name", "issuer"))
            refused(
                    auth.post(session, "/factors", Map.of("factor_type", "totp", field, "x".repeat(101))),
                    400,
                    "validation_failed");
        var phone = Map.of("factor_type", "totp", "friendly_name", "phone");
        assertThat(auth.post(session, "/factors", phone).status()).isEqualTo(200);
        refused(auth.post(session, "/factors", phone), 422, "mfa_factor_name_conflict");
        var factor = enrolled();
        for (var i = 2; i < 10; i++) enrolled();
        refused(auth.post(session, "/factors", TOTP), 422, "too_many_enrolled_mfa_factors");

        refused(auth.post(session, "/factors/1/challenge", Map.of()), 404, "validation_failed");
        refused(
                auth.post(session, "/factors/" + UUID.randomUUID() + "/challenge", Map.of()),
                404,
                "mfa_factor_not_found");
        var challenge = asked(session, factor);
        refused(auth.post(session, "/factors/" + factor.id() + "/verify", Map.of()), 400, "validation_failed");
        refused(
                auth.post(session, "/factors/" + factor.id() + "/verify", Map.of("challenge_id", challenge)),
                400,
                "validation_failed");
        refused(verify(session, factor, "1", "123456"), 400, "validation_failed");
        refused(verify(session, factor, UUID.randomUUID().toString(), "123456"), 404, "mfa_factor_not_found");
        var wrong = verify(session, factor, challenge, factor.wrong());
        refused(wrong, 422, "mfa_verification_failed");
        assertThat(wrong.json().get("message").stringValue()).isEqualTo("Invalid TOTP code entered");
        jdbc.sql("update identity.challenge set address = '192.0.2.1' where id = ?::uuid")
                .param(challenge)
                .update();
        refused(verify(session, factor, challenge, factor.code()), 422, "mfa_ip_address_mismatch");
        var expired = asked(session, factor);
        jdbc.sql("update identity.challenge set expires_at = now() where id = ?::uuid")
                .param(expired)
                .update();
        refused(verify(session, factor, expired, factor.code()), 422, "mfa_challenge_expired");
        var code = factor.code();
        session = Auth.session(verify(session, factor, code));
        refused(verify(session, factor, code), 422, "mfa_verification_failed");
        assertThat(trail(session)).contains("factor_failed wrong code", "factor_failed asked from another address");
        assertThat(output.getAll()).doesNotContain(code);
    }

    @Test
    void after_five_wrong_codes_the_next_one_has_to_wait() {
        var factor = enrolled();
        for (var i = 0; i < 5; i++) refused(verify(session, factor, factor.wrong()), 422, "mfa_verification_failed");
        // as if the machine were faster than the shortest wait, and the person had no limit
        jdbc.sql("delete from identity.bucket").update();
        jdbc.sql("update identity.factor set next_try_at = now() + interval '70 seconds' where id = ?::uuid")
                .param(factor.id())
                .update();
        var answer = verify(session, factor, factor.code());
        refused(answer, 429, "over_request_rate_limit");
        assertThat(Integer.parseInt(answer.header("Retry-After"))).isBetween(60, 70);
    }

    @Test
    void five_wrong_codes_are_all_for_a_minute_whatever_factors_they_are_for() {
        var one = enrolled();
        var other = enrolled();
        for (var i = 0; i < 3; i++) refused(verify(session, one, one.wrong()), 422, "mfa_verification_failed");
        for (var i = 0; i < 2; i++) refused(verify(session, other, other.wrong()), 422, "mfa_verification_failed");
        refused(verify(session, other, other.code()), 429, "over_request_rate_limit");
        jdbc.sql("delete from identity.bucket").update();
        Auth.session(verify(session, other, other.code()));
    }

    @Test
    void with_a_factor_the_password_alone_changes_nothing_about_signing_in() {
        var factor = verified();
        var low = signedIn();
        refused(auth.put(low, "/user", Map.of("password", "another horse")), 401, "insufficient_aal");
        refused(auth.put(low, "/user", Map.of("email", address())), 401, "insufficient_aal");
        refused(auth.post(low, "/factors", TOTP), 403, "insufficient_aal");
        refused(auth.delete(low, "/factors/" + factor.id(), Map.of()), 422, "insufficient_aal");
        assertThat(auth.put(low, "/user", Map.of("data", Map.of("shoe", 38))).status())
                .isEqualTo(200);
        assertThat(auth.signIn(email, PASSWORD).status()).isEqualTo(200);
        var high = Auth.session(verify(low, factor, factor.code()));
        assertThat(auth.put(high, "/user", Map.of("password", "another horse", "current_password", PASSWORD))
                        .status())
                .isEqualTo(200);
        assertThat(auth.post(high, "/factors", TOTP).status()).isEqualTo(200);
    }

    @Test
    void removing_a_factor_takes_the_second_level_back() {
        var factor = verified();
        var removed = auth.delete(session, "/factors/" + factor.id(), Map.of());
        assertThat(removed.json()).isEqualTo(JSON.readTree("{\"id\":\"" + factor.id() + "\"}"));
        assertThat(factors(session).isMissingNode()).isTrue();
        assertThat(claims(Auth.session(auth.refresh(session))).get("aal").stringValue())
                .isEqualTo("aal1");
        refused(auth.delete(session, "/factors/" + factor.id(), Map.of()), 404, "mfa_factor_not_found");
        assertThat(trail(session)).endsWith("factor_removed");
        assertThat(mails("factor_removed")).isEqualTo(1);
    }

    @Test
    void an_administrator_lets_in_whoever_lost_the_device_and_nobody_else_does() {
        var factor = verified();
        var path = "/admin/users/" + session.get("user").get("id").stringValue() + "/factors";
        refused(auth.get(session, path), 403, "not_admin");
        refused(auth.delete(session, path + "/" + factor.id(), Map.of()), 403, "not_admin");
        refused(auth.get(null, path), 401, "no_authorization");
        var admin = Auth.session(auth.signUp(address(), PASSWORD));
        administrator(admin);
        var listed = auth.get(admin, path).json();
        assertThat(listed).hasSize(1);
        assertThat(listed.get(0).get("id").stringValue()).isEqualTo(factor.id());
        assertThat(listed.get(0).get("status").stringValue()).isEqualTo("verified");
        refused(auth.delete(admin, path + "/" + UUID.randomUUID(), Map.of()), 404, "mfa_factor_not_found");
        refused(auth.delete(admin, path + "/1", Map.of()), 404, "validation_failed");
        assertThat(auth.delete(admin, path + "/" + factor.id(), Map.of()).json())
                .isEqualTo(listed.get(0));
        assertThat(auth.get(admin, path).json()).isEmpty();
        assertThat(auth.put(signedIn(), "/user", Map.of("password", "another horse"))
                        .status())
                .isEqualTo(200);
        assertThat(trail(session)).endsWith("factor_removed administrator");
        assertThat(mails("factor_removed")).isEqualTo(1);
    }

    @Test
    void is_for_people_who_are_signed_in() {
        var factor = enrolled();
        refused(auth.post("/factors", TOTP), 401, "no_authorization");
        for (var call : List.of("/challenge", "/verify"))
            refused(auth.post("/factors/" + factor.id() + call, Map.of()), 401, "no_authorization");
        refused(auth.delete(null, "/factors/" + factor.id(), Map.of()), 401, "no_authorization");
        var stranger = Auth.session(auth.signUp(address(), PASSWORD));
        refused(auth.post(stranger, "/factors/" + factor.id() + "/challenge", Map.of()), 404, "mfa_factor_not_found");
        refused(auth.delete(stranger, "/factors/" + factor.id(), Map.of()), 404, "mfa_factor_not_found");
        assertThat(factors(session)).hasSize(1);
    }

    @Test
    void recovery_codes_and_other_paths_are_switched_off() {
        refused(auth.post(session, "/factors/recovery-codes", Map.of()), 422, "feature_disabled");
        refused(auth.post(session, "/factors/recovery-codes/verify", Map.of()), 422, "feature_disabled");
        refused(auth.delete(session, "/factors/recovery-codes", Map.of()), 422, "feature_disabled");
        refused(auth.get(session, "/factors"), 405, "validation_failed");
        assertThat(auth.get(null, "/settings").json().get("mfa_enabled").booleanValue())
                .isTrue();
    }
}
