package dev.chronodesk.identity.flow;

import static dev.chronodesk.identity.Auth.PASSWORD;
import static dev.chronodesk.identity.Auth.address;
import static dev.chronodesk.identity.Auth.refused;
import static dev.chronodesk.identity.Auth.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.profile.DeactivateProfile;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.identity.Auth;
import dev.chronodesk.identity.Desk;
import dev.chronodesk.identity.Desk.Answer;
import dev.chronodesk.identity.PostOffice;
import dev.chronodesk.identity.PostOffice.Mail;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.EmailAddress;
import dev.chronodesk.identity.account.Passwords;
import dev.chronodesk.identity.account.SignUp;
import dev.chronodesk.identity.link.OneTimeTokens;
import dev.chronodesk.identity.session.Device;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.util.UriComponentsBuilder;
import tools.jackson.databind.JsonNode;

/** What people do with a mail from the desk, over HTTP and with a real mail server. */
class MailedSpec {

    private static final String OTHER = "another horse 7";

    /** One that is in no list of common ones, and in that of the desk. */
    private static final String BROKEN = "a horse that everybody has seen";

    private static PostOffice post;
    private static TestDatabase database;
    private static Desk desk;
    private static Auth auth;
    private static JdbcClient jdbc;

    @BeforeAll
    static void open() {
        post = new PostOffice();
        database = TestDatabase.create();
        desk = Desk.on(
                database,
                post.settings(
                        "chronodesk.identity.password-list", passwordList().toString()));
        auth = new Auth(desk);
        jdbc = JdbcClient.create(database.database().identity());
    }

    @AfterAll
    static void close() {
        desk.close();
        database.close();
        post.close();
    }

