package dev.chronodesk.identity.provider;

import static dev.chronodesk.identity.Auth.PASSWORD;
import static dev.chronodesk.identity.Auth.address;
import static dev.chronodesk.identity.Auth.refused;
import static dev.chronodesk.identity.Auth.session;
import static dev.chronodesk.identity.provider.Visitors.withChallenge;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.profile.DeactivateProfile;
import dev.chronodesk.command.profile.ErasePerson;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.events.profile.EmailVerified;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.ProfileRegistered;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.Auth;
import dev.chronodesk.identity.Desk;
import dev.chronodesk.identity.PostOffice;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.EmailAddress;
import dev.chronodesk.identity.provider.OpenIdProvider.Endpoint;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** People who sign in at a provider: a real one, Spring Security's own authorization server. */
class ProviderSignInSpec {

    private static OpenIdProvider provider;
    private static PostOffice post;
    private static TestDatabase database;
    private static Desk desk;
    private static Auth auth;
    private static Visitors visitors;
    private static JdbcClient jdbc;

    @BeforeAll
    static void open() {
        provider = OpenIdProvider.start(Visitors.CLIENT, Visitors.SECRET, Visitors.CALLBACK);
        post = new PostOffice();
        database = TestDatabase.create();
        desk = Desk.on(database, with(post.settings(), Visitors.settings(provider)));
        auth = new Auth(desk);
        visitors = new Visitors(desk, provider);
        jdbc = JdbcClient.create(database.database().identity());
    }

    private static Map<String, Object> with(Map<String, Object> some, Map<String, Object> more) {
        var all = new LinkedHashMap<>(some);
        all.putAll(more);
        return all;
    }

    @AfterAll
    static void close() {
        desk.close();
        database.close();
        post.close();
        provider.close();
    }

    @AfterEach
    void wellAgain() {
        provider.up();
        provider.idTokens(UnaryOperator.identity());
        provider.userInfo(UnaryOperator.identity());
    }

    /** Somebody with that address at the provider: their subject. */
    private static String person(String email) {
        return person(email, true);
    }

    private static String person(String email, boolean verified) {
        var subject = UUID.randomUUID().toString();
        provider.person(
                subject,
                Map.of(
                        "email",
                        email,
                        "email_verified",
                        verified,
                        "name",
                        "Ada Lovelace",
                        "picture",
                        "https://pictures.example.org/ada.png"));
        return subject;
    }

    private static boolean exists(String email) {
        return desk.bean(Accounts.class).byEmail(new EmailAddress(email)).isPresent();
    }

    private static void send(dev.chronodesk.command.door.Command command) {
        desk.commands().send(command, Senders.SYSTEM, Terms.PLAIN);
    }

    /** A person with a password whose address was confirmed by mail: a session. */
    private static JsonNode confirmed(String email) {
        assertThat(auth.signUp(email, PASSWORD).status()).isEqualTo(200);
        desk.get(post.next(email).path());
        return session(auth.signIn(email, PASSWORD));
    }

    @Nested
    class ForTheFirstTime {

