package dev.chronodesk.identity.provider;

import static dev.chronodesk.identity.Auth.PASSWORD;
import static dev.chronodesk.identity.Auth.address;
import static dev.chronodesk.identity.Auth.refused;
import static dev.chronodesk.identity.Auth.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.command.door.Command;
import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.profile.AssignRole;
import dev.chronodesk.command.profile.DeactivateProfile;
import dev.chronodesk.command.profile.ErasePerson;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.ProfileRegistered;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.Auth;
import dev.chronodesk.identity.Desk;
import dev.chronodesk.identity.Desk.Answer;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.EmailAddress;
import dev.chronodesk.identity.provider.OpenIdProvider.Endpoint;
import dev.chronodesk.identity.token.Forgeries;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** People who come with a token of an issuer that is trusted beside our own accounts. */
class TrustedIssuersSpec {

    private static final String AUDIENCE = "https://desk.example.org/api";
    private static final String TYPE = "at+jwt";

    private static OpenIdProvider issuer;
    private static TestDatabase database;
    private static Map<String, Object> settings;
    private static Desk desk;
    private static Auth auth;

    @BeforeAll
    static void open() {
        issuer = OpenIdProvider.start(Visitors.CLIENT, Visitors.SECRET, Visitors.CALLBACK);
        database = TestDatabase.create();
        settings = new LinkedHashMap<>();
        settings.put("chronodesk.identity.hashing-patience", "1m");
        settings.put("chronodesk.identity.providers.corp.issuer", issuer.issuer());
        settings.put("chronodesk.identity.providers.corp.audience", AUDIENCE);
        desk = Desk.on(database, settings);
        auth = new Auth(desk);
    }

    @AfterAll
    static void close() {
        desk.close();
        database.close();
        issuer.close();
    }

    @AfterEach
    void wellAgain() {
        issuer.up();
    }

    private static String token(String subject, Map<String, Object> claims) {
        return issuer.accessToken(subject, claims, TYPE, AUDIENCE);
    }

    private static Answer who(Desk desk, String token) {
        return desk.get("/audit/who", "Authorization", "Bearer " + token);
    }

    private static Answer who(String token) {
        return who(desk, token);
    }

    /** The person of the token: {@code role id}. */
    private static String[] known(String token) {
        var answer = who(token);
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
        assertThat(answer.raw().body()).isNotEqualTo("nobody");
        return answer.raw().body().split(" ", -1);
    }

    private static void isRefused(String how, String token) {
        assertThat(who(token).status()).as(how).isEqualTo(401);
    }

    private static void send(Command command) {
        desk.commands().send(command, Senders.SYSTEM, Terms.PLAIN);
    }

    private static Map<String, Object> claims(String name, Object value) {
        var claims = new HashMap<String, Object>();
        claims.put(name, value);
        return claims;
    }

    @Nested
    class AToken {

        @Test
        void brings_a_new_person_with_a_profile_in_the_log() {
            var subject = UUID.randomUUID().toString();
            var email = address();
            var who = known(token(subject, Map.of("email", email, "email_verified", true, "name", "Ada")));
            assertThat(who[0]).isEqualTo("customer");
            assertThat(database.log().after(0, 100_000).stream().map(recorded -> recorded.event()))
                    .anySatisfy(
                            event -> assertThat(event).isInstanceOfSatisfying(ProfileRegistered.class, registered -> {
                                assertThat(registered.profileId().value()).hasToString(who[1]);
                                assertThat(registered.displayName().value()).contains("Ada");
                            }));
            assertThat(desk.bean(Accounts.class)
                            .byEmail(new EmailAddress(email))
                            .orElseThrow()
                            .confirmed())
                    .isTrue();
            assertThat(known(token(subject, Map.of()))[1])
                    .as("with another token")
                    .isEqualTo(who[1]);
        }

        @Test
        void needs_no_address() {
            var who = known(token(UUID.randomUUID().toString(), Map.of("name", "Ada")));
            var account =
                    desk.bean(Accounts.class).byId(UUID.fromString(who[1])).orElseThrow();
            assertThat(account.email()).isNull();
            assertThat(account.anonymous()).isFalse();
        }

        @Test
        void joins_who_has_its_verified_address_and_nobody_by_another() {
            var email = address();
            var own =
                    session(auth.signUp(email, PASSWORD)).get("user").get("id").stringValue();
            var unverified = known(token(UUID.randomUUID().toString(), Map.of("email", email)));
            assertThat(unverified[1]).isNotEqualTo(own);
            var verified = known(token(UUID.randomUUID().toString(), Map.of("email", email, "email_verified", true)));
            assertThat(verified[1]).isEqualTo(own);
        }