    private static Path passwordList() {
        try {
            var sha1 = MessageDigest.getInstance("SHA-1").digest(BROKEN.getBytes(StandardCharsets.UTF_8));
            var file = Files.createTempFile("passwords", ".txt");
            file.toFile().deleteOnExit();
            return Files.writeString(file, HexFormat.of().withUpperCase().formatHex(sha1) + ":7\n");
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** A person with a confirmed address and a password. */
    private static JsonNode person(String email) {
        assertThat(auth.signUp(email, PASSWORD).status()).isEqualTo(200);
        follow(post.next(email));
        return session(auth.signIn(email, PASSWORD));
    }

    private static Answer follow(Mail mail) {
        return desk.get(mail.path());
    }

    private static String location(Answer answer) {
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(303);
        return answer.header("Location");
    }

    private static String fragment(Answer answer, String name) {
        var fragment = location(answer).replaceFirst("[^#]*#", "");
        var value = UriComponentsBuilder.newInstance()
                .query(fragment)
                .build()
                .getQueryParams()
                .getFirst(name);
        return String.valueOf(value);
    }

    private static JsonNode user(String accessToken) {
        var answer = desk.get("/auth/v1/user", "Authorization", "Bearer " + accessToken);
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
        return answer.json();
    }

    private static void isOver(Answer answer) {
        assertThat(location(answer))
                .startsWith("https://desk.example.org/app?error=access_denied&error_code=otp_expired"
                        + "&error_description=Email+link+is+invalid+or+has+expired")
                .endsWith("#error=access_denied&error_code=otp_expired"
                        + "&error_description=Email+link+is+invalid+or+has+expired");
    }

    private static void expire(String email) {
        assertThat(jdbc.sql("update identity.one_time_token set expires_at = now() where email = ?")
                        .param(email)
                        .update())
                .isPositive();
    }

    private static Answer verify(String type, String email, String code) {
        return auth.post("/verify", Map.of("type", type, "email", email, "token", code));
    }

    @Nested
    class SigningUp {

        @Test
        void lets_nobody_in_before_the_address_is_confirmed() {
            var email = address();
            var answer = auth.signUp(email, PASSWORD);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().has("access_token")).isFalse();
            assertThat(answer.json().get("email").stringValue()).isEqualTo(email);
            assertThat(answer.json().has("email_confirmed_at")).isFalse();
            refused(auth.signIn(email, PASSWORD), 400, "email_not_confirmed");
            refused(auth.signIn(email, OTHER), 400, "invalid_credentials");

            var followed = follow(post.next(email));
            assertThat(location(followed)).startsWith("https://desk.example.org/app#access_token=");
            assertThat(fragment(followed, "type")).isEqualTo("signup");
            assertThat(fragment(followed, "token_type")).isEqualTo("bearer");
            assertThat(fragment(followed, "refresh_token")).hasSize(43);
            var user = user(fragment(followed, "access_token"));
            assertThat(user.get("id")).isEqualTo(answer.json().get("id"));
            assertThat(user.get("email_confirmed_at").stringValue()).isNotBlank();
            session(auth.signIn(email, PASSWORD));
        }

        @Test
        void is_confirmed_by_the_digits_as_well_and_by_each_token_once() {
            var email = address();
            auth.signUp(email, PASSWORD);
            var mail = post.next(email);
            assertThat(mail.html()).contains(mail.code(), mail.parameter("token"));
            var session = session(verify("signup", email, mail.code()));
            assertThat(session.get("user").get("email").stringValue()).isEqualTo(email);
            refused(verify("signup", email, mail.code()), 403, "otp_expired");
            isOver(follow(mail));
        }

        @Test
        void is_confirmed_by_the_token_of_the_link_in_a_body() {
            var email = address();
            auth.signUp(email, PASSWORD);
            var token = post.next(email).parameter("token");
            refused(auth.post("/verify", Map.of("type", "recovery", "token_hash", token)), 403, "otp_expired");
            refused(
                    auth.post("/verify", Map.of("type", "signup", "token_hash", token, "email", email)),
                    400,
                    "validation_failed");
            session(auth.post("/verify", Map.of("type", "signup", "token_hash", token)));
        }

        @Test
        void answers_alike_whether_the_address_is_known_or_not_and_tells_its_owner() {
            var known = address();
            var owner = person(known);
            var unknown = address();
            var first = auth.signUp(known, OTHER);
            var second = auth.signUp(unknown, OTHER);
            assertThat(first.status()).isEqualTo(second.status()).isEqualTo(200);
            assertThat(shape(first.json(), known)).isEqualTo(shape(second.json(), unknown));
            assertThat(auth.signUp(known, OTHER).json().get("id"))
                    .isEqualTo(first.json().get("id"));
            assertThat(auth.signUp(unknown, OTHER).json().get("id"))
                    .isEqualTo(second.json().get("id"));
            assertThat(post.next(known).subject()).isEqualTo("You have an account at Chronodesk");
            assertThat(auth.get(owner, "/user").status()).isEqualTo(200);
            session(auth.signIn(known, PASSWORD));
            refused(auth.signIn(known, OTHER), 400, "invalid_credentials");
        }

        @Test
        void shows_no_id_that_tells_how_an_account_was_made() {
            var known = address();
            var account = desk.bean(SignUp.class).signUp(new EmailAddress(known), PASSWORD, Map.of());
            var unknown = address();
            var first = auth.signUp(known, OTHER).json();
            assertThat(first.get("id").stringValue()).isNotEqualTo(account.id().toString());
            assertThat(shape(first, known))
                    .isEqualTo(shape(auth.signUp(unknown, OTHER).json(), unknown));
            assertThat(auth.signUp(known, OTHER).json().get("id")).isEqualTo(first.get("id"));
        }

        @Test
        void costs_as_much_work_when_somebody_has_the_address() {
            var known = address();
            person(known);
            var wanted = new MailedProofs.Wanted(null, URI.create("https://desk.example.org/app"));
            var signUps = new ArrayList<Long>();
            var hashes = new ArrayList<Long>();
            for (var i = 0; i < 9; i++) {
                signUps.add(nanos(() -> desk.bean(Registration.class)
                        .begin(new EmailAddress(known), OTHER, Map.of(), wanted, Device.NONE)));
                hashes.add(nanos(() -> desk.bean(Passwords.class).matches(OTHER, null)));
            }
            Collections.sort(signUps);
            Collections.sort(hashes);
            assertThat(signUps.get(4)).isGreaterThan(hashes.get(4) * 2 / 3);
        }

        private static long nanos(Runnable what) {
            var start = System.nanoTime();
            what.run();
            return System.nanoTime() - start;
        }

        /** All that an answer says, with what may differ between any two people taken out. */
        private static String shape(JsonNode answer, String email) {
            return answer.toString()
                    .replace(email, "EMAIL")
                    .replaceAll("[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f-]+", "ID$1")
                    .replaceAll("\\d{4}-\\d\\d-\\d\\dT[^\"]+", "TIME");
        }

        @Test
        void with_two_passwords_for_one_address_leaves_it_with_none() {
            var email = address();
            auth.signUp(email, "the attacker's own");
            auth.signUp(email, PASSWORD);
            post.next(email);
            var session = session(verify("signup", email, post.next(email).code()));
            refused(auth.signIn(email, "the attacker's own"), 400, "invalid_credentials");
            refused(auth.signIn(email, PASSWORD), 400, "invalid_credentials");
            assertThat(auth.put(session, "/user", Map.of("password", PASSWORD)).status())
                    .isEqualTo(200);
            session(auth.signIn(email, PASSWORD));
        }

        @Test
        void by_a_stranger_gives_them_nothing_when_the_owner_comes_by_another_link() {
            for (var way : List.of("/otp", "/recover")) {
                var email = address();
                auth.signUp(email, "the attacker's own");
                post.next(email);
                auth.post(way, Map.of("email", email));
                assertThat(location(follow(post.next(email)))).contains("#access_token=");
                refused(auth.signIn(email, "the attacker's own"), 400, "invalid_credentials");
            }
        }

        @Test
        void with_a_password_that_is_known_to_everybody_is_refused_before_anything_happens() throws Exception {
            var email = address();
            for (var common : List.of("password1", "PassWord1", email, "qwertyuiop", BROKEN)) {
                var answer = auth.signUp(email, common);
                refused(answer, 422, "weak_password");
                assertThat(answer.json()
                                .get("weak_password")
                                .get("reasons")
                                .get(0)
                                .stringValue())
                        .isEqualTo("pwned");
            }
            assertThat(post.count(email)).isZero();
        }

        @Test
        void is_mailed_again_while_it_is_needed() throws Exception {
            var email = address();
            auth.signUp(email, PASSWORD);
            var first = post.next(email);
            assertThat(auth.post("/resend", Map.of("type", "signup", "email", email))
                            .status())
                    .isEqualTo(200);
            var second = post.next(email);
            isOver(follow(first)); // the last one counts
            session(verify("signup", email, second.code()));
            for (var address : List.of(email, address())) {
                var answer = auth.post("/resend", Map.of("type", "signup", "email", address));
                assertThat(answer.raw().body()).isEqualTo("{}");
            }
            Thread.sleep(300);
            assertThat(post.count(email)).isEqualTo(2);
            refused(auth.post("/resend", Map.of("type", "sms", "phone", "1")), 422, "phone_provider_disabled");
            refused(auth.post("/resend", Map.of("type", "other", "email", email)), 400, "validation_failed");
        }
    }

    @Nested
    class Links {

        @Test
        void lead_only_where_the_settings_allow_and_are_never_made_of_headers() {
            var email = address();
            var allowed = "https://other.example.org/x/y?z=1";
            for (var asked : List.of(
                    allowed,
                    "https://desk.example.org/elsewhere",
                    "com.example.desk://back",
                    "https://evil.example.com/",
                    "https://other.example.org.evil.com/",
                    "https://other.example.org@evil.com/",
                    "https://evil.com/?https://other.example.org/x",
                    "https://evil.com/#https://other.example.org/x",
                    "//other.example.org/x",
                    "javascript://other.example.org/%0aalert(1)",
                    "https://other.example.org/\\evil",
                    "http://desk.example.org/app")) {
                desk.post(
                        "/auth/v1/otp?redirect_to=" + java.net.URLEncoder.encode(asked, StandardCharsets.UTF_8),
                        "{\"email\":\"" + email + "\"}",
                        "X-Forwarded-Host",
                        "evil.example.com",
                        "X-Forwarded-Proto",
                        "ftp",
                        "Forwarded",
                        "host=evil.example.com",
                        "Origin",
                        "https://evil.example.com");
                var mail = post.next(email);
                assertThat(mail.link().toString()).startsWith("http://localhost:8080/auth/v1/verify?token=");
                assertThat(mail.plain()).doesNotContain("evil");
                var there = location(follow(mail));
                if (asked.equals(allowed)) assertThat(there).startsWith(allowed + "#access_token=");
                else if (asked.startsWith("com.") || asked.endsWith("elsewhere"))
                    assertThat(there).startsWith(asked + "#access_token=");
                else assertThat(there).as(asked).startsWith("https://desk.example.org/app#access_token=");
            }
        }

        @Test
        void that_are_wrong_old_or_torn_lead_to_an_error_and_never_to_one_of_ours() {
            for (var query : List.of(
                    "token=unknown&type=signup", "token=pkce_unknown&type=recovery", "token_hash=x&type=magiclink"))
                isOver(desk.get("/auth/v1/verify?" + query));
            for (var query : List.of("", "type=signup", "token=x", "token=x&type=telegram", "token=%ff&type=signup"))
                assertThat(location(desk.get("/auth/v1/verify?" + query)))
                        .startsWith("https://desk.example.org/app?error=access_denied&error_code=");
            var email = address();
            auth.signUp(email, PASSWORD);
            var mail = post.next(email);
            expire(email);
            isOver(follow(mail));
            refused(verify("signup", email, mail.code()), 403, "otp_expired");
        }

        @Test
        void to_an_address_that_the_person_has_left_prove_nothing() {
            var email = address();
            person(email);
            auth.post("/recover", Map.of("email", email));
            var mail = post.next(email);
            jdbc.sql("update identity.account set email = ? where email = ?")
                    .param("moved-" + email)
                    .param(email)
                    .update();
            isOver(follow(mail));
        }

        @Test
        void are_used_once_by_fifty_who_follow_them_at_once() throws Exception {
            var email = address();
            auth.signUp(email, PASSWORD);
            var mail = post.next(email);
            try (var pool = Executors.newFixedThreadPool(50)) {
                var tasks = new ArrayList<java.util.concurrent.Callable<String>>();
                for (var i = 0; i < 50; i++)
                    tasks.add(
                            i % 2 == 0
                                    ? () -> location(follow(mail)).contains("access_token") ? "in" : "out"
                                    : () -> verify("signup", email, mail.code()).status() == 200 ? "in" : "out");
                var in = 0;
                for (var each : pool.invokeAll(tasks)) if (each.get().equals("in")) in++;
                assertThat(in).isEqualTo(1);
            }
        }
    }

    @Nested
    class Digits {

        @Test
        void die_after_ten_wrong_guesses_and_their_link_lives_on() {
            var email = address();
            auth.signUp(email, PASSWORD);
            var mail = post.next(email);
            var wrong = mail.code().equals("000000") ? "000001" : "000000";
            for (var i = 0; i < OneTimeTokens.GUESSES; i++) refused(verify("email", email, wrong), 403, "otp_expired");
            refused(verify("email", email, mail.code()), 403, "otp_expired");
            assertThat(location(follow(mail))).contains("#access_token=");
        }

        @Test
        void that_many_guess_at_once_are_counted_one_by_one() throws Exception {
            var email = address();
            auth.signUp(email, PASSWORD);
            var mail = post.next(email);
            var wrong = mail.code().equals("000000") ? "000001" : "000000";
            try (var pool = Executors.newFixedThreadPool(30)) {
                java.util.concurrent.Callable<Integer> guess =
                        () -> verify("email", email, wrong).status();
                for (var each : pool.invokeAll(Collections.nCopies(30, guess)))
                    assertThat(each.get()).isEqualTo(403);
            }
            assertThat(jdbc.sql("select wrong from identity.one_time_token where email = ?")
                            .param(email)
                            .query(Integer.class)
                            .single())
                    .isEqualTo(OneTimeTokens.GUESSES);
            refused(verify("email", email, mail.code()), 403, "otp_expired");
        }

        @Test
        void of_one_person_do_not_open_another_ones_account_nor_serve_for_another_purpose() {
            var one = address();
            var other = address();
            person(one);
            person(other);
            auth.post("/otp", Map.of("email", one));
            auth.post("/recover", Map.of("email", other));
            var code = post.next(one).code();
            refused(verify("email", other, code), 403, "otp_expired");
            refused(verify("recovery", one, code), 403, "otp_expired");
            refused(verify("email_change", one, code), 403, "otp_expired");
            refused(verify("reauthentication", one, code), 400, "validation_failed");
            session(verify("magiclink", one, code));
        }
    }

    @Nested
    class Recovery {

        @Test
        void leads_to_a_new_password_and_signs_the_other_devices_out() {
            var email = address();
            var before = person(email);
            assertThat(auth.post("/recover", Map.of("email", email)).raw().body())
                    .isEqualTo("{}");
            var mail = post.next(email);
            assertThat(mail.subject()).isEqualTo("Choose a new password for Chronodesk");
            var session = session(verify("recovery", email, mail.code()));
            assertThat(methods(session)).containsExactly("recovery");
            assertThat(auth.put(session, "/user", Map.of("password", OTHER)).status())
                    .isEqualTo(200);
            assertThat(post.next(email).subject()).isEqualTo("Your password for Chronodesk was changed");
            refused(auth.signIn(email, PASSWORD), 400, "invalid_credentials");
            refused(auth.get(before, "/user"), 403, "session_not_found");
            assertThat(auth.get(session, "/user").status()).isEqualTo(200);
            session(auth.signIn(email, OTHER));
        }

        private static List<String> methods(JsonNode session) {
            var claims = new Auth(desk).get(session, "/sessions").json().get(0).get("amr");
            var methods = new ArrayList<String>();
            claims.forEach(each -> methods.add(each.get("method").stringValue()));
            return methods;
        }

        @Test
        void is_answered_alike_for_known_unknown_and_locked_out_people() throws Exception {
            var known = address();
            person(known);
            var nobody = address();
            var bodies = new ArrayList<String>();
            for (var each : List.of(known, nobody)) {
                var answer = auth.post("/recover", Map.of("email", each));
                bodies.add(answer.status() + answer.raw().body());
            }
            assertThat(bodies.get(0)).isEqualTo(bodies.get(1)).isEqualTo("200{}");
            post.next(known);
            Thread.sleep(300);
            assertThat(post.count(nobody)).isZero();
        }

        @Test
        void is_not_mailed_to_who_is_locked_out_nor_is_anything_else_that_lets_in() throws Exception {
            var email = address();
            var session = person(email);
            var wanted = address();
            auth.put(session, "/user", Map.of("email", wanted));
            post.next(wanted);
            var waiting = address();
            var id = auth.signUp(waiting, PASSWORD).json().get("id").stringValue();
            post.next(waiting);
            for (var each : List.of(id, session.get("user").get("id").stringValue()))
                desk.commands().send(new DeactivateProfile(ProfileId.of(each)), Senders.SYSTEM, Terms.PLAIN);
            var before = post.count(email) + post.count(wanted) + post.count(waiting);
            for (var each : List.of(email, waiting))
                for (var path : List.of("/recover", "/otp", "/magiclink", "/resend"))
                    for (var type : List.of("signup", "email_change")) {
                        var answer = auth.post(path, Map.of("email", each, "type", type));
                        assertThat(answer.status() + answer.raw().body()).isEqualTo("200{}");
                    }
            Thread.sleep(300);
            assertThat(post.count(email) + post.count(wanted) + post.count(waiting))
                    .isEqualTo(before);
        }

        @Test
        void ends_links_that_were_on_their_way_when_the_password_is_changed() {
            var email = address();
            var session = person(email);
            auth.post("/otp", Map.of("email", email));
            var mail = post.next(email);
            auth.put(session, "/user", Map.of("password", OTHER));
            isOver(follow(mail));
        }
    }

    @Nested
    class MagicLinks {

        @Test
        void sign_in_who_has_an_account_and_make_one_for_who_has_none() {
            var email = address();
            var answer = auth.post("/otp", Map.of("email", email, "data", Map.of("name", "Bo")));
            assertThat(answer.raw().body()).isEqualTo("{}");
            var session = session(verify("email", email, post.next(email).code()));
            assertThat(session.get("user").get("user_metadata").get("name").stringValue())
                    .isEqualTo("Bo");
            auth.post("/magiclink", Map.of("email", email));
            var again = session(verify("magiclink", email, post.next(email).code()));
            assertThat(again.get("user").get("id"))
                    .isEqualTo(session.get("user").get("id"));
            refused(auth.signIn(email, PASSWORD), 400, "invalid_credentials");
        }

        @Test
        void make_no_account_when_the_client_does_not_want_one_and_say_the_same() throws Exception {
            var email = address();
            var answer = auth.post("/otp", Map.of("email", email, "create_user", false));
            assertThat(answer.status() + answer.raw().body()).isEqualTo("200{}");
            Thread.sleep(300);
            assertThat(post.count(email)).isZero();
            assertThat(jdbc.sql("select count(*) from identity.account where email = ?")
                            .param(email)
                            .query(Long.class)
                            .single())
                    .isZero();
        }
    }

    @Nested
    class Exchange {

        private static final String VERIFIER = "a".repeat(20) + "b".repeat(30);

        private static String challenge(String verifier) throws Exception {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        }

        private static String code(String email) throws Exception {
            auth.post(
                    "/recover",
                    Map.of("email", email, "code_challenge", challenge(VERIFIER), "code_challenge_method", "s256"));
            var mail = post.next(email);
            assertThat(mail.parameter("token")).startsWith("pkce_");
            var there = location(follow(mail));
            assertThat(there).startsWith("https://desk.example.org/app?code=").doesNotContain("access_token");
            return there.replaceFirst(".*\\?code=", "");
        }

        private static Answer exchange(String code, String verifier) {
            return auth.post("/token?grant_type=pkce", Map.of("auth_code", code, "code_verifier", verifier));
        }

        @Test
        void of_a_code_needs_the_verifier_and_works_once() throws Exception {
            var email = address();
            person(email);
            var code = code(email);
            session(exchange(code, VERIFIER));
            refused(exchange(code, VERIFIER), 404, "flow_state_not_found");
            refused(exchange(code(email), VERIFIER + "x"), 400, "bad_code_verifier");
            refused(exchange("unknown", VERIFIER), 404, "flow_state_not_found");
        }

        @Test
        void is_over_after_a_wrong_verifier_and_after_its_time() throws Exception {
            var email = address();
            person(email);
            var code = code(email);
            refused(exchange(code, "wrong"), 400, "bad_code_verifier");
            refused(exchange(code, VERIFIER), 404, "flow_state_not_found");
            var late = code(email);
            jdbc.sql("update identity.flow_state set expires_at = now() where code_hash is not null")
                    .update();
            refused(exchange(late, VERIFIER), 422, "flow_state_expired");
        }

        @Test
        void needs_a_challenge_as_the_standard_has_it() {
            for (var wrong : List.of(
                    Map.of("email", address(), "code_challenge", "x".repeat(43)),
                    Map.of("email", address(), "code_challenge_method", "s256"),
                    Map.of("email", address(), "code_challenge", "x".repeat(42), "code_challenge_method", "s256"),
                    Map.of("email", address(), "code_challenge", "x".repeat(43), "code_challenge_method", "md5")))
                refused(auth.post("/otp", wrong), 400, "validation_failed");
        }
    }

    @Nested
    class AnotherAddress {

        @Test
        void needs_both_addresses_to_agree_in_any_order() {
            for (var first : List.of("old", "new")) {
                var old = address();
                var wanted = address();
                var session = person(old);
                var asked = auth.put(session, "/user", Map.of("email", wanted));
                assertThat(asked.status()).as(asked.raw().body()).isEqualTo(200);
                assertThat(asked.json().get("new_email").stringValue()).isEqualTo(wanted);
                assertThat(asked.json().get("email").stringValue()).isEqualTo(old);
                var toOld = post.next(old);
                var toNew = post.next(wanted);
                var one = first.equals("old") ? verify("email_change", old, toOld.code()) : follow(toNew);
                if (first.equals("old")) {
                    assertThat(one.status()).isEqualTo(200);
                    assertThat(one.json().get("code").stringValue()).isEqualTo("200");
                    assertThat(one.json().get("msg").stringValue()).contains("other email");
                } else assertThat(location(one)).contains("#message=").doesNotContain("access_token");
                refused(auth.signIn(wanted, PASSWORD), 400, "invalid_credentials");
                var both = first.equals("old")
                        ? verify("email_change", wanted, toNew.code())
                        : verify("email_change", old, toOld.code());
                assertThat(session(both).get("user").get("email").stringValue()).isEqualTo(wanted);
                session(auth.signIn(wanted, PASSWORD));
                refused(auth.signIn(old, PASSWORD), 400, "invalid_credentials");
                assertThat(post.next(old).subject()).isEqualTo("Your address for Chronodesk was changed");
            }
        }

        @Test
        void is_not_had_by_one_token_used_twice_nor_by_tokens_of_two_wishes() {
            var old = address();
            var session = person(old);
            var wanted = address();
            auth.put(session, "/user", Map.of("email", wanted));
            var toOld = post.next(old);
            post.next(wanted);
            assertThat(verify("email_change", old, toOld.code()).status()).isEqualTo(200);
            refused(verify("email_change", old, toOld.code()), 403, "otp_expired");
            var other = address();
            auth.put(session, "/user", Map.of("email", other));
            post.next(old);
            var toOther = post.next(other);
            // the present address had agreed to another one
            assertThat(verify("email_change", other, toOther.code()).json().has("access_token"))
                    .isFalse();
            refused(auth.signIn(other, PASSWORD), 400, "invalid_credentials");
            session(auth.signIn(old, PASSWORD));
        }

        @Test
        void that_somebody_has_is_never_given_and_only_its_owner_learns_of_it() {
            var owner = address();
            person(owner);
            var old = address();
            var session = person(old);
            var asked = auth.put(session, "/user", Map.of("email", owner));
            assertThat(asked.status()).isEqualTo(200);
            assertThat(asked.json().get("new_email").stringValue()).isEqualTo(owner);
            assertThat(post.next(owner).subject()).isEqualTo("You have an account at Chronodesk");
            assertThat(verify("email_change", old, post.next(old).code()).json().has("access_token"))
                    .isFalse();
            assertThat(auth.get(session, "/user").json().get("email").stringValue())
                    .isEqualTo(old);
        }

        @Test
        void is_not_had_by_a_token_that_another_address_was_sent() {
            var owner = address();
            person(owner);
            var old = address();
            var session = person(old);
            var wanted = address();
            auth.put(session, "/user", Map.of("email", wanted));
            post.next(old);
            var toWanted = post.next(wanted);
            auth.put(session, "/user", Map.of("email", owner));
            var toOld = post.next(old);
            // the owner is not asked, and moves
            var account =
                    desk.bean(Accounts.class).byEmail(new EmailAddress(owner)).orElseThrow();
            var facts = desk.bean(AddressFacts.class);
            assertThat(facts.changed(account, new EmailAddress(address()), true, AddressFacts.proved(account)))
                    .isTrue();
            assertThat(verify("email_change", old, toOld.code()).status()).isEqualTo(200);
            isOver(follow(toWanted));
            assertThat(auth.get(session, "/user").json().get("email").stringValue())
                    .isEqualTo(old);
        }

        @Test
        void is_mailed_about_again() {
            var old = address();
            var session = person(old);
            var wanted = address();
            auth.put(session, "/user", Map.of("email", wanted));
            post.next(old);
            post.next(wanted);
            auth.post("/resend", Map.of("type", "email_change", "email", old));
            verify("email_change", old, post.next(old).code());
            session(verify("email_change", wanted, post.next(wanted).code()));
        }
    }

    @Nested
    class AnotherPassword {

        private static void longAgo(JsonNode session) {
            jdbc.sql("update identity.session set methods = '[{\"method\": \"password\", \"timestamp\": 1000}]'"
                            + " where account_id = ?::uuid")
                    .param(session.get("user").get("id").stringValue())
                    .update();
        }

        @Test
        void needs_more_than_an_old_session() {
            var email = address();
            var session = person(email);
            longAgo(session);
            refused(auth.put(session, "/user", Map.of("password", OTHER)), 400, "reauthentication_needed");
            refused(
                    auth.put(session, "/user", Map.of("password", OTHER, "current_password", "wrong")),
                    400,
                    "current_password_invalid");
            refused(
                    auth.put(session, "/user", Map.of("password", OTHER, "nonce", "123456")),
                    422,
                    "reauthentication_not_valid");
            session(auth.signIn(email, PASSWORD));
            assertThat(auth.put(session, "/user", Map.of("password", OTHER, "current_password", PASSWORD))
                            .status())
                    .isEqualTo(200);
            session(auth.signIn(email, OTHER));
        }

        @Test
        void is_allowed_by_digits_that_are_used_once() {
            var email = address();
            var session = person(email);
            longAgo(session);
            assertThat(auth.get(session, "/reauthenticate").status()).isEqualTo(200);
            var code = post.next(email).code();
            assertThat(auth.put(session, "/user", Map.of("password", OTHER, "nonce", code))
                            .status())
                    .isEqualTo(200);
            refused(
                    auth.put(session, "/user", Map.of("password", PASSWORD, "nonce", code)),
                    422,
                    "reauthentication_not_valid");
            refused(auth.get(null, "/reauthenticate"), 401, "no_authorization");
        }
    }

    @Nested
    class Sessions {

        @Test
        void are_listed_with_their_device_and_end_one_by_one() {
            var email = address();
            var one = person(email);
            var two = session(desk.post(
                    "/auth/v1/token?grant_type=password",
                    "{\"email\":\"" + email + "\",\"password\":\"" + PASSWORD + "\"}",
                    "User-Agent",
                    "A telephone"));
            var list = auth.get(one, "/sessions").json();
            assertThat(list.size()).isEqualTo(3); // the link that confirmed opened one as well
            assertThat(list.get(0).get("user_agent").stringValue()).isEqualTo("A telephone");
            assertThat(list.get(0).get("address").stringValue()).isEqualTo("127.0.0.1");
            assertThat(list.get(0).get("current").booleanValue()).isFalse();
            assertThat(list.get(1).get("current").booleanValue()).isTrue();
            assertThat(list.get(1).get("amr").get(0).get("method").stringValue())
                    .isEqualTo("password");
            var stranger = person(address());
            var id = list.get(0).get("id").stringValue();
            refused(auth.delete(stranger, "/sessions/" + id, Map.of()), 404, "session_not_found");
            refused(auth.delete(one, "/sessions/nonsense", Map.of()), 404, "session_not_found");
            assertThat(auth.delete(one, "/sessions/" + id, Map.of()).status()).isEqualTo(204);
            refused(auth.get(two, "/user"), 403, "session_not_found");
            refused(auth.refresh(two), 400, "refresh_token_not_found");
            assertThat(auth.get(one, "/sessions").json().size()).isEqualTo(2);
        }
    }

    @Nested
    class Trails {

        @Test
        void tell_who_signed_in_who_failed_and_what_changed() {
            var email = address();
            var session = person(email);
            var id = session.get("user").get("id").stringValue();
            auth.signIn(email, OTHER);
            auth.put(session, "/user", Map.of("password", OTHER));
            auth.post(session, "/logout", Map.of());
            auth.signIn(address(), PASSWORD);
            assertThat(jdbc.sql("select action from identity.trail where account_id = ?::uuid order by id")
                            .param(id)
                            .query(String.class)
                            .list())
                    .containsExactly(
                            "signed_up",
                            "confirmed",
                            "signed_in",
                            "signed_in",
                            "sign_in_failed",
                            "password_changed",
                            "signed_out");
            assertThat(jdbc.sql("select count(*) from identity.trail where action = 'sign_in_failed' and account_id is"
                                    + " null and address = '127.0.0.1'")
                            .query(Long.class)
                            .single())
                    .isPositive();
        }
    }
}