        @Test
        void makes_an_account_with_the_verified_address_and_a_profile_in_the_log() {
            var email = address();
            var landed = visitors.signIn(person(email), "redirect_to", "https://other.example.org/welcome");
            assertThat(landed.location()).startsWith("https://other.example.org/welcome#access_token=");
            assertThat(landed.fragment("token_type")).isEqualTo("bearer");
            assertThat(landed.fragment("expires_in")).isEqualTo("3600");
            assertThat(landed.fragment("refresh_token")).hasSize(43);
            assertThat(landed.fragment("sb")).isEmpty();

            var user = desk.get("/auth/v1/user", "Authorization", "Bearer " + landed.fragment("access_token"))
                    .json();
            var id = UUID.fromString(user.get("id").stringValue());
            assertThat(user.get("email").stringValue()).isEqualTo(email);
            assertThat(user.get("email_confirmed_at").stringValue()).isNotBlank();
            assertThat(user.get("is_anonymous").booleanValue()).isFalse();
            assertThat(user.get("app_metadata").get("provider").stringValue()).isEqualTo("corp");
            assertThat(user.get("app_metadata").get("role").stringValue()).isEqualTo("customer");
            assertThat(user.get("user_metadata").get("full_name").stringValue()).isEqualTo("Ada Lovelace");
            assertThat(user.get("user_metadata").get("avatar_url").stringValue())
                    .isEqualTo("https://pictures.example.org/ada.png");
            assertThat(user.get("identities")).hasSize(1);
            var identity = user.get("identities").get(0);
            assertThat(identity.get("provider").stringValue()).isEqualTo("corp");
            assertThat(identity.get("user_id").stringValue()).isEqualTo(id.toString());
            assertThat(identity.get("identity_data").get("email").stringValue()).isEqualTo(email);
            assertThat(identity.get("identity_data").get("iss").stringValue()).isEqualTo(provider.issuer());

            var events = database.log().after(0, 100_000).stream()
                    .map(recorded -> recorded.event())
                    .filter(event -> event.streamId().equals(id))
                    .toList();
            assertThat(events)
                    .anySatisfy(
                            event -> assertThat(event).isInstanceOfSatisfying(ProfileRegistered.class, registered -> {
                                assertThat(registered.role()).isEqualTo(Role.CUSTOMER);
                                assertThat(registered.displayName().value()).contains("Ada Lovelace");
                            }))
                    .anySatisfy(event -> assertThat(event).isInstanceOf(EmailVerified.class));
        }

        @Test
        void says_in_the_token_how_the_person_signed_in() {
            var landed = visitors.signIn(person(address()));
            var claims = AccessTokenClaims.of(landed.fragment("access_token"));
            assertThat(claims.get("amr").get(0).get("method").stringValue()).isEqualTo("oauth");
            assertThat(claims.get("amr").get(0).get("provider").stringValue()).isEqualTo("corp");
            assertThat(claims.get("aal").stringValue()).isEqualTo("aal1");
            assertThat(claims.get("app_metadata").get("providers").get(0).stringValue())
                    .isEqualTo("corp");
        }

        @Test
        void gives_the_clients_the_tokens_of_the_provider() throws Exception {
            var email = address();
            var landed = visitors.signIn(person(email));
            try (var http = HttpClient.newHttpClient()) {
                var answer = http.send(
                        HttpRequest.newBuilder(URI.create(provider.issuer() + Endpoint.USER_INFO.path()))
                                .header("Authorization", "Bearer " + landed.fragment("provider_token"))
                                .build(),
                        BodyHandlers.ofString());
                assertThat(answer.body()).contains(email);
            }
        }

        @Test
        void asks_at_the_provider_for_what_the_id_token_leaves_out() {
            provider.idTokens(claims -> {
                claims.remove("email");
                claims.remove("email_verified");
                return claims;
            });
            var email = address();
            visitors.session(person(email));
            assertThat(exists(email)).isTrue();
        }

        @Test
        void is_refused_where_strangers_may_not_sign_up() {
            try (var closed = Desk.on(
                    database,
                    with(post.settings("chronodesk.identity.sign-up", "false"), Visitors.settings(provider)))) {
                var email = address();
                new Visitors(closed, provider).signIn(person(email)).isRefused("signup_disabled");
                assertThat(exists(email)).isFalse();
            }
        }

        @Test
        void is_refused_with_an_address_that_the_provider_does_not_vouch_for() {
            var email = address();
            visitors.signIn(person(email, false)).isRefused("provider_email_needs_verification");
            assertThat(exists(email)).isFalse();

            var nameless = UUID.randomUUID().toString();
            provider.person(nameless, Map.of("name", "Nobody"));
            visitors.signIn(nameless).isRefused("provider_email_needs_verification");
        }

        @Test
        void leaves_out_what_no_profile_may_hold() {
            var subject = UUID.randomUUID().toString();
            provider.person(
                    subject,
                    Map.of(
                            "email",
                            address(),
                            "email_verified",
                            true,
                            "name",
                            "A" + "b".repeat(400),
                            "picture",
                            "data:image/png;base64," + "A".repeat(5_000)));
            var metadata = visitors.user(visitors.session(subject)).get("user_metadata");
            assertThat(metadata.has("name")).isFalse();
            assertThat(metadata.has("picture")).isFalse();
        }
    }

