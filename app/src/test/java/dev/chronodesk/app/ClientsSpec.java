package dev.chronodesk.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.identity.door.ApiKeys;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
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
        assertThat(lines).as("checks").hasSizeGreaterThanOrEqualTo(CHECKS);
        return lines.stream()
                .map(TestDesk.JSON::readTree)
                .map(check -> DynamicTest.dynamicTest(check.get("name").asString(), () -> assertThat(
                                check.get("problem").isNull())
                        .as(check.get("problem").asString())
                        .isTrue()));
    }
}
