package dev.chronodesk.identity.provider;

import static dev.chronodesk.identity.Auth.PASSWORD;
import static dev.chronodesk.identity.Auth.address;
import static dev.chronodesk.identity.Auth.refused;
import static dev.chronodesk.identity.Auth.session;
import static dev.chronodesk.identity.provider.Visitors.withChallenge;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.identity.Auth;
import dev.chronodesk.identity.Desk;
import dev.chronodesk.identity.PostOffice;
import dev.chronodesk.identity.mfa.Authenticator;
import dev.chronodesk.identity.provider.Visitors.Begun;
import dev.chronodesk.identity.provider.Visitors.Landed;
import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Identities that people add to their accounts and take away again. */
class LinkedIdentitiesSpec {

    private static OpenIdProvider provider;
    private static PostOffice post;
    private static TestDatabase database;
    private static Map<String, Object> settings;
    private static Desk desk;
    private static Auth auth;
    private static Visitors visitors;
    private static JdbcClient jdbc;

    @BeforeAll
    static void open() {
        provider = OpenIdProvider.start(Visitors.CLIENT, Visitors.SECRET, Visitors.CALLBACK);
        post = new PostOffice();
        database = TestDatabase.create();
        settings = new LinkedHashMap<>(post.settings("chronodesk.identity.anonymous-sign-in", "true"));
        settings.putAll(Visitors.settings(provider));
        desk = Desk.on(database, settings);
        auth = new Auth(desk);
        visitors = new Visitors(desk, provider);
        jdbc = JdbcClient.create(database.database().identity());
    }

    @AfterAll
    static void close() {
        desk.close();
        database.close();
        post.close();
        provider.close();
    }

    private static JsonNode confirmed(String email) {
        assertThat(auth.signUp(email, PASSWORD).status()).isEqualTo(200);
        desk.get(post.next(email).path());
        return session(auth.signIn(email, PASSWORD));
    }

    /** Somebody at the provider: the subject. */
    private static String person(String email) {
        var subject = UUID.randomUUID().toString();
        provider.person(subject, Map.of("email", email, "email_verified", true, "name", "Ada"));
        return subject;
    }

    /** The provider's address for whoever wants to add an identity there. */
    private static Begun linking(JsonNode session, String... parameters) {
        var answer = auth.get(
                session,
                "/user/identities/authorize?provider=corp&skip_http_redirect=true" + Visitors.query(parameters));
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
        return new Begun(URI.create(answer.json().get("url").stringValue()), "");
    }

    private static Landed link(JsonNode session, String subject, String... parameters) {
        var begun = linking(session, parameters);
        return visitors.back(begun, provider.signIn(subject, begun.address()));
    }

    private static JsonNode identities(JsonNode session) {
        return visitors.user(session).get("identities");
    }

    private static JsonNode identity(JsonNode session, String name) {
        for (var each : identities(session))
            if (each.get("provider").stringValue().equals(name)) return each;
        throw new AssertionError("no identity " + name + " in " + identities(session));
    }

    @Nested
    class Adding {

        @Test
        void makes_the_provider_a_way_in_and_tells_the_owner() {
            var email = address();
            var session = confirmed(email);
            var subject = person(address());
            var landed = link(session, subject);
            assertThat(landed.location()).startsWith("https://desk.example.org/app#access_token=");
            assertThat(identities(session)).hasSize(2);
            assertThat(post.next(email).subject()).isEqualTo("You can sign in to Chronodesk in another way");
            assertThat(visitors.user(visitors.session(subject)).get("id"))
                    .isEqualTo(visitors.user(session).get("id"));
            assertThat(visitors.user(session).get("email").stringValue()).isEqualTo(email);
        }