    @Nested
    class Again {

        @Test
        void is_the_same_person_by_the_subject_whatever_the_address_is_now() {
            var email = address();
            var subject = person(email);
            var first = visitors.user(visitors.session(subject));
            provider.person(subject, Map.of("email", address(), "email_verified", true, "name", "Countess"));
            var second = visitors.user(visitors.session(subject));
            assertThat(second.get("id")).isEqualTo(first.get("id"));
            assertThat(second.get("email").stringValue()).isEqualTo(email);
            assertThat(second.get("identities")
                            .get(0)
                            .get("identity_data")
                            .get("name")
                            .stringValue())
                    .isEqualTo("Countess");
            assertThat(second.get("user_metadata").get("name").stringValue()).isEqualTo("Ada Lovelace");
        }

        @Test
        void with_the_address_of_somebody_else_it_is_another_person() {
            var email = address();
            var first = visitors.user(visitors.session(person(email)));
            var other = UUID.randomUUID().toString();
            provider.person(other, Map.of("email", email, "email_verified", false, "name", "Mallory"));
            visitors.signIn(other).isRefused("provider_email_needs_verification");
            assertThat(visitors.user(visitors.session(person(address()))).get("id"))
                    .isNotEqualTo(first.get("id"));
        }

        @Test
        void is_refused_to_who_is_locked_out_or_banned() {
            var subject = person(address());
            var session = visitors.session(subject);
            var id = UUID.fromString(visitors.user(session).get("id").stringValue());
            desk.bean(Accounts.class).ban(id, Instant.now().plus(Duration.ofHours(1)));
            visitors.signIn(subject).isRefused("user_banned");
            desk.bean(Accounts.class).ban(id, null);
            visitors.session(subject);
            send(new DeactivateProfile(new ProfileId(id)));
            visitors.signIn(subject).isRefused("user_banned");
            var code = visitors.signIn(subject, withChallenge()).parameter("code");
            refused(visitors.exchange(code), 400, "user_banned");
        }

        @Test
        void after_an_erasure_makes_somebody_new_of_whom_nothing_is_known() {
            var subject = person(address());
            var before = visitors.user(visitors.session(subject));
            send(new ErasePerson(new ProfileId(UUID.fromString(before.get("id").stringValue()))));
            assertThat(jdbc.sql("select count(*) from identity.identity where subject = ?")
                            .param(subject)
                            .query(Long.class)
                            .single())
                    .isZero();
            var after = visitors.user(visitors.session(subject));
            assertThat(after.get("id")).isNotEqualTo(before.get("id"));
        }
    }

    @Nested
    class WithAnAddressThatSomebodyHasHere {

        @Test
        void joins_the_account_whose_owner_is_told() {
            var email = address();
            var before = confirmed(email);
            var user = visitors.user(visitors.session(person(email)));
            assertThat(user.get("id")).isEqualTo(visitors.user(before).get("id"));
            assertThat(user.get("identities")).hasSize(2);
            assertThat(user.get("app_metadata").get("provider").stringValue()).isEqualTo("email");
            assertThat(post.next(email).subject()).isEqualTo("You can sign in to Chronodesk in another way");
            session(auth.signIn(email, PASSWORD));
        }

        @Test
        void leaves_nothing_to_a_stranger_who_signed_up_with_it_first() {
            var email = address();
            auth.signUp(email, "the stranger's own");
            var user = visitors.user(visitors.session(person(email)));
            assertThat(user.get("email_confirmed_at").stringValue()).isNotBlank();
            refused(auth.signIn(email, "the stranger's own"), 400, "invalid_credentials");
            // the mail of the stranger's sign-up is worth nothing any more
            var link = desk.get(post.next(email).path());
            assertThat(link.header("Location")).contains("otp_expired");
        }

