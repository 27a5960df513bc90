package dev.chronodesk.identity.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.profile.AssignRole;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.Desk;
import dev.chronodesk.identity.Desk.Answer;
import dev.chronodesk.identity.ExternalSettings;
import dev.chronodesk.identity.Registered;
import dev.chronodesk.identity.token.AccessTokens;
import dev.chronodesk.identity.token.Forgeries;
import dev.chronodesk.identity.token.SigningKeys;
import dev.chronodesk.identity.token.TokenSubject;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Who comes in, as whom, and what the others are told. */
class DoorSpec {

    private static Desk desk;
    private static JdbcClient jdbc;
    private static int people;

    private JsonNode session;
    private String token;
    private UUID ada;

    @BeforeAll
    static void open() {
        desk = Desk.open();
        jdbc = JdbcClient.create(desk.database().database().identity());
    }

    @AfterAll
    static void close() {
        desk.close();
    }

    @BeforeEach
    void a_person() {
        session = desk.post(
                        "/auth/v1/signup",
                        "{\"email\":\"person" + people++ + "@example.org\",\"password\":\"correct horse\"}")
                .json();
        token = session.get("access_token").stringValue();
        ada = UUID.fromString(session.get("user").get("id").stringValue());
    }

    private static Answer who(String... headers) {
        return desk.get("/audit/who", headers);
    }

    private static Answer bearer(String token) {
        return who("Authorization", "Bearer " + token);
    }

    private static void unauthenticated(Answer answer) {
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(401);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
        assertThat(answer.json().get("type").stringValue()).isEqualTo("/errors/unauthenticated");
        assertThat(answer.json().get("status").intValue()).isEqualTo(401);
    }

    @Nested
    class Tokens {

        @Test
        void bring_in_their_person_with_the_role_of_now() {
            assertThat(bearer(token).raw().body()).isEqualTo("customer " + ada);
            assertThat(who("authorization", "bearer " + token).raw().body()).isEqualTo("customer " + ada);
        }

        @Test
        void of_before_carry_a_new_role_from_the_next_request_on() {
            assertThat(bearer(token).raw().body()).isEqualTo("customer " + ada);
            for (var role : List.of(Role.AGENT, Role.AUDITOR, Role.CUSTOMER)) {
                desk.commands().send(new AssignRole(new ProfileId(ada), role), Senders.SYSTEM, Terms.PLAIN);
                assertThat(bearer(token).raw().body()).isEqualTo(role + " " + ada);
            }
        }

        @Test
        void that_are_forged_open_nothing() {
            var forgeries = Forgeries.of(token, desk.bean(SigningKeys.class).published());
            assertThat(forgeries).hasSizeGreaterThanOrEqualTo(40);
            forgeries.forEach((how, forged) -> {
                if (forged.length() > 8_000) return; // the server takes no such header
                unauthenticated(bearer(forged));
                assertThat(desk.get("/rest/v1/who", "Authorization", "Bearer " + forged)
                                .status())
                        .as(how)
                        .isEqualTo(401);
                assertThat(desk.get("/auth/v1/user", "Authorization", "Bearer " + forged)
                                .status())
                        .as(how)
                        .isEqualTo(403);
            });
            assertThat(bearer(token).status()).isEqualTo(200);
        }

        @Test
        void that_have_expired_are_told_apart_in_the_shape_of_the_path() {
            var expired = issued(Duration.ofHours(-2));
            unauthenticated(bearer(expired));
            var rest = desk.get("/rest/v1/who", "Authorization", "Bearer " + expired);
            assertThat(rest.status()).isEqualTo(401);
            assertThat(rest.json().get("code").stringValue()).isEqualTo("PGRST303");
            assertThat(rest.json().get("message").stringValue()).isEqualTo("JWT expired");
            assertThat(rest.json().propertyNames()).containsExactly("code", "message", "details", "hint");
            assertThat(rest.header("WWW-Authenticate")).contains("JWT expired");
            assertThat(rest.header("Proxy-Status")).contains("PGRST303");
            var forged = desk.get("/rest/v1/who", "Authorization", "Bearer a.b.c");
            assertThat(forged.json().get("code").stringValue()).isEqualTo("PGRST301");
        }