        @Test
        void has_the_role_of_the_log_from_the_next_request_on() {
            var token = token(UUID.randomUUID().toString(), Map.of("role", "admin", "app_metadata", Map.of()));
            var who = known(token);
            assertThat(who[0]).isEqualTo("customer");
            send(new AssignRole(new ProfileId(UUID.fromString(who[1])), Role.AGENT));
            assertThat(known(token)[0]).isEqualTo("agent");
        }

        @Test
        void opens_nothing_for_who_is_locked_out_or_banned() {
            var token = token(UUID.randomUUID().toString(), Map.of());
            var id = UUID.fromString(known(token)[1]);
            desk.bean(Accounts.class).ban(id, Instant.now().plus(Duration.ofHours(1)));
            isRefused("banned", token);
            desk.bean(Accounts.class).ban(id, null);
            known(token);
            send(new DeactivateProfile(new ProfileId(id)));
            isRefused("locked out", token);
        }

        @Test
        void of_before_an_erasure_opens_nothing_on_any_node_and_one_of_later_is_somebody_new() throws Exception {
            var subject = UUID.randomUUID().toString();
            var token = token(subject, Map.of());
            var id = known(token)[1];
            send(new ErasePerson(new ProfileId(UUID.fromString(id))));
            isRefused("erased", token);
            try (var other = Desk.on(database, settings)) {
                assertThat(who(other, token).status()).isEqualTo(401);
            }
            Thread.sleep(1_100); // tokens tell their time in seconds
            var later = token(subject, Map.of());
            assertThat(known(later)[1]).isNotEqualTo(id);
            isRefused("of before, after somebody new has come", token);
        }

        @Test
        void is_no_session_of_ours() {
            var token = token(UUID.randomUUID().toString(), Map.of());
            var answer = desk.get(
                    "/auth/v1/user", "Authorization", "Bearer " + token, "X-Supabase-Api-Version", "2024-01-01");
            refused(answer, 401, "no_authorization");
        }
    }

    @Nested
    class Refused {

        @Test
        void is_what_is_for_somebody_or_something_else_or_out_of_time() {
            var subject = UUID.randomUUID().toString();
            var now = Instant.now();
            known(token(subject, Map.of()));
            for (var type : new String[] {"JWT", "id_token+jwt", "logout+jwt", "", null})
                isRefused("type " + type, issuer.accessToken(subject, Map.of(), type, AUDIENCE));
            for (var audience : new String[] {"https://other.example.org", AUDIENCE + "/", "authenticated"})
                isRefused("audience " + audience, issuer.accessToken(subject, Map.of(), TYPE, audience));
            isRefused("no audience", token(subject, claims("aud", null)));
            isRefused("another issuer", token(subject, Map.of("iss", "https://evil.example.net")));
            isRefused("ours as issuer", token(subject, Map.of("iss", "http://localhost:8080/auth/v1")));
            isRefused("no issuer", token(subject, claims("iss", null)));
            isRefused("no subject", token(subject, claims("sub", null)));
            isRefused("an empty subject", token(subject, Map.of("sub", "")));
            isRefused("no end", token(subject, claims("exp", null)));
            isRefused("no beginning", token(subject, claims("iat", null)));
            isRefused("ended", token(subject, Map.of("iat", now.minusSeconds(600), "exp", now.minusSeconds(120))));
            isRefused("issued later", token(subject, Map.of("iat", now.plusSeconds(120))));
            isRefused("beginning later", token(subject, Map.of("nbf", now.plusSeconds(120))));
        }

        @Test
        void is_what_its_issuer_has_not_signed() {
            var subject = UUID.randomUUID().toString();
            var good = token(subject, Map.of());
            known(good);
            isRefused(
                    "a key that is not published",
                    issuer.accessToken(OpenIdProvider.newKey("unpublished"), subject, Map.of(), TYPE, AUDIENCE));
            isRefused(
                    "a key under the name of the published one",
                    issuer.accessToken(
                            OpenIdProvider.newKey(issuer.key().getKeyID()), subject, Map.of(), TYPE, AUDIENCE));
            var published = JsonMapper.builder()
                    .build()
                    .readValue(
                            desk.get("/auth/v1/.well-known/jwks.json").raw().body(),
                            new tools.jackson.core.type.TypeReference<Map<String, Object>>() {});
            var forgeries = Forgeries.of(good, published);
            assertThat(forgeries).hasSizeGreaterThanOrEqualTo(40);
            forgeries.values().removeIf(good::equals); // this one has that algorithm and type
            forgeries.remove("a huge one"); // too long for a header before it is looked at
            forgeries.forEach(TrustedIssuersSpec::isRefused);
            known(good);
        }

