package dev.chronodesk.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.identity.door.ApiKeys;
import dev.chronodesk.identity.provider.OpenIdProvider;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The official clients, unmodified, against the whole service. */
class ClientsSpec {

    /** Fewer means that a program broke off or that checks were lost. */
    private static final int CHECKS = 55;

    static TestDesk desk;

    @BeforeAll
    static void start() {
        desk = TestDesk.start();
    }

    @AfterAll
    static void stop() {
        desk.close();
    }

    @Nested
    class Accounts {

        private static final String SECRET = "sb_secret_0123456789012345678901";
        private static final int CHECKS = 44;

        /** What the service is told to be reached at; tests reach it at another port. */
        private static final URI CALLBACK = URI.create("http://localhost:8080/auth/v1/callback");

        static OpenIdProvider provider;
        static TestDesk desk;

        @BeforeAll
        static void start() {
            provider = OpenIdProvider.start("desk", "the desk's secret", CALLBACK);
            desk = TestDesk.start(
                    "--chronodesk.identity.providers.corp.issuer=" + provider.issuer(),
                    "--chronodesk.identity.providers.corp.client-id=desk",
                    "--chronodesk.identity.providers.corp.client-secret=the desk's secret",
                    "--chronodesk.identity.auto-confirm=false",
                    "--chronodesk.identity.anonymous-sign-in=true",
                    "--chronodesk.identity.secret-key=" + SECRET,
                    "--chronodesk.identity.even-time=20ms",
                    "--chronodesk.identity.refresh-reuse-interval=1s");
        }

        @AfterAll
        static void stop() {
            desk.close();
            provider.close();
        }

        /** A program that the README shows, with the desk that it asks for. */
        @Test
        void a_persons_life_is_as_the_sample_shows_it() throws IOException, InterruptedException {
            var lines = NodeClient.install("supabase-js-2.119")
                    .runSample(
                            "people.mjs",
                            Map.of(
                                    "DESK",
                                    desk.address("").toString(),
                                    "KEY",
                                    desk.part(ApiKeys.class).publishable(),
                                    "SECRET",
                                    SECRET,
                                    "MAIL",
                                    TestDesk.mail(desk.database()).toString(),
                                    "PAUSE",
                                    "0"));
            assertThat(lines)
                    .contains("signed up", "confirmed", "promoted", "locked out", "recovered", "erased")
                    .endsWith("came once more: user_banned", "signed in once more: invalid_credentials");
        }

        @TestFactory
        Stream<DynamicTest> supabase_js_2_109_on_node_20() throws IOException, InterruptedException {
            return checks("supabase-js-2.109");
        }

        @TestFactory
        Stream<DynamicTest> supabase_js_2_119_on_node_22() throws IOException, InterruptedException {
            return checks("supabase-js-2.119");
        }

        private static Stream<DynamicTest> checks(String name) throws IOException, InterruptedException {
            var mail = Files.createDirectories(TestDesk.mail(desk.database()));
            var people = name + ".example.org";
            for (var person : List.of("one", "two"))
                provider.person(
                        person + "@" + people,
                        Map.of("email", person + "@" + people, "email_verified", true, "name", "Ada Lovelace"));
            var environment = Map.of(
                    "ADDRESS", desk.address("").toString(),
                    "KEY", desk.part(ApiKeys.class).publishable(),
                    "SECRET", SECRET,
                    "MAIL", mail.toString(),
                    "PEOPLE", people,
                    "PROVIDER", provider.issuer(),
                    "PLAIN", ClientsSpec.desk.address("").toString(),
                    "PLAIN_KEY", ClientsSpec.desk.part(ApiKeys.class).publishable());
            return shown(NodeClient.install(name).run("auth.mjs", environment), CHECKS);
        }
    }

    @TestFactory
    Stream<DynamicTest> supabase_js_2_109_on_node_20() throws IOException, InterruptedException {
        return checks("supabase-js-2.109");
    }

    @TestFactory
    Stream<DynamicTest> supabase_js_2_119_on_node_22() throws IOException, InterruptedException {
        return checks("supabase-js-2.119");
    }

    private static Stream<DynamicTest> checks(String name) throws IOException, InterruptedException {
        var client = NodeClient.install(name);
        var customer = "cora@" + name + ".example.org";
        var agent = "ari@" + name + ".example.org";
        desk.signUp(customer, "Cora");
        desk.signUp(agent, "Ari");
        var profile = desk.id(desk.signIn(agent));
        desk.command(desk.admin(), "AssignRole", Map.of("profileId", profile, "role", "agent"))
                .ok();
        var lines = client.run(
                "rest.mjs",
                Map.of(
                        "ADDRESS",
                        desk.address("").toString(),
                        "KEY",
                        desk.part(ApiKeys.class).publishable(),
                        "PASSWORD",
                        TestDesk.PASSWORD,
                        "CUSTOMER",
                        customer,
                        "AGENT",
                        agent));
        return shown(lines, CHECKS);
    }

    private static Stream<DynamicTest> shown(List<String> lines, int atLeast) {
        assertThat(lines).as("checks").hasSizeGreaterThanOrEqualTo(atLeast);
        return lines.stream()
                .map(TestDesk.JSON::readTree)
                .map(check -> DynamicTest.dynamicTest(check.get("name").asString(), () -> assertThat(
                                check.get("problem").isNull())
                        .as(check.get("problem").asString())
                        .isTrue()));
    }
}