        @Test
        void whose_session_ended_or_whose_person_is_barred_open_nothing_at_once() {
            jdbc.sql("update identity.principal set disabled = true where id = ?")
                    .param(ada)
                    .update();
            unauthenticated(bearer(token));
            jdbc.sql("update identity.principal set disabled = false where id = ?")
                    .param(ada)
                    .update();
            assertThat(bearer(token).status()).isEqualTo(200);
            jdbc.sql("delete from identity.session where account_id = ?")
                    .param(ada)
                    .update();
            unauthenticated(bearer(token));
        }

        @Test
        void of_our_key_for_nobody_open_nothing() {
            ada = Registered.id();
            unauthenticated(bearer(issued(Duration.ZERO)));
        }

        private String issued(Duration shift) {
            var clock = Clock.offset(Clock.system(ZoneOffset.UTC), shift);
            var tokens = new AccessTokens(
                    desk.bean(SigningKeys.class),
                    desk.bean(ExternalSettings.class).issuer(),
                    Duration.ofHours(1),
                    clock);
            return tokens.issue(new TokenSubject(
                            ada,
                            Registered.id(),
                            "aal1",
                            List.of(),
                            Role.ADMIN,
                            "ada@example.org",
                            false,
                            List.of("email"),
                            Map.of(),
                            Map.of()))
                    .token();
        }

        @Test
        void come_in_one_header_as_bearer() {
            unauthenticated(who("Authorization", "Basic dXNlcjpwYXNz"));
            unauthenticated(who("Authorization", token));
            unauthenticated(who("Authorization", "Bearer"));
            unauthenticated(who("Authorization", "Bearer "));
            unauthenticated(who("Authorization", "Bearer " + token, "Authorization", "Bearer " + token));
        }
    }

    @Nested
    class Keys {

        private final ApiKeys keys = desk.bean(ApiKeys.class);
        private final String publishable = keys.publishable();
        private final String secret = keys.madeSecret().orElseThrow().reveal();

        @Test
        void say_who_asks_when_no_token_does() {
            assertThat(who().raw().body()).isEqualTo("nobody");
            assertThat(who("apikey", publishable).raw().body()).isEqualTo("nobody");
            assertThat(bearer(publishable).raw().body()).isEqualTo("nobody");
            assertThat(who("apikey", publishable, "Authorization", "Bearer " + publishable)
                            .raw()
                            .body())
                    .isEqualTo("nobody");
            var service = "service " + ApiKeys.SECRET.id();
            assertThat(who("apikey", secret).raw().body()).isEqualTo(service);
            assertThat(bearer(secret).raw().body()).isEqualTo(service);
        }

        @Test
        void never_outrank_a_token() {
            assertThat(who("apikey", secret, "Authorization", "Bearer " + token)
                            .raw()
                            .body())
                    .isEqualTo("customer " + ada);
            unauthenticated(who("apikey", secret, "Authorization", "Bearer a.b.c"));
        }

        @Test
        void that_nobody_has_made_open_nothing() {
            for (var key :
                    List.of("x", "sb_publishable_x", "sb_secret_x", publishable + "x", secret.substring(1), " ")) {
                if (!key.isBlank()) unauthenticated(who("apikey", key));
                unauthenticated(who("apikey", key, "Authorization", "Bearer " + token));
                if (key.startsWith("sb_")) unauthenticated(bearer(key));
            }
            unauthenticated(who("apikey", publishable, "apikey", publishable));
            assertThat(desk.get("/rest/v1/who", "apikey", "x")
                            .json()
                            .get("code")
                            .stringValue())
                    .isEqualTo("PGRST301");
            var auth = desk.post("/auth/v1/signup", "{}", "apikey", "x");
            assertThat(auth.status()).isEqualTo(401);
            assertThat(auth.header("x-sb-error-code")).isEqualTo("no_authorization");
        }