        @Test
        void is_done_for_who_keeps_a_verifier_when_they_show_it() {
            var session = confirmed(address());
            var subject = person(address());
            var code = link(session, subject, withChallenge()).parameter("code");
            assertThat(identities(session)).as("before it is shown").hasSize(1);
            refused(
                    visitors.exchange(code, "a-verifier-of-the-victim-who-was-sent-the-link-"),
                    400,
                    "bad_code_verifier");
            assertThat(identities(session)).as("after another one was shown").hasSize(1);

            var again = link(session, subject, withChallenge()).parameter("code");
            var fresh = session(visitors.exchange(again));
            assertThat(identities(fresh)).hasSize(2);
            assertThat(fresh.get("provider_token").stringValue()).isNotBlank();
        }

        @Test
        void takes_no_identity_that_somebody_has() {
            var subject = person(address());
            visitors.session(subject);
            var session = confirmed(address());
            link(session, subject).isRefused("identity_already_exists");
            link(session, subject, withChallenge()).isRefused("identity_already_exists");
            assertThat(identities(session)).hasSize(1);
        }

        @Test
        void takes_no_identity_that_somebody_got_in_the_meantime() {
            var session = confirmed(address());
            var subject = person(address());
            var code = link(session, subject, withChallenge()).parameter("code");
            visitors.session(subject);
            refused(visitors.exchange(code), 422, "identity_already_exists");
            assertThat(identities(session)).hasSize(1);
        }

        @Test
        void needs_the_session_to_be_open_still() {
            var session = confirmed(address());
            var subject = person(address());
            var begun = linking(session);
            var exchanged = link(session, subject, withChallenge()).parameter("code");
            auth.post(session, "/logout?scope=global", Map.of());
            visitors.back(begun, provider.signIn(subject, begun.address())).isRefused("session_not_found");
            refused(visitors.exchange(exchanged), 403, "session_not_found");
            assertThat(jdbc.sql("select count(*) from identity.identity where subject = ?")
                            .param(subject)
                            .query(Long.class)
                            .single())
                    .isZero();
        }

        @Test
        void needs_a_sign_in_that_is_not_old() {
            var session = confirmed(address());
            jdbc.sql("update identity.session set methods = '[{\"method\": \"password\", \"timestamp\": 1700000000}]'"
                            + " where account_id = ?::uuid")
                    .param(visitors.user(session).get("id").stringValue())
                    .update();
            refused(auth.get(session, "/user/identities/authorize?provider=corp"), 400, "reauthentication_needed");
        }

        @Test
        void needs_the_second_factor_of_who_has_one() {
            var session = confirmed(address());
            secondFactor(session);
            var first = session(auth.signIn(visitors.user(session).get("email").stringValue(), PASSWORD));
            refused(auth.get(first, "/user/identities/authorize?provider=corp"), 401, "insufficient_aal");
            refused(auth.delete(first, "/user/identities/" + UUID.randomUUID(), Map.of()), 401, "insufficient_aal");
        }

        private static void secondFactor(JsonNode session) {
            var factor = auth.post(session, "/factors", Map.of("factor_type", "totp"))
                    .json();
            var id = factor.get("id").stringValue();
            var app = new Authenticator(factor.get("totp").get("secret").stringValue());
            var challenge = auth.post(session, "/factors/" + id + "/challenge", Map.of())
                    .json()
                    .get("id")
                    .stringValue();
            session(auth.post(
                    session,
                    "/factors/" + id + "/verify",
                    Map.of("challenge_id", challenge, "code", app.at(Instant.now()))));
        }

        @Test
        void is_for_people_who_are_signed_in() {
            refused(auth.get(null, "/user/identities/authorize?provider=corp"), 401, "no_authorization");
            refused(auth.delete(null, "/user/identities/" + UUID.randomUUID(), Map.of()), 401, "no_authorization");
        }

        @Test
        void gives_who_was_anonymous_a_name_and_an_address() {
            var session = session(auth.post("/signup", Map.of()));
            var before = visitors.user(session);
            assertThat(before.get("is_anonymous").booleanValue()).isTrue();
            var email = address();
            link(session, person(email));
            var after = visitors.user(session);
            assertThat(after.get("id")).isEqualTo(before.get("id"));
            assertThat(after.get("is_anonymous").booleanValue()).isFalse();
            assertThat(after.get("email").stringValue()).isEqualTo(email);
            assertThat(after.get("email_confirmed_at").stringValue()).isNotBlank();
        }

