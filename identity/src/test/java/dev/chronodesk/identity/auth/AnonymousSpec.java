package dev.chronodesk.identity.auth;

import static dev.chronodesk.identity.Auth.PASSWORD;
import static dev.chronodesk.identity.Auth.address;
import static dev.chronodesk.identity.Auth.refused;
import static dev.chronodesk.identity.Auth.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.profile.DeactivateProfile;
import dev.chronodesk.command.profile.ErasePerson;
import dev.chronodesk.command.profile.ReactivateProfile;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.profile.EmailChanged;
import dev.chronodesk.events.profile.EmailVerified;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.ProfileRegistered;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.identity.Auth;
import dev.chronodesk.identity.Desk;
import dev.chronodesk.identity.Desk.Answer;
import dev.chronodesk.identity.PostOffice;
import dev.chronodesk.identity.PostOffice.Mail;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.SignUp;
import dev.chronodesk.identity.mfa.Authenticator;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * People without an address, how they get one, and what an address is worth that nobody has shown to be theirs. Three
 * desks on one database: one asks the mailbox, one takes addresses on trust, one has no accounts of its own.
 */
class AnonymousSpec {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String KEY = "sb_secret_0123456789012345678901";
    private static final String OTHER = "another horse 7";

    private static PostOffice post;
    private static TestDatabase database;
    private static JdbcClient jdbc;

    private static Desk desk;
    private static Auth auth;
    private static Auth trusting;
    private static Auth closed;

    @BeforeAll
    static void open() {
        post = new PostOffice();
        database = TestDatabase.create();
        jdbc = JdbcClient.create(database.database().identity());
        auth = start("anonymous-sign-in", "true");
        trusting = start("anonymous-sign-in", "true", "auto-confirm", "true");
        closed = start("own-accounts", "false");
        desk = auth.desk();
    }

    private static Auth start(String... more) {
        var settings = post.settings("chronodesk.identity.secret-key", KEY);
        for (var i = 0; i < more.length; i += 2) settings.put("chronodesk.identity." + more[i], more[i + 1]);
        return new Auth(Desk.on(database, settings));
    }

    @AfterAll
    static void close() {
        for (var each : List.of(auth, trusting, closed)) each.desk().close();
        database.close();
        post.close();
    }

    private static JsonNode anonymous() {
        return anonymous(auth);
    }

    private static JsonNode anonymous(Auth auth) {
        return session(auth.post("/signup", Map.of("data", Map.of(), "gotrue_meta_security", Map.of())));
    }

    /** A person with a confirmed address and a password. */
    private static String somebody() {
        var email = address();
        assertThat(auth.signUp(email, PASSWORD).status()).isEqualTo(200);
        session(verify("signup", email, post.next(email).code()));
        return email;
    }

    private static Answer verify(String type, String email, String code) {
        return auth.post("/verify", Map.of("type", type, "email", email, "token", code));
    }

    private static Answer follow(Mail mail) {
        return desk.get(mail.path());
    }

    private static UUID id(JsonNode session) {
        return UUID.fromString(session.get("user").get("id").stringValue());
    }

    private static JsonNode user(JsonNode session) {
        return ok(auth.get(session, "/user"));
    }

    private static boolean isAnonymous(JsonNode session) {
        var user = user(session);
        var anonymous = user.get("is_anonymous").booleanValue();
        assertThat(user.get("email").stringValue().isEmpty()).isEqualTo(anonymous);
        return anonymous;
    }