        @Test
        void are_kept_over_a_restart_and_the_secret_one_is_shown_once() {
            try (var again = Desk.on(desk.database(), Map.of())) {
                var kept = again.bean(ApiKeys.class);
                assertThat(kept.publishable()).isEqualTo(publishable);
                assertThat(kept.madeSecret()).isEmpty();
                assertThat(again.get("/audit/who", "apikey", secret).raw().body())
                        .startsWith("service");
                assertThat(again.get("/audit/who", "Authorization", "Bearer " + token)
                                .raw()
                                .body())
                        .isEqualTo("customer " + ada);
                var refreshed = again.post(
                        "/auth/v1/token?grant_type=refresh_token",
                        "{\"refresh_token\":\"" + session.get("refresh_token").stringValue() + "\"}");
                assertThat(refreshed.status()).isEqualTo(200);
            }
        }

        @Test
        void from_the_settings_count_instead_of_those_made() {
            try (var database = TestDatabase.create();
                    var configured = Desk.on(
                            database,
                            Map.of(
                                    "chronodesk.identity.publishable-key", "sb_publishable_0123456789012345678901",
                                    "chronodesk.identity.secret-key", "sb_secret_0123456789012345678901"))) {
                assertThat(configured.bean(ApiKeys.class).publishable())
                        .isEqualTo("sb_publishable_0123456789012345678901");
                assertThat(configured.bean(ApiKeys.class).madeSecret()).isEmpty();
                assertThat(configured
                                .get("/audit/who", "apikey", "sb_secret_0123456789012345678901")
                                .raw()
                                .body())
                        .startsWith("service");
            }
        }

        @Test
        void of_a_start_that_failed_before_it_could_show_one_are_shown_by_the_next() {
            try (var database = TestDatabase.create();
                    var failed = Desk.on(database, Map.of());
                    var next = Desk.on(database, Map.of())) {
                assertThat(failed.get("/audit/who", "apikey", secret).status()).isEqualTo(401);
                var shown = next.bean(ApiKeys.class).madeSecret().orElseThrow().reveal();
                for (var node : List.of(next, failed))
                    assertThat(node.get("/audit/who", "apikey", shown).raw().body())
                            .startsWith("service");
                assertThat(failed.bean(ApiKeys.class).madeSecret()).isEmpty();
            }
        }

        @Test
        void of_which_one_is_secret_are_not_stored_as_such() {
            assertThat(jdbc.sql("select k::text || encode(hash, 'escape') from identity.api_key k")
                            .query(String.class)
                            .list())
                    .hasSize(2)
                    .noneMatch(row -> row.contains(secret));
        }
    }

    @Nested
    class Browsers {

        @Test
        void may_ask_from_anywhere_with_the_headers_of_the_clients() {
            var answer = desk.send("/rest/v1/who", request -> request.method("OPTIONS", BodyPublishers.noBody())
                    .headers(
                            "Origin", "https://desk.example.org",
                            "Access-Control-Request-Method", "GET",
                            "Access-Control-Request-Headers",
                                    "apikey,authorization,x-client-info,idempotency-key,if-match,prefer"));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
            assertThat(answer.header("Access-Control-Allow-Headers")).contains("apikey", "idempotency-key");
            assertThat(answer.raw().headers().firstValue("Access-Control-Allow-Credentials"))
                    .isEmpty();
        }

        @Test
        void may_read_the_headers_that_clients_need_also_of_a_refusal() {
            for (var answer : List.of(
                    who("Origin", "https://desk.example.org"),
                    who("Origin", "https://desk.example.org", "Authorization", "Bearer a.b.c"))) {
                assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
                assertThat(answer.header("Access-Control-Expose-Headers"))
                        .contains("chronodesk-position", "x-sb-error-code", "retry-after");
            }
        }