        @Test
        void in_time_is_not_remembered_past_its_end() {
            var claims = Map.<String, Object>of(
                    "iat", Instant.now().minusSeconds(60), "exp", Instant.now().minusSeconds(28));
            var token = token(UUID.randomUUID().toString(), claims);
            known(token); // clocks of others may differ by half a minute
            var until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (who(token).status() == 200) assertThat(System.nanoTime()).isLessThan(until);
            isRefused("ended since it was remembered", token);
        }

        @Test
        void is_not_a_reason_to_ask_the_issuer_for_keys_each_time() {
            known(token(UUID.randomUUID().toString(), Map.of()));
            var before = issuer.requests(Endpoint.KEYS);
            var made = OpenIdProvider.newKey("made up");
            for (var i = 0; i < 20; i++)
                isRefused("made up", issuer.accessToken(made, "x" + i, Map.of(), TYPE, AUDIENCE));
            assertThat(issuer.requests(Endpoint.KEYS) - before).isLessThanOrEqualTo(3);
        }
    }

    @Nested
    class TheIssuer {

        @Test
        void keeps_its_people_while_it_is_down_and_keeps_no_desk_from_starting() {
            var token = token(UUID.randomUUID().toString(), Map.of());
            known(token);
            issuer.down();
            known(token);
            known(token(UUID.randomUUID().toString(), Map.of()));
            try (var other = Desk.on(database, settings)) {
                var answer = who(other, token);
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.header("Retry-After")).isNotEmpty();
                assertThat(who(other, "no token of anybody").status()).isEqualTo(401);
            }
        }

        @Test
        void may_be_trusted_instead_of_our_own_accounts() {
            var only = new LinkedHashMap<>(settings);
            only.put("chronodesk.identity.own-accounts", "false");
            var email = address();
            var own =
                    session(auth.signUp(email, PASSWORD)).get("user").get("id").stringValue();
            try (var other = Desk.on(database, only)) {
                refused(new Auth(other).signIn(email, PASSWORD), 422, "email_provider_disabled");
                refused(new Auth(other).signUp(address(), PASSWORD), 422, "email_provider_disabled");
                var who =
                        who(other, token(UUID.randomUUID().toString(), Map.of("email", email, "email_verified", true)));
                assertThat(who.raw().body()).isEqualTo("customer " + own);
            }
        }

        @Test
        void is_not_asked_about_tokens_of_others() {
            var session = session(auth.signUp(address(), PASSWORD));
            var before = issuer.requests(Endpoint.KEYS) + issuer.requests(Endpoint.DISCOVERY);
            known(session.get("access_token").stringValue());
            isRefused("nonsense", "a.b.c");
            assertThat(issuer.requests(Endpoint.KEYS) + issuer.requests(Endpoint.DISCOVERY))
                    .isEqualTo(before);
        }

        @Test
        void brings_nobody_new_where_strangers_may_not_sign_up() {
            var closed = new LinkedHashMap<>(settings);
            closed.put("chronodesk.identity.sign-up", "false");
            var subject = UUID.randomUUID().toString();
            try (var other = Desk.on(database, closed)) {
                assertThat(who(other, token(subject, Map.of())).status()).isEqualTo(401);
                known(token(subject, Map.of()));
                assertThat(who(other, token(subject, Map.of())).status()).isEqualTo(200);
            }
        }

        @Test
        void that_changes_its_keys_is_followed() throws Exception {
            try (var own = OpenIdProvider.start(Visitors.CLIENT, Visitors.SECRET, Visitors.CALLBACK)) {
                var changed = new LinkedHashMap<>(settings);
                changed.put("chronodesk.identity.providers.corp.issuer", own.issuer());
                try (var other = Desk.on(database, changed)) {
                    var subject = UUID.randomUUID().toString();
                    var old = own.key();
                    assertThat(who(other, own.accessToken(subject, Map.of(), TYPE, AUDIENCE))
                                    .status())
                            .isEqualTo(200);
                    own.rotate();
                    assertThat(who(other, own.accessToken(subject, Map.of(), TYPE, AUDIENCE))
                                    .status())
                            .isEqualTo(200);
                    assertThat(who(other, own.accessToken(old, subject, Map.of(), TYPE, AUDIENCE))
                                    .status())
                            .isEqualTo(401);
                }
            }
        }
    }
}