        @Test
        void leaves_nothing_to_a_stranger_where_addresses_are_taken_on_trust() {
            try (var trusting = Desk.on(
                    database,
                    with(post.settings("chronodesk.identity.auto-confirm", "true"), Visitors.settings(provider)))) {
                var email = address();
                var there = new Auth(trusting);
                var strangers = session(there.signUp(email, "the stranger's own"));
                enrolled(there, strangers);
                var owner = new Visitors(trusting, provider).session(person(email));
                refused(there.signIn(email, "the stranger's own"), 400, "invalid_credentials");
                refused(there.refresh(strangers), 400, "refresh_token_not_found");
                refused(there.get(strangers, "/user"), 403, "session_not_found");
                assertThat(new Visitors(trusting, provider).user(owner).has("factors"))
                        .isFalse();
                assertThat(there.put(owner, "/user", Map.of("password", PASSWORD))
                                .status())
                        .isEqualTo(200);
            }
        }

        private static void enrolled(Auth there, JsonNode session) {
            var factor = there.post(session, "/factors", Map.of("factor_type", "totp"));
            assertThat(factor.status()).as(factor.raw().body()).isEqualTo(200);
        }

        @Test
        void joins_nobody_who_is_locked_out() {
            var email = address();
            var id = UUID.fromString(visitors.user(confirmed(email)).get("id").stringValue());
            send(new DeactivateProfile(new ProfileId(id)));
            visitors.signIn(person(email)).isRefused("user_banned");
            assertThat(desk.bean(Accounts.class).byId(id).orElseThrow().identities())
                    .isEmpty();
        }

        @Test
        void joins_nobody_where_the_settings_say_so() {
            var settings = with(post.settings(), Visitors.settings(provider));
            settings.put("chronodesk.identity.providers.corp.link-by-email", "false");
            var email = address();
            confirmed(email);
            try (var careful = Desk.on(database, settings)) {
                new Visitors(careful, provider).signIn(person(email)).isRefused("email_exists");
            }
        }

        @Test
        void counts_as_verified_without_a_word_only_where_the_settings_say_so() {
            var email = address();
            var subject = UUID.randomUUID().toString();
            provider.person(subject, Map.of("email", email, "name", "Ada"));
            visitors.signIn(subject).isRefused("provider_email_needs_verification");
            var settings = with(post.settings(), Visitors.settings(provider));
            settings.put("chronodesk.identity.providers.corp.trust-emails", "true");
            try (var trusting = Desk.on(database, settings)) {
                new Visitors(trusting, provider).session(subject);
            }
        }
    }

    @Nested
    class AVisit {

        @Test
        void is_exchanged_by_the_client_that_keeps_the_verifier_and_nobody_else() {
            var landed = visitors.signIn(person(address()), withChallenge());
            assertThat(landed.location()).startsWith("https://desk.example.org/app?code=");
            var code = landed.parameter("code");
            refused(visitors.exchange(code, "another-verifier-of-somebody-who-saw-the-code"), 400, "bad_code_verifier");
            refused(visitors.exchange(code), 404, "flow_state_not_found");

            var second = visitors.exchange(
                    visitors.signIn(person(address()), withChallenge()).parameter("code"));
            assertThat(session(second).get("provider_token").stringValue()).isNotBlank();
        }

        @Test
        void keeps_no_secret_of_itself_in_the_database_in_the_clear() {
            var begun = visitors.begin(withChallenge());
            var callback = provider.signIn(person(address()), begun.address());
            visitors.back(begun, callback);
            var kept = jdbc.sql("select coalesce(string_agg(t::text, ' '), '') from identity.provider_visit t")
                            .query(String.class)
                            .single()
                    + jdbc.sql("select coalesce(string_agg(encode(provider_tokens, 'escape'), ' '), '')"
                                    + " from identity.flow_state")
                            .query(String.class)
                            .single();
            assertThat(kept).doesNotContain("accessToken", callback.getRawQuery());
        }

        @Test
        void ends_in_the_browser_where_it_began() {
            var subject = person(address());
            var begun = visitors.begin();
            assertThat(begun.cookie()).matches("chronodesk-visit=[A-Za-z0-9_-]{43}");
            visitors.back("", provider.signIn(subject, begun.address())).isRefused("bad_oauth_state");
            var other = visitors.begin();
            visitors.back(begun.cookie(), provider.signIn(subject, other.address()))
                    .isRefused("bad_oauth_state");
        }