        @Test
        void may_send_and_read_what_the_contract_has_and_nothing_else() {
            var in = "accept-profile apikey authorization baggage cache-control chronodesk-as-of"
                    + " chronodesk-min-position content-profile content-type idempotency-key if-match if-modified-since"
                    + " if-none-match last-event-id prefer range range-unit traceparent tracestate tus-resumable"
                    + " upload-defer-length upload-length upload-metadata upload-offset x-client-info x-metadata"
                    + " x-retry-count x-signature x-supabase-api-version x-upsert";
            var out = "chronodesk-position content-disposition content-range etag idempotent-replayed link location"
                    + " preference-applied proxy-status retry-after tus-extension tus-max-size tus-resumable"
                    + " tus-version upload-expires upload-length upload-offset x-sb-error-code"
                    + " x-supabase-api-version x-total-count";
            for (var method : List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")) {
                var answer = preflight(method, in.replace(' ', ',') + ",x-other");
                assertThat(answer.status()).as(method).isEqualTo(200);
                assertThat(answer.header("Access-Control-Allow-Methods")).contains(method);
                assertThat(words(answer.header("Access-Control-Allow-Headers"))).isEqualTo(in);
                assertThat(answer.header("Access-Control-Max-Age")).isEqualTo("3600");
            }
            assertThat(preflight("TRACE", "apikey").status()).isEqualTo(403);
            assertThat(words(who("Origin", "https://desk.example.org").header("Access-Control-Expose-Headers")))
                    .isEqualTo(out);
        }

        private static Answer preflight(String method, String headers) {
            return desk.send("/rest/v1/who", request -> request.method("OPTIONS", BodyPublishers.noBody())
                    .headers(
                            "Origin", "https://desk.example.org",
                            "Access-Control-Request-Method", method,
                            "Access-Control-Request-Headers", headers));
        }

        private static String words(String header) {
            return Stream.of(header.toLowerCase(Locale.ROOT).split("\\s*,\\s*", -1))
                    .sorted()
                    .collect(Collectors.joining(" "));
        }

        @Test
        void get_the_headers_that_protect_them() {
            var answer = bearer(token);
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.header("X-Frame-Options")).isEqualTo("DENY");
            assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
            assertThat(answer.header("Cache-Control")).contains("no-store");
            assertThat(answer.raw().headers().firstValue("Set-Cookie")).isEmpty();
        }
    }

    @Nested
    class Addresses {

        @Test
        void that_no_client_sends_are_refused_in_the_shape_of_the_path() {
            for (var path : List.of("/audit;x=1/who", "/audit//who", "/audit/%2e%2e/who", "/audit/who%0a")) {
                var answer = desk.get(path);
                assertThat(answer.status()).as(path).isEqualTo(400);
                assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
                assertThat(answer.json().get("type").stringValue()).isEqualTo("/errors/malformed");
            }
            // these the server refuses before us
            assertThat(desk.get("/audit/%2Fwho").status()).isEqualTo(400);
            assertThat(desk.get("/audit/who%00").status()).isEqualTo(400);
            var auth = desk.get("/auth/v1//user");
            assertThat(auth.status()).isEqualTo(400);
            assertThat(auth.header("x-sb-error-code")).isEqualTo("validation_failed");
            assertThat(desk.get("/rest/v1//who").json().get("code").stringValue())
                    .isEqualTo("PGRST125");
        }

        @Test
        void with_a_control_character_in_a_header_are_refused_before_anybody_reads_it() throws IOException {
            var answer = desk.raw("GET /audit/who HTTP/1.1", "Idempotency-Key: a\u0084b");
            assertThat(answer).startsWith("HTTP/1.1 400").contains("/errors/malformed");
        }

        @Test
        void with_an_unknown_method_are_refused() throws IOException {
            var answer = desk.raw("BREW /audit/who HTTP/1.1");
            assertThat(answer).startsWith("HTTP/1.1 400").contains("/errors/malformed");
        }
    }

    @Test
    void an_answer_of_another_thread_knows_who_asked() {
        var answer = desk.get("/feed/who", "Authorization", "Bearer " + token);
        assertThat(answer.raw().body()).isEqualTo("customer " + ada + " true");
    }
}