        @Test
        void gives_who_was_anonymous_no_address_of_somebody_else() {
            var email = address();
            confirmed(email);
            var session = session(auth.post("/signup", Map.of()));
            link(session, person(email));
            assertThat(visitors.user(session).get("email").stringValue()).isEmpty();
            assertThat(visitors.user(session).get("is_anonymous").booleanValue())
                    .isFalse();
        }
    }

    @Nested
    class TakingAway {

        @Test
        void closes_that_way_in_and_tells_the_owner() {
            var email = address();
            var session = confirmed(email);
            var subject = person(address());
            link(session, subject);
            post.next(email);
            var id = identity(session, "corp").get("identity_id").stringValue();
            assertThat(auth.delete(session, "/user/identities/" + id, Map.of()).status())
                    .isEqualTo(200);
            assertThat(identities(session)).hasSize(1);
            assertThat(post.next(email).subject()).isEqualTo("A way to sign in to Chronodesk was removed");
            assertThat(visitors.user(visitors.session(subject)).get("id"))
                    .isNotEqualTo(visitors.user(session).get("id"));
        }

        @Test
        void leaves_one_way_in() {
            var email = address();
            var session = confirmed(email);
            refused(
                    auth.delete(
                            session,
                            "/user/identities/"
                                    + identity(session, "email")
                                            .get("identity_id")
                                            .stringValue(),
                            Map.of()),
                    422,
                    "single_identity_not_deletable");
            session(auth.signIn(email, PASSWORD));

            var named = visitors.session(person(address()));
            refused(
                    auth.delete(
                            named,
                            "/user/identities/"
                                    + identity(named, "corp").get("identity_id").stringValue(),
                            Map.of()),
                    422,
                    "single_identity_not_deletable");
            assertThat(auth.put(named, "/user", Map.of("password", PASSWORD)).status())
                    .isEqualTo(200);
            assertThat(auth.delete(
                                    named,
                                    "/user/identities/"
                                            + identity(named, "corp")
                                                    .get("identity_id")
                                                    .stringValue(),
                                    Map.of())
                            .status())
                    .isEqualTo(200);
            session(auth.signIn(visitors.user(named).get("email").stringValue(), PASSWORD));
        }

        @Test
        void of_the_address_takes_the_password_away() {
            var email = address();
            var session = confirmed(email);
            var subject = person(address());
            link(session, subject);
            var id = identity(session, "email").get("identity_id").stringValue();
            assertThat(auth.delete(session, "/user/identities/" + id, Map.of()).status())
                    .isEqualTo(200);
            assertThat(identities(session)).hasSize(1);
            refused(auth.signIn(email, PASSWORD), 400, "invalid_credentials");
            visitors.session(subject);
        }

        @Test
        void is_only_for_ones_own() {
            var session = confirmed(address());
            link(session, person(address()));
            var others = identity(visitors.session(person(address())), "corp")
                    .get("identity_id")
                    .stringValue();
            for (var id : List.of(others, UUID.randomUUID().toString()))
                refused(auth.delete(session, "/user/identities/" + id, Map.of()), 404, "identity_not_found");
            refused(auth.delete(session, "/user/identities/mine", Map.of()), 404, "validation_failed");
        }
    }

    @Test
    void a_desk_may_leave_identities_as_they_are() {
        var closed = new LinkedHashMap<>(settings);
        closed.put("chronodesk.identity.manual-linking", "false");
        var session = confirmed(address());
        try (var other = Desk.on(database, closed)) {
            var there = new Auth(other);
            refused(there.get(session, "/user/identities/authorize?provider=corp"), 404, "manual_linking_disabled");
            refused(
                    there.delete(session, "/user/identities/" + UUID.randomUUID(), Map.of()),
                    404,
                    "manual_linking_disabled");
        }
    }
}