        @Test
        void may_be_one_of_several_in_a_browser() {
            var first = visitors.begin();
            var second = Visitors.begun(desk.get("/auth/v1/authorize?provider=corp", "Cookie", first.cookie()));
            assertThat(second.cookie()).isEqualTo(first.cookie());
            var subject = person(address());
            assertThat(visitors.back(second, provider.signIn(subject, second.address()))
                            .fragment("access_token"))
                    .isNotNull();
            assertThat(visitors.back(first, provider.signIn(subject, first.address()))
                            .fragment("access_token"))
                    .isNotNull();
        }

        @Test
        void has_a_cookie_that_scripts_and_other_hosts_do_not_get() {
            var answer = desk.get("/auth/v1/authorize?provider=corp");
            assertThat(answer.header("Set-Cookie"))
                    .contains("; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age=600")
                    .doesNotContain("; Secure", "; Domain");
            var settings = with(post.settings(), Visitors.settings(provider));
            settings.put("chronodesk.external-url", "https://desk.example.org");
            try (var secure = Desk.on(database, settings)) {
                assertThat(secure.get("/auth/v1/authorize?provider=corp").header("Set-Cookie"))
                        .startsWith("__Host-chronodesk-visit=")
                        .contains("; Secure");
            }
        }

        @Test
        void is_over_once_it_has_come_back() {
            var begun = visitors.begin();
            var callback = provider.signIn(person(address()), begun.address());
            assertThat(visitors.back(begun, callback).fragment("access_token")).isNotNull();
            visitors.back(begun, callback).isRefused("bad_oauth_state");
        }

        @Test
        void is_over_after_ten_minutes_and_unknown_when_it_never_began() {
            var begun = visitors.begin();
            var callback = provider.signIn(person(address()), begun.address());
            jdbc.sql("update identity.provider_visit set expires_at = now()").update();
            visitors.back(begun, callback).isRefused("bad_oauth_state");
            visitors.back(begun, URI.create(Visitors.CALLBACK + "?code=x&state=y"))
                    .isRefused("bad_oauth_state");
            visitors.back(begun, URI.create(Visitors.CALLBACK + "?code=x")).isRefused("bad_oauth_callback");
        }

        @Test
        void needs_a_code() {
            var begun = visitors.begin();
            var state = begun.address().getRawQuery().replaceFirst(".*state=([^&]+).*", "$1");
            visitors.back(begun, URI.create(Visitors.CALLBACK + "?state=" + state))
                    .isRefused("bad_oauth_callback");
        }

        @Test
        void takes_no_code_of_another_visit() {
            // the code of her visit, brought back by his browser with his state: her verifier and nonce are not his
            var hers = visitors.begin();
            var his = visitors.begin();
            var hersBack = provider.signIn(person(address()), hers.address());
            var code = hersBack.getRawQuery().replaceFirst(".*code=([^&]+).*", "$1");
            var state = his.address().getRawQuery().replaceFirst(".*state=([^&]+).*", "$1");
            visitors.back(his, URI.create(Visitors.CALLBACK + "?code=" + code + "&state=" + state))
                    .isRefused("bad_oauth_callback");
        }

        @Test
        void leads_where_the_settings_allow_and_is_never_made_of_headers() {
            var begun = Visitors.begun(desk.get(
                    "/auth/v1/authorize?provider=corp&redirect_to=https://evil.example.net/",
                    "X-Forwarded-Host",
                    "evil.example.net",
                    "X-Forwarded-Proto",
                    "https",
                    "Forwarded",
                    "host=evil.example.net"));
            assertThat(begun.address().toString())
                    .startsWith(provider.issuer())
                    .contains("redirect_uri=" + Visitors.CALLBACK)
                    .doesNotContain("evil");
            var landed = visitors.back(begun, provider.signIn(person(address()), begun.address()));
            assertThat(landed.location()).startsWith("https://desk.example.org/app#");
        }