    private static JsonNode claims(JsonNode session) {
        var part = session.get("access_token").stringValue().split("\\.", -1)[1];
        return JSON.readTree(new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8));
    }

    private static JsonNode ok(Answer answer) {
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
        return answer.json();
    }

    private static Answer administer(String method, String path, Map<String, ?> body) {
        return desk.send("/auth/v1" + path, request -> request.method(
                        method, BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .headers("apikey", KEY, "Authorization", "Bearer " + KEY, "X-Supabase-Api-Version", "2024-01-01"));
    }

    private static List<Event> log(UUID person) {
        return database.log().stream(person, 0).stream().map(Recorded::event).toList();
    }

    private static List<Class<?>> said(UUID person) {
        return log(person).stream().<Class<?>>map(Event::getClass).toList();
    }

    private static long accounts() {
        return jdbc.sql("select count(*) from identity.account")
                .query(Long.class)
                .single();
    }

    private static List<String> mailsAbout(UUID person) {
        return jdbc.sql("select kind from identity.mail where account_id = ? order by id")
                .param(person)
                .query(String.class)
                .list();
    }

    private static void longAgo(JsonNode session) {
        jdbc.sql("update identity.session set methods = '[{\"method\": \"anonymous\", \"timestamp\": 1000}]'"
                        + " where account_id = ?")
                .param(id(session))
                .update();
    }

    @Nested
    class SigningInAnonymously {

        @Test
        void is_off_unless_it_is_set() {
            var before = accounts();
            for (Map<String, ?> body : List.of(Map.<String, Object>of(), Map.of("data", Map.of("name", "Ada")))) {
                var answer = closed.post("/signup", body);
                refused(answer, 422, "anonymous_provider_disabled");
                assertThat(answer.json().get("message").stringValue()).isEqualTo("Anonymous sign-ins are disabled");
            }
            assertThat(accounts()).isEqualTo(before);
            assertThat(external(closed, "anonymous_users")).isFalse();
            assertThat(external(auth, "anonymous_users")).isTrue();
        }

        @Test
        void is_off_where_strangers_may_not_sign_up() {
            var before = accounts();
            var shut = start("anonymous-sign-in", "true", "sign-up", "false");
            try {
                refused(shut.post("/signup", Map.of()), 422, "signup_disabled");
            } finally {
                shut.desk().close();
            }
            assertThat(accounts()).isEqualTo(before);
        }

        @Test
        void answers_a_session_of_somebody_of_whom_nothing_is_known() {
            var session = anonymous();
            var user = session.get("user");
            assertThat(user.get("is_anonymous").booleanValue()).isTrue();
            assertThat(user.get("email").stringValue()).isEmpty();
            assertThat(user.get("phone").stringValue()).isEmpty();
            assertThat(user.get("aud").stringValue()).isEqualTo("authenticated");
            assertThat(user.get("role").stringValue()).isEqualTo("authenticated");
            assertThat(user.get("app_metadata")).isEqualTo(JSON.readTree("{\"role\":\"customer\"}"));
            assertThat(user.get("user_metadata")).isEqualTo(JSON.readTree("{}"));
            assertThat(user.get("identities")).isEqualTo(JSON.readTree("[]"));
            for (var none : List.of("email_confirmed_at", "confirmed_at", "new_email", "factors"))
                assertThat(user.has(none)).as(none).isFalse();
            for (var time : List.of("last_sign_in_at", "created_at", "updated_at"))
                assertThat(user.get(time).isString()).as(time).isTrue();

            var claims = claims(session);
            assertThat(claims.get("is_anonymous").booleanValue()).isTrue();
            assertThat(claims.get("sub")).isEqualTo(user.get("id"));
            assertThat(claims.get("email").stringValue()).isEmpty();
            assertThat(claims.get("app_metadata")).isEqualTo(user.get("app_metadata"));
            assertThat(claims.get("role").stringValue()).isEqualTo("authenticated");
            assertThat(claims.get("aal").stringValue()).isEqualTo("aal1");
            assertThat(claims.get("amr").size()).isEqualTo(1);
            assertThat(claims.get("amr").get(0).get("method").stringValue()).isEqualTo("anonymous");

            var again = user(session);
            assertThat(again.get("id")).isEqualTo(user.get("id"));
            assertThat(again.get("is_anonymous").booleanValue()).isTrue();
        }

        @Test
        void makes_another_person_each_time() {
            assertThat(id(anonymous())).isNotEqualTo(id(anonymous()));
        }

        @Test
        void works_with_no_body_and_with_an_empty_address() {
            for (var body : List.of("", "{}", "{\"email\":\"\",\"phone\":\"\",\"password\":\"\"}"))
                assertThat(desk.post("/auth/v1/signup", body).status()).isEqualTo(200);
        }

        @Test
        void with_a_password_or_a_telephone_is_refused_and_makes_nobody() {
            var before = accounts();
            refused(auth.post("/signup", Map.of("password", PASSWORD)), 400, "validation_failed");
            refused(auth.post("/signup", Map.of("phone", "+4912345")), 422, "phone_provider_disabled");
            refused(auth.post("/signup", Map.of("data", Map.of("text", "x".repeat(4_096)))), 400, "validation_failed");
            refused(auth.post("/signup", Map.of("data", Map.of("display_name", 1))), 400, "validation_failed");
            refused(
                    auth.post("/signup", Map.of("data", Map.of("display_name", "x".repeat(1_000)))),
                    400,
                    "validation_failed");
            assertThat(accounts()).isEqualTo(before);
        }

        @Test
        void registers_a_customer_without_an_address_under_the_name_they_give() {
            var session = session(auth.post("/signup", Map.of("data", Map.of("display_name", "Ada", "shoe", 38))));
            assertThat(session.get("user").get("user_metadata"))
                    .isEqualTo(JSON.readTree("{\"display_name\":\"Ada\",\"shoe\":38}"));
            assertThat(log(id(session)))
                    .containsExactly(
                            new ProfileRegistered(new ProfileId(id(session)), Personal.of("Ada"), null, Role.CUSTOMER));
        }

        @Test
        void is_written_into_the_trail() {
            var session = anonymous();
            auth.post(session, "/logout", Map.of());
            assertThat(jdbc.sql("select action || ' ' || coalesce(cause, '') from identity.trail"
                                    + " where account_id = ? order by id")
                            .param(id(session))
                            .query(String.class)
                            .list())
                    .containsExactly("signed_up anonymous", "signed_in anonymous", "signed_out global");
        }

        @Test
        void that_a_crash_left_half_done_is_finished() {
            var person = UUID.randomUUID();
            jdbc.sql("insert into identity.account (id, email, state) values (?, null, 'pending')")
                    .param(person)
                    .update();
            var accounts = desk.bean(Accounts.class);
            var signUp = desk.bean(SignUp.class);
            assertThat(signUp.finish(accounts.byId(person).orElseThrow()))
                    .hasValueSatisfying(account -> assertThat(account.active()).isTrue());
            assertThat(said(person)).containsExactly(ProfileRegistered.class);
        }
    }

    @Nested
    class Sessions {

        @Test
        void go_on_and_stay_anonymous() {
            var session = anonymous();
            var next = session(auth.refresh(session));
            assertThat(id(next)).isEqualTo(id(session));
            assertThat(next.get("user").get("is_anonymous").booleanValue()).isTrue();
            assertThat(claims(next).get("is_anonymous").booleanValue()).isTrue();
            assertThat(claims(next).get("amr").get(0).get("method").stringValue())
                    .isEqualTo("anonymous");
            assertThat(isAnonymous(next)).isTrue();
            assertThat(ok(auth.get(next, "/sessions")).size()).isEqualTo(1);
        }

        @Test
        void end_for_good_when_the_person_signs_out() {
            var session = anonymous();
            assertThat(auth.post(session, "/logout", Map.of()).status()).isEqualTo(204);
            refused(auth.get(session, "/user"), 403, "session_not_found");
            refused(auth.refresh(session), 400, "refresh_token_not_found");
        }
    }

    @Nested
    class AtTheDesk {

        private static Answer send(JsonNode session, String command, String body) {
            return desk.post(
                    "/commands/" + command,
                    body,
                    "Authorization",
                    "Bearer " + session.get("access_token").stringValue(),
                    "Content-Type",
                    "application/json");
        }

        @Test
        void they_are_customers_who_may_ask_for_help() {
            var session = anonymous();
            var who = desk.get(
                    "/rest/v1/who",
                    "Authorization",
                    "Bearer " + session.get("access_token").stringValue());
            assertThat(who.raw().body()).isEqualTo("customer " + id(session));
            var ticket = UUID.randomUUID();
            var answer = send(
                    session,
                    "CreateTicket",
                    "{\"ticketId\":\"" + ticket + "\",\"subject\":\"No light\",\"description\":\"It is dark.\"}");
            assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
            assertThat(log(ticket).getFirst()).isInstanceOfSatisfying(TicketCreated.class, event -> assertThat(
                            event.requesterId().value())
                    .isEqualTo(id(session)));
        }

        @Test
        void they_may_no_more_than_other_customers() {
            var session = anonymous();
            var answer = send(session, "AssignRole", "{\"profileId\":\"" + id(session) + "\",\"role\":\"admin\"}");
            assertThat(answer.status()).as(answer.raw().body()).isEqualTo(403);
            refused(auth.get(session, "/admin/users"), 403, "not_admin");
            assertThat(said(id(session))).containsExactly(ProfileRegistered.class);
        }

        @Test
        void they_change_their_name() {
            var session = anonymous();
            var changed = ok(auth.put(session, "/user", Map.of("data", Map.of("name", "Grace"))));
            assertThat(changed.get("user_metadata").get("name").stringValue()).isEqualTo("Grace");
            assertThat(changed.get("is_anonymous").booleanValue()).isTrue();
        }
    }

    @Nested
    class APassword {

        @Test
        void comes_after_an_address_and_until_then_changes_nothing() throws Exception {
            var session = anonymous();
            var before = user(session);
            var wanted = address();
            refused(auth.put(session, "/user", Map.of("password", PASSWORD)), 422, "validation_failed");
            refused(
                    auth.put(session, "/user", Map.of("password", PASSWORD, "data", Map.of("name", "Ada"))),
                    422,
                    "validation_failed");
            refused(
                    auth.put(session, "/user", Map.of("password", PASSWORD, "email", wanted)),
                    422,
                    "validation_failed");
            refused(trusting.put(session, "/user", Map.of("password", PASSWORD)), 422, "validation_failed");
            assertThat(user(session)).isEqualTo(before);
            assertThat(mailsAbout(id(session))).isEmpty();
            assertThat(post.count(wanted)).isZero();
            assertThat(jdbc.sql("select password_hash is null from identity.account where id = ?")
                            .param(id(session))
                            .query(Boolean.class)
                            .single())
                    .isTrue();
        }

        @Test
        void cannot_be_shown_nor_asked_for_by_mail() {
            var session = anonymous();
            refused(auth.get(session, "/reauthenticate"), 422, "validation_failed");
            assertThat(mailsAbout(id(session))).isEmpty();
            refused(
                    trusting.put(session, "/user", Map.of("email", address(), "nonce", "123456")),
                    422,
                    "reauthentication_not_valid");
            refused(
                    trusting.put(session, "/user", Map.of("email", address(), "current_password", PASSWORD)),
                    400,
                    "current_password_invalid");
            assertThat(isAnonymous(session)).isTrue();
        }
    }

    @Nested
    class BecomingPermanentByMail {

        @Test
        void takes_one_mail_to_the_new_address_and_keeps_everything() throws Exception {
            var session = anonymous();
            var wanted = address();
            var asked = ok(auth.put(session, "/user", Map.of("email", wanted)));
            assertThat(asked.get("new_email").stringValue()).isEqualTo(wanted);
            assertThat(asked.get("email_change_sent_at").isString()).isTrue();
            assertThat(asked.get("is_anonymous").booleanValue()).isTrue();
            var mail = post.next(wanted);
            assertThat(isAnonymous(session)).isTrue();
            assertThat(claims(session(auth.refresh(session)))
                            .get("is_anonymous")
                            .booleanValue())
                    .isTrue();
            refused(auth.signIn(wanted, PASSWORD), 400, "invalid_credentials");
            assertThat(said(id(session))).containsExactly(ProfileRegistered.class);

            var permanent = session(verify("email_change", wanted, mail.code()));
            assertThat(id(permanent)).isEqualTo(id(session));
            var user = permanent.get("user");
            assertThat(user.get("is_anonymous").booleanValue()).isFalse();
            assertThat(claims(permanent).get("is_anonymous").booleanValue()).isFalse();
            assertThat(claims(permanent).get("email").stringValue()).isEqualTo(wanted);
            assertThat(user.get("email").stringValue()).isEqualTo(wanted);
            assertThat(user.get("email_confirmed_at").isString()).isTrue();
            assertThat(user.has("new_email")).isFalse();
            assertThat(user.get("app_metadata"))
                    .isEqualTo(
                            JSON.readTree("{\"provider\":\"email\",\"providers\":[\"email\"],\"role\":\"customer\"}"));
            var identity = user.get("identities").get(0);
            assertThat(user.get("identities").size()).isEqualTo(1);
            assertThat(identity.get("provider").stringValue()).isEqualTo("email");
            assertThat(identity.get("identity_data").get("email").stringValue()).isEqualTo(wanted);
            assertThat(identity.get("identity_data").get("email_verified").booleanValue())
                    .isTrue();

            assertThat(isAnonymous(session)).isFalse(); // the session from before goes on
            assertThat(log(id(session)).subList(1, 3))
                    .containsExactly(
                            new EmailChanged(new ProfileId(id(session)), null, Personal.of(wanted)),
                            new EmailVerified(new ProfileId(id(session)), Personal.of(wanted)));
            ok(auth.put(permanent, "/user", Map.of("password", PASSWORD)));
            assertThat(id(session(auth.signIn(wanted, PASSWORD)))).isEqualTo(id(session));
            assertThat(post.next(wanted).subject()).isEqualTo("Your password for Chronodesk was changed");
            assertThat(post.count(wanted)).isEqualTo(2);
            assertThat(mailsAbout(id(session))).containsExactly("email_change_new", "password_changed");
        }

        @Test
        void works_by_the_link_once_and_signs_in_by_mail_from_then_on() {
            var session = anonymous();
            var wanted = address();
            auth.put(session, "/user", Map.of("email", wanted));
            var mail = post.next(wanted);
            assertThat(follow(mail).header("Location")).contains("#access_token=");
            assertThat(follow(mail).header("Location")).contains("error_code=otp_expired");
            assertThat(isAnonymous(session)).isFalse();
            auth.post("/otp", Map.of("email", wanted));
            assertThat(id(session(verify("magiclink", wanted, post.next(wanted).code()))))
                    .isEqualTo(id(session));
        }

        @Test
        void is_still_possible_long_after_signing_in() {
            var session = anonymous();
            longAgo(session);
            var wanted = address();
            ok(auth.put(session, "/user", Map.of("email", wanted)));
            session(verify("email_change", wanted, post.next(wanted).code()));
            // there is something to show now
            longAgo(session);
            refused(auth.put(session, "/user", Map.of("password", PASSWORD)), 400, "reauthentication_needed");
        }

        @Test
        void counts_the_last_wish_only() {
            var session = anonymous();
            var first = address();
            var second = address();
            auth.put(session, "/user", Map.of("email", first));
            auth.put(session, "/user", Map.of("email", second));
            refused(verify("email_change", first, post.next(first).code()), 403, "otp_expired");
            assertThat(isAnonymous(session)).isTrue();
            session(verify("email_change", second, post.next(second).code()));
            assertThat(user(session).get("email").stringValue()).isEqualTo(second);
        }

        @Test
        void to_an_address_that_somebody_has_looks_alike_and_never_completes() {
            var owner = somebody();
            var session = anonymous();
            var other = anonymous();
            var free = address();
            var held = ok(auth.put(session, "/user", Map.of("email", owner)));
            var open = ok(auth.put(other, "/user", Map.of("email", free)));
            assertThat(shape(held, owner)).isEqualTo(shape(open, free));
            assertThat(post.next(owner).subject()).isEqualTo("You have an account at Chronodesk");
            assertThat(mailsAbout(id(session))).isEmpty();
            assertThat(jdbc.sql("select count(*) from identity.one_time_token where account_id = ?")
                            .param(id(session))
                            .query(Long.class)
                            .single())
                    .isZero();
            assertThat(isAnonymous(session)).isTrue();
            refused(auth.put(session, "/user", Map.of("password", OTHER)), 422, "validation_failed");
            session(auth.signIn(owner, PASSWORD));
        }

        private static String shape(JsonNode user, String wanted) {
            return user.toString()
                    .replace(wanted, "EMAIL")
                    .replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "ID")
                    .replaceAll("\\d{4}-\\d\\d-\\d\\dT[^\"]+", "TIME");
        }

        @Test
        void comes_too_late_when_somebody_else_has_taken_the_address() {
            var session = anonymous();
            var wanted = address();
            auth.put(session, "/user", Map.of("email", wanted));
            var mail = post.next(wanted);
            session(trusting.signUp(wanted, PASSWORD));
            refused(verify("email_change", wanted, mail.code()), 403, "otp_expired");
            assertThat(isAnonymous(session)).isTrue();
            assertThat(said(id(session))).containsExactly(ProfileRegistered.class);
            assertThat(id(session(auth.signIn(wanted, PASSWORD)))).isNotEqualTo(id(session));
        }

        @Test
        void sends_as_many_mails_as_to_anybody_else() throws Exception {
            var strict = start("limits.mail-per-recipient", "1/1h");
            var wanted = address();
            try {
                ok(strict.put(anonymous(), "/user", Map.of("email", wanted)));
                refused(strict.put(anonymous(), "/user", Map.of("email", wanted)), 429, "over_email_send_rate_limit");
            } finally {
                strict.desk().close();
            }
            post.next(wanted);
            assertThat(post.count(wanted)).isEqualTo(1);
        }

        @Test
        void needs_an_address() {
            var session = anonymous();
            refused(auth.put(session, "/user", Map.of("email", "nobody at home")), 400, "validation_failed");
            assertThat(user(session).has("new_email")).isFalse();
        }
    }

    @Nested
    class BecomingPermanentOnTrust {

        @Test
        void happens_at_once() throws Exception {
            var session = anonymous(trusting);
            var wanted = address();
            var user = ok(trusting.put(session, "/user", Map.of("email", wanted)));
            assertThat(user.get("id")).isEqualTo(session.get("user").get("id"));
            assertThat(user.get("email").stringValue()).isEqualTo(wanted);
            assertThat(user.get("is_anonymous").booleanValue()).isFalse();
            assertThat(user.get("email_confirmed_at").isString()).isTrue();
            assertThat(user.get("identities").get(0).get("provider").stringValue())
                    .isEqualTo("email");
            assertThat(said(id(session))).containsExactly(ProfileRegistered.class, EmailChanged.class);
            ok(trusting.put(session, "/user", Map.of("password", PASSWORD)));
            assertThat(id(session(trusting.signIn(wanted, PASSWORD)))).isEqualTo(id(session));
            assertThat(post.next(wanted).subject()).isEqualTo("Your password for Chronodesk was changed");
            assertThat(post.count(wanted)).isEqualTo(1);
        }

        @Test
        void takes_a_password_in_the_same_request() {
            var session = anonymous(trusting);
            var wanted = address();
            ok(trusting.put(session, "/user", Map.of("email", wanted, "password", PASSWORD)));
            assertThat(id(session(trusting.signIn(wanted, PASSWORD)))).isEqualTo(id(session));
        }

        @Test
        void refuses_the_new_address_as_a_password() {
            var session = anonymous(trusting);
            var wanted = address();
            refused(trusting.put(session, "/user", Map.of("email", wanted, "password", wanted)), 422, "weak_password");
            assertThat(isAnonymous(session)).isTrue();
        }

        @Test
        void is_still_possible_long_after_signing_in() {
            var session = anonymous(trusting);
            longAgo(session);
            ok(trusting.put(session, "/user", Map.of("email", address())));
            // there is something to show now
            refused(trusting.put(session, "/user", Map.of("email", address())), 400, "reauthentication_needed");
        }

        @Test
        void to_an_address_that_somebody_has_is_refused_and_changes_nothing() {
            var owner = somebody();
            var session = anonymous(trusting);
            var before = user(session);
            refused(trusting.put(session, "/user", Map.of("email", owner)), 422, "email_exists");
            refused(trusting.put(session, "/user", Map.of("email", owner, "password", OTHER)), 422, "email_exists");
            assertThat(user(session)).isEqualTo(before);
            assertThat(jdbc.sql("select password_hash is null from identity.account where id = ?")
                            .param(id(session))
                            .query(Boolean.class)
                            .single())
                    .isTrue();
            session(trusting.signIn(owner, PASSWORD));
            refused(trusting.signIn(owner, OTHER), 400, "invalid_credentials");
        }
    }

    @Nested
    class LockedOut {

        private static void send(Object command) {
            desk.commands().send(command, Senders.SYSTEM, Terms.PLAIN);
        }

        private static int who(JsonNode session) {
            return desk.get(
                            "/rest/v1/who",
                            "Authorization",
                            "Bearer " + session.get("access_token").stringValue())
                    .status();
        }

        @Test
        void by_a_ban_with_the_old_token_too() {
            var session = anonymous();
            ok(administer("PUT", "/admin/users/" + id(session), Map.of("ban_duration", "1h")));
            refused(auth.get(session, "/user"), 403, "user_banned");
            assertThat(auth.refresh(session).status()).isEqualTo(400);
            assertThat(who(session)).isBetween(401, 403);
        }

        @Test
        void by_a_deactivated_profile_with_the_old_token_too_and_for_good() {
            var session = anonymous();
            send(new DeactivateProfile(new ProfileId(id(session))));
            refused(auth.get(session, "/user"), 403, "user_banned");
            assertThat(auth.refresh(session).status()).isEqualTo(400);
            assertThat(who(session)).isBetween(401, 403);
            send(new ReactivateProfile(new ProfileId(id(session))));
            refused(auth.get(session, "/user"), 403, "session_not_found");
        }

        @Test
        void by_an_erasure_that_leaves_nothing() {
            var session = session(auth.post("/signup", Map.of("data", Map.of("name", "Ada"))));
            var wanted = address();
            auth.put(session, "/user", Map.of("email", wanted));
            var mail = post.next(wanted);
            send(new ErasePerson(new ProfileId(id(session))));
            refused(auth.get(session, "/user"), 403, "user_banned");
            assertThat(auth.refresh(session).status()).isEqualTo(400);
            assertThat(who(session)).isBetween(401, 403);
            refused(verify("email_change", wanted, mail.code()), 403, "otp_expired");
            refused(administer("GET", "/admin/users/" + id(session), Map.of()), 404, "user_not_found");
            assertThat(jdbc.sql("select count(*) from identity.mail where recipient = ?")
                            .param(wanted)
                            .query(Long.class)
                            .single())
                    .isZero();
        }
    }

    @Nested
    class Administrators {

        @Test
        void see_them_in_the_list_and_one_by_one() {
            var session = anonymous();
            var one = ok(administer("GET", "/admin/users/" + id(session), Map.of()));
            assertThat(one.get("is_anonymous").booleanValue()).isTrue();
            assertThat(one.get("email").stringValue()).isEmpty();
            assertThat(one.get("identities").size()).isZero();
            assertThat(one.get("app_metadata")).isEqualTo(JSON.readTree("{\"role\":\"customer\"}"));
            var listed = new ArrayList<JsonNode>();
            ok(administer("GET", "/admin/users?per_page=1000", Map.of()))
                    .get("users")
                    .forEach(user -> {
                        if (user.get("id").equals(one.get("id"))) listed.add(user);
                    });
            assertThat(listed).containsExactly(one);
        }

        @Test
        void give_them_an_address_and_a_password_together() throws Exception {
            var session = anonymous();
            var email = address();
            var changed =
                    ok(administer("PUT", "/admin/users/" + id(session), Map.of("email", email, "password", PASSWORD)));
            assertThat(changed.get("is_anonymous").booleanValue()).isFalse();
            assertThat(changed.get("email_confirmed_at").isString()).isTrue();
            assertThat(changed.get("identities")
                            .get(0)
                            .get("identity_data")
                            .get("email")
                            .stringValue())
                    .isEqualTo(email);
            assertThat(said(id(session)))
                    .containsExactly(ProfileRegistered.class, EmailChanged.class, EmailVerified.class);
            assertThat(id(session(auth.signIn(email, PASSWORD)))).isEqualTo(id(session));
            assertThat(mailsAbout(id(session))).isEmpty();
        }

        @Test
        void do_not_vouch_for_an_address_unless_they_want_to() {
            var session = anonymous();
            var email = address();
            var changed = ok(
                    administer("PUT", "/admin/users/" + id(session), Map.of("email", email, "email_confirm", false)));
            assertThat(changed.has("email_confirmed_at")).isFalse();
            auth.post("/resend", Map.of("type", "signup", "email", email));
            assertThat(id(session(verify("signup", email, post.next(email).code()))))
                    .isEqualTo(id(session));
            assertThat(said(id(session)))
                    .containsExactly(ProfileRegistered.class, EmailChanged.class, EmailVerified.class);
        }

        @Test
        void give_them_no_password_without_an_address_nor_an_address_that_somebody_has() {
            var session = anonymous();
            var path = "/admin/users/" + id(session);
            var before = ok(administer("GET", path, Map.of()));
            refused(administer("PUT", path, Map.of("password", PASSWORD)), 422, "validation_failed");
            refused(administer("PUT", path, Map.of("email", somebody())), 422, "email_exists");
            assertThat(ok(administer("GET", path, Map.of()))).isEqualTo(before);
            assertThat(isAnonymous(session)).isTrue();
        }

        @Test
        void vouch_for_nothing_where_there_is_no_address() {
            var session = anonymous();
            var changed = ok(administer("PUT", "/admin/users/" + id(session), Map.of("email_confirm", true)));
            assertThat(changed.has("email_confirmed_at")).isFalse();
            assertThat(said(id(session))).containsExactly(ProfileRegistered.class);
        }
    }

    @Test
    void a_second_factor_needs_no_address_and_nobody_is_written_to() {
        var session = anonymous();
        var enrolled = ok(auth.post(session, "/factors", Map.of("factor_type", "totp")));
        assertThat(enrolled.get("totp").get("uri").stringValue())
                .contains(id(session).toString());
        var app = new Authenticator(enrolled.get("totp").get("secret").stringValue());
        var path = "/factors/" + enrolled.get("id").stringValue();
        var challenge =
                ok(auth.post(session, path + "/challenge", Map.of())).get("id").stringValue();
        var raised = session(
                auth.post(session, path + "/verify", Map.of("challenge_id", challenge, "code", app.at(Instant.now()))));
        assertThat(claims(raised).get("aal").stringValue()).isEqualTo("aal2");
        assertThat(raised.get("user").get("is_anonymous").booleanValue()).isTrue();
        ok(auth.delete(raised, path, Map.of()));
        assertThat(mailsAbout(id(session))).isEmpty();
    }

    @Nested
    class WithoutAccountsOfItsOwn {

        @Test
        void a_desk_shuts_every_door_that_takes_an_address() throws Exception {
            var known = somebody();
            var stranger = address();
            var mails = post.count(known);
            var before = accounts();
            for (var email : List.of(known, stranger)) {
                refused(closed.signIn(email, PASSWORD), 422, "email_provider_disabled");
                refused(closed.signUp(email, PASSWORD), 422, "email_provider_disabled");
                for (var path : List.of("/otp", "/magiclink", "/recover"))
                    refused(closed.post(path, Map.of("email", email)), 422, "email_provider_disabled");
                for (var type : List.of("signup", "email_change"))
                    refused(
                            closed.post("/resend", Map.of("type", type, "email", email)),
                            422,
                            "email_provider_disabled");
            }
            assertThat(accounts()).isEqualTo(before);
            Thread.sleep(300);
            assertThat(post.count(known)).isEqualTo(mails);
            assertThat(post.count(stranger)).isZero();
            assertThat(jdbc.sql("select count(*) from identity.mail where recipient = ?")
                            .param(stranger)
                            .query(Long.class)
                            .single())
                    .isZero();
        }

        @Test
        void sessions_from_before_go_on() {
            var session = session(auth.signIn(somebody(), PASSWORD));
            ok(closed.get(session, "/user"));
            session(closed.refresh(session));
        }

        @Test
        void the_settings_say_so() {
            assertThat(external(closed, "email")).isFalse();
            assertThat(external(auth, "email")).isTrue();
        }
    }

    private static boolean external(Auth auth, String way) {
        return ok(auth.get(null, "/settings")).get("external").get(way).booleanValue();
    }

    @Nested
    class AddressesOnTrust {

        private static boolean onTrust(String email) {
            return jdbc.sql("select email_on_trust from identity.account where email = ?")
                    .param(email)
                    .query(Boolean.class)
                    .single();
        }

        private static JsonNode byMail(String email) {
            ok(trusting.post("/otp", Map.of("email", email)));
            return session(verify("magiclink", email, post.next(email).code()));
        }

        @Test
        void are_verified_in_the_log_by_the_first_mail_that_is_answered() {
            var email = address();
            var session = session(trusting.signUp(email, PASSWORD));
            assertThat(session.get("user").get("email_confirmed_at").isString()).isTrue();
            assertThat(said(id(session))).containsExactly(ProfileRegistered.class);
            assertThat(onTrust(email)).isTrue();
            session(trusting.signIn(email, PASSWORD));
            assertThat(said(id(session))).containsExactly(ProfileRegistered.class);

            assertThat(id(byMail(email))).isEqualTo(id(session));
            assertThat(log(id(session)).getLast())
                    .isEqualTo(new EmailVerified(new ProfileId(id(session)), Personal.of(email)));
            assertThat(onTrust(email)).isFalse();
            byMail(email);
            assertThat(said(id(session))).containsExactly(ProfileRegistered.class, EmailVerified.class);
        }

        @Test
        void are_on_trust_again_after_a_change_that_nobody_proved() {
            var email = address();
            var session = session(trusting.signUp(email, PASSWORD));
            byMail(email);
            var moved = address();
            ok(trusting.put(session, "/user", Map.of("email", moved)));
            assertThat(onTrust(moved)).isTrue();
            assertThat(said(id(session)))
                    .containsExactly(ProfileRegistered.class, EmailVerified.class, EmailChanged.class);
            byMail(moved);
            assertThat(onTrust(moved)).isFalse();
            assertThat(said(id(session)).getLast()).isEqualTo(EmailVerified.class);
        }

        @Test
        void are_not_what_a_mailbox_has_confirmed_nor_an_administrator() {
            var email = somebody();
            assertThat(onTrust(email)).isFalse();
            var vouched = address();
            ok(administer("POST", "/admin/users", Map.of("email", vouched, "email_confirm", true)));
            assertThat(onTrust(vouched)).isFalse();
        }

        @Test
        void are_verified_by_an_administrator_too() {
            var email = address();
            var session = session(trusting.signUp(email, PASSWORD));
            ok(administer("PUT", "/admin/users/" + id(session), Map.of("email_confirm", true)));
            assertThat(onTrust(email)).isFalse();
            assertThat(said(id(session))).containsExactly(ProfileRegistered.class, EmailVerified.class);
        }
    }
}
