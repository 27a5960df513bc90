package dev.chronodesk.identity.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.identity.Desk;
import dev.chronodesk.identity.Desk.Answer;
import dev.chronodesk.identity.Limits;
import dev.chronodesk.identity.limit.Limit;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The doors of two nodes, one of which is behind a proxy that it trusts, so that each test has a network of its own.
 */
class LimitedDoorsSpec {

    private static final String PASSWORD = "correct horse battery";
    private static final String WRONG = "wrong horse battery";
    private static final AtomicInteger NETWORKS = new AtomicInteger();

    private static TestDatabase database;
    private static Desk desk;
    private static Desk open;

    private final String network = "203.0.113." + NETWORKS.incrementAndGet();
    private final String ada = somebody();

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        desk = start(Map.of("chronodesk.identity.trusted-proxies", "127.0.0.0/8"));
        open = start(Map.of("chronodesk.identity.auto-confirm", "false"));
    }

    private static Desk start(Map<String, Object> more) {
        var settings = new HashMap<>(Limits.standard());
        settings.put(Limits.property(Limit.SIGN_IN_PER_NETWORK), "15/1h");
        settings.put(Limits.property(Limit.SIGN_UP_PER_NETWORK), "2/1h");
        settings.put(Limits.property(Limit.REFRESH_PER_NETWORK), "2/1h");
        settings.put(Limits.property(Limit.VERIFY_PER_NETWORK), "2/1h");
        settings.put(Limits.property(Limit.VERIFY_PER_ACCOUNT), "2/1h");
        settings.put("chronodesk.identity.auto-confirm", "true");
        settings.put("chronodesk.identity.anonymous-sign-in", "true");
        settings.put("chronodesk.identity.hashing-concurrency", "1");
        settings.put("chronodesk.identity.hashing-patience", "0s");
        settings.put("chronodesk.identity.reauthenticate-after", "0s");
        settings.putAll(more);
        return Desk.on(database, settings);
    }

    @AfterAll
    static void close() {
        open.close();
        desk.close();
        database.close();
    }

    private static String somebody() {
        return UUID.randomUUID() + "@example.org";
    }

    private Answer post(String path, Map<String, String> body) {
        return post(desk, path, body, "X-Forwarded-For", network);
    }

    private static Answer post(Desk desk, String path, Map<String, String> body, String... headers) {
        return desk.post(
                "/auth/v1/" + path,
                tools.jackson.databind.json.JsonMapper.shared().writeValueAsString(body),
                headers);
    }

    private Answer signUp(String email) {
        return post("signup", Map.of("email", email, "password", PASSWORD));
    }

    private Answer signIn(String email, String password) {
        return post("token?grant_type=password", Map.of("email", email, "password", password));
    }

    private static Answer signInAtTheOpenDesk(String email, String... headers) {
        return post(open, "token?grant_type=password", Map.of("email", email, "password", WRONG), headers);
    }

    private static void execute(String sql) throws SQLException {
        try (var superuser = database.superuser();
                var statement = superuser.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void passed(Answer answer, int status) {
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
    }

    private static void refused(Answer answer) {
        passed(answer, 429);
        assertThat(answer.header("x-sb-error-code")).isEqualTo("over_request_rate_limit");
        assertThat(answer.raw().body())
                .isEqualTo("{\"code\":429,\"error_code\":\"over_request_rate_limit\",\"msg\":\"Request rate limit"
                        + " reached\"}");
        assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
    }

    @Test
    void answer_alike_for_an_account_and_for_none() {
        var nobody = somebody();
        passed(signUp(ada), 200);
        for (var each = 0; each < 7; each++) {
            var known = signIn(ada, WRONG);
            var unknown = signIn(nobody, WRONG);
            passed(known, each < 5 ? 400 : 429);
            passed(unknown, each < 5 ? 400 : 429);
            assertThat(known.raw().body()).isEqualTo(unknown.raw().body());
        }
        refused(signIn(ada, PASSWORD));
    }

    @Test
    void let_a_right_password_in_as_often_as_it_is_shown() {
        signUp(ada);
        for (var each = 0; each < 8; each++) passed(signIn(ada, PASSWORD), 200);
    }

    @Test
    void do_not_count_a_password_that_nobody_had_time_to_look_at() throws Exception {
        signUp(ada);
        try (var pool = Executors.newFixedThreadPool(5)) {
            Callable<Integer> signIn = () -> signIn(ada, PASSWORD).status();
            var answers = pool.invokeAll(Collections.nCopies(10, signIn));
            var statuses = new HashSet<Integer>();
            for (var answer : answers) statuses.add(answer.get());
            assertThat(statuses).containsOnly(200, 429);
        }
        for (var each = 0; each < 5; each++) passed(signIn(ada, WRONG), 400);
        refused(signIn(ada, WRONG));
    }

    @Test
    void count_an_account_on_all_nodes_together() {
        for (var each = 0; each < 5; each++) passed(signIn(ada, WRONG), 400);
        refused(post(open, "token?grant_type=password", Map.of("email", ada, "password", WRONG)));
    }

    @Test
    void bound_sign_ups_of_a_network() {
        for (var each = 0; each < 2; each++) passed(signUp(somebody()), 200);
        refused(signUp(somebody()));
    }

    @Test
    void count_people_without_an_address_as_sign_ups() {
        passed(post("signup", Map.of()), 200);
        passed(signUp(somebody()), 200);
        refused(post("signup", Map.of()));
    }

    @Test
    void bound_refreshes_of_a_network() {
        var token = signUp(ada).json().get("refresh_token").asString();
        for (var each = 0; each < 2; each++)
            passed(post("token?grant_type=refresh_token", Map.of("refresh_token", token)), 200);
        refused(post("token?grant_type=refresh_token", Map.of("refresh_token", token)));
    }

    @Test
    void bound_exchanges_of_a_network() {
        var made = Map.of("auth_code", somebody(), "code_verifier", somebody());
        for (var each = 0; each < 2; each++) passed(post("token?grant_type=pkce", made), 404);
        refused(post("token?grant_type=pkce", made));
    }

    @Test
    void bound_links_and_codes_of_mails_from_a_network() {
        var link = Map.of("type", "magiclink", "token_hash", somebody());
        var code = Map.of("type", "magiclink", "email", ada, "token", "123456");
        passed(post("verify", link), 403);
        passed(post("verify", code), 403);
        refused(post("verify", link));
        refused(post("verify", code));
        var followed = desk.get("/auth/v1/verify?type=magiclink&token=" + ada, "X-Forwarded-For", network);
        passed(followed, 303);
        assertThat(followed.header("Location")).contains("error_code=over_request_rate_limit");
    }

    @Test
    void bound_guesses_at_the_codes_of_an_address_from_wherever() {
        var code = Map.of("type", "magiclink", "email", ada, "token", "123456");
        for (var each = 1; each <= 3; each++) {
            var guess = post(desk, "verify", code, "X-Forwarded-For", "192.0.2." + each);
            if (each < 3) passed(guess, 403);
            else refused(guess);
        }
    }

    @Test
    void bound_the_mails_to_an_address_whichever_call_asks_for_them() {
        for (var path : List.of("recover", "otp", "magiclink", "resend")) {
            var body = Map.of("email", somebody(), "type", "signup");
            passed(post(path, body), 200);
            mailRefused(post(path, body));
        }
        signUp(ada);
        var bearer =
                "Bearer " + signIn(ada, PASSWORD).json().get("access_token").asString();
        passed(desk.get("/auth/v1/reauthenticate", "Authorization", bearer), 200);
        mailRefused(desk.get("/auth/v1/reauthenticate", "Authorization", bearer));
    }

    @Test
    void bound_the_mails_of_a_sign_up_and_of_a_change_of_the_address() {
        var body = Map.of("email", somebody(), "password", PASSWORD);
        passed(post(open, "signup", body), 200);
        mailRefused(post(open, "signup", body));
        var token = signUp(ada).json().get("access_token").asString();
        passed(move(token), 200);
        mailRefused(move(token));
    }

    private static Answer move(String token) {
        var body = "{\"email\": \"" + somebody() + "\"}";
        return open.send("/auth/v1/user", request -> request.PUT(BodyPublishers.ofString(body))
                .header("Authorization", "Bearer " + token));
    }

    private static void mailRefused(Answer answer) {
        passed(answer, 429);
        assertThat(answer.header("x-sb-error-code")).isEqualTo("over_email_send_rate_limit");
        assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
    }

    @Test
    void bound_guesses_of_whoever_finds_a_device_that_is_signed_in() {
        var token = signUp(ada).json().get("access_token").asString();
        for (var each = 0; each < 5; each++)
            assertThat(change(token).header("x-sb-error-code")).isEqualTo("current_password_invalid");
        refused(change(token));
    }

    private static Answer change(String token) {
        var body = "{\"password\": \"another horse battery\", \"current_password\": \"" + WRONG + "\"}";
        return desk.send("/auth/v1/user", request -> request.PUT(BodyPublishers.ofString(body))
                .header("Authorization", "Bearer " + token));
    }

    @Test
    void let_nobody_past_while_they_cannot_be_asked_and_do_not_matter_with_a_token() throws SQLException {
        var session = signUp(ada).json();
        var refresh = Map.of("refresh_token", session.get("refresh_token").asString());
        execute("alter table identity.bucket rename to away");
        try {
            for (var answer : List.of(
                    signIn(ada, PASSWORD), signUp(somebody()), post("token?grant_type=refresh_token", refresh))) {
                passed(answer, 503);
                assertThat(answer.header("Retry-After")).isNotEmpty();
                assertThat(answer.raw().body()).doesNotContain("access_token");
            }
            var bearer = "Bearer " + session.get("access_token").asString();
            for (var path : List.of("/auth/v1/user", "/rest/v1/who", "/auth/v1/settings"))
                passed(desk.get(path, "Authorization", bearer), 200);
        } finally {
            execute("alter table identity.away rename to bucket");
        }
        passed(signIn(ada, PASSWORD), 200);
    }

    @Test
    void do_not_read_what_a_peer_that_nobody_trusts_says_of_others() {
        for (var each = 0; each < 15; each++) signInAtTheOpenDesk(somebody(), "X-Forwarded-For", "198.51.100." + each);
        for (var header : List.of("X-Forwarded-For", "Forwarded", "X-Real-IP", "True-Client-IP"))
            refused(signInAtTheOpenDesk(somebody(), header, "198.51.100.77"));
    }

    @Test
    void count_whom_a_trusted_proxy_names_and_not_whom_the_client_names_before() {
        for (var each = 0; each < 15; each++) {
            var made = "198.51.100." + each + ", " + network;
            passed(
                    post(
                            desk,
                            "token?grant_type=password",
                            Map.of("email", somebody(), "password", WRONG),
                            "X-Forwarded-For",
                            made),
                    400);
        }
        refused(signIn(somebody(), WRONG));
    }
}