        @Test
        void tells_the_client_what_the_provider_says() {
            var begun = visitors.begin("redirect_to", "https://other.example.org/x?a=b");
            var landed = visitors.back(begun, provider.refuse(begun.address()));
            landed.isRefused("bad_oauth_callback");
            assertThat(landed.parameter("error")).isEqualTo("access_denied");
            assertThat(landed.location()).startsWith("https://other.example.org/x?a=b&error=access_denied");

            var again = visitors.begin();
            var state = again.address().getRawQuery().replaceFirst(".*state=([^&]+).*", "$1");
            var odd = visitors.back(
                    again,
                    URI.create(Visitors.CALLBACK + "?error=%3Cscript%3E&error_description=a%0Ab&state=" + state));
            odd.isRefused("bad_oauth_callback");
            assertThat(odd.location()).doesNotContain("cscript", "<", "\n");
        }

        @Test
        void may_be_posted_back_by_the_browser() {
            var begun = visitors.begin();
            var callback = provider.signIn(person(address()), begun.address());
            var posted = desk.post(
                    "/auth/v1/callback", callback.getRawQuery(), "Content-Type", "application/x-www-form-urlencoded");
            assertThat(posted.status()).isEqualTo(303);
            assertThat(visitors.back(begun, URI.create(posted.header("Location")))
                            .fragment("access_token"))
                    .isNotNull();
        }

        @Test
        void is_an_address_for_clients_that_do_not_want_to_be_led() {
            var keeping = desk.get(
                    "/auth/v1/authorize?provider=corp&skip_http_redirect=true" + Visitors.query(withChallenge()));
            assertThat(keeping.json().get("url").stringValue()).startsWith(provider.issuer());
            // without a verifier the browser has to come by for its cookie
            var plain = desk.get("/auth/v1/authorize?provider=corp&skip_http_redirect=true&redirect_to="
                    + Visitors.encoded("https://other.example.org/x?y=1"));
            assertThat(plain.json().get("url").stringValue())
                    .isEqualTo("http://localhost:8080/auth/v1/authorize?provider=corp&redirect_to="
                            + "https%3A%2F%2Fother.example.org%2Fx%3Fy%3D1");
        }

        @Test
        void asks_for_the_scopes_that_a_client_wants_besides() {
            var begun = visitors.begin("scopes", "calendar read");
            assertThat(begun.address().toString()).contains("scope=openid%20email%20profile%20calendar%20read");
            refused(
                    desk.get("/auth/v1/authorize?provider=corp&scopes=%22", "X-Supabase-Api-Version", "2024-01-01"),
                    400,
                    "validation_failed");
        }

        @Test
        void is_only_to_providers_that_are_set() {
            for (var path : new String[] {"?provider=github", "", "?provider="})
                refused(
                        desk.get("/auth/v1/authorize" + path, "X-Supabase-Api-Version", "2024-01-01"),
                        400,
                        "validation_failed");
            assertThat(desk.get("/auth/v1/settings")
                            .json()
                            .get("external")
                            .get("corp")
                            .booleanValue())
                    .isTrue();
        }

        @Test
        void is_counted_for_its_network() {
            var settings = with(post.settings(), Visitors.settings(provider));
            settings.put("chronodesk.identity.limits.provider-per-network", "2/1h");
            try (var limited = Desk.on(database, settings)) {
                for (var i = 0; i < 2; i++)
                    assertThat(limited.get("/auth/v1/authorize?provider=corp").status())
                            .isEqualTo(302);
                refused(
                        limited.get("/auth/v1/authorize?provider=corp", "X-Supabase-Api-Version", "2024-01-01"),
                        429,
                        "over_request_rate_limit");
                assertThat(limited.get("/auth/v1/callback?state=x").header("Location"))
                        .contains("error_code=over_request_rate_limit");
            }
        }
    }

    @Nested
    class TheProvidersAnswer {

        private void isRefused(UnaryOperator<Map<String, Object>> change) {
            var email = address();
            provider.idTokens(claims -> change.apply(new HashMap<>(claims)));
            visitors.signIn(person(email)).isRefused("bad_oauth_callback");
            assertThat(exists(email)).isFalse();
        }

        @Test
        void is_for_this_visit() {
            isRefused(claims -> put(claims, "nonce", "of another visit"));
            isRefused(claims -> put(claims, "nonce", null));
        }

        @Test
        void is_for_this_desk_and_by_this_provider_and_in_time() {
            isRefused(claims -> put(claims, "aud", java.util.List.of("another client")));
            isRefused(claims -> put(claims, "iss", "https://evil.example.net"));
            isRefused(claims -> {
                put(claims, "iat", Instant.now().minus(Duration.ofHours(2)));
                return put(claims, "exp", Instant.now().minus(Duration.ofHours(1)));
            });
        }

        @Test
        void is_about_one_person() {
            provider.idTokens(claims -> {
                claims.remove("email");
                return claims;
            });
            provider.userInfo(claims -> put(new HashMap<>(claims), "sub", "somebody else"));
            var email = address();
            visitors.signIn(person(email)).isRefused("bad_oauth_callback");
            assertThat(exists(email)).isFalse();
        }

        @Test
        void is_signed_by_a_key_that_the_provider_publishes() {
            var own = provider.key();
            provider.signWith(OpenIdProvider.newKey("unpublished"));
            var email = address();
            visitors.signIn(person(email)).isRefused("bad_oauth_callback");
            assertThat(exists(email)).isFalse();
            provider.signWith(own);
            visitors.session(person(email));
        }

        private static Map<String, Object> put(Map<String, Object> claims, String name, Object value) {
            if (value == null) claims.remove(name);
            else claims.put(name, value);
            return claims;
        }

        @Test
        void is_no_error_of_the_service_when_it_is_nonsense_or_does_not_come() {
            provider.instead(Endpoint.TOKEN, 200, "application/json", "{\"access_token\": 5}");
            visitors.signIn(person(address())).isRefused("bad_oauth_callback");
            provider.instead(Endpoint.TOKEN, 400, "application/json", "{\"error\":\"invalid_grant\"}");
            visitors.signIn(person(address())).isRefused("bad_oauth_callback");
            provider.up();
            provider.down(Endpoint.TOKEN);
            visitors.signIn(person(address())).isRefused("bad_oauth_callback");
            provider.up();
            visitors.session(person(address()));
        }

        @Test
        void is_told_to_auditors() {
            provider.instead(Endpoint.TOKEN, 400, "application/json", "{\"error\":\"invalid_grant\"}");
            visitors.signIn(person(address()));
            assertThat(jdbc.sql("select action from identity.trail order by id desc limit 1")
                            .query(String.class)
                            .single())
                    .isEqualTo("provider_failed");
        }
    }

    @Nested
    class AProviderThatIsDown {

        @Test
        void keeps_no_desk_from_starting_and_is_found_when_it_is_up() throws Exception {
            provider.down();
            try (var early = Desk.on(database, with(post.settings(), Visitors.settings(provider)))) {
                var answer = early.get("/auth/v1/authorize?provider=corp");
                assertThat(answer.status()).isEqualTo(302);
                assertThat(answer.header("Location"))
                        .startsWith("https://desk.example.org/app?error=temporarily_unavailable");
                var fetched = early.get(
                        "/auth/v1/authorize?provider=corp&skip_http_redirect=true" + Visitors.query(withChallenge()),
                        "X-Supabase-Api-Version",
                        "2024-01-01");
                refused(fetched, 503, "unexpected_failure");
                assertThat(fetched.header("Retry-After")).isNotEmpty();
                provider.up();
                var until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
                while (early.get("/auth/v1/authorize?provider=corp")
                        .header("Location")
                        .contains("temporarily_unavailable")) {
                    assertThat(System.nanoTime()).isLessThan(until);
                    Thread.sleep(500);
                }
            }
        }

        @Test
        void that_names_another_issuer_is_not_believed() {
            provider.instead(
                    Endpoint.DISCOVERY,
                    200,
                    "application/json",
                    "{\"issuer\":\"https://evil.example.net\",\"jwks_uri\":\"" + provider.issuer() + "/oauth2/jwks\"}");
            try (var desk = Desk.on(database, with(post.settings(), Visitors.settings(provider)))) {
                assertThat(desk.get("/auth/v1/authorize?provider=corp").header("Location"))
                        .contains("temporarily_unavailable");
            }
        }
    }
}
