package dev.chronodesk.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class SettingsSpec {

    private static <T> T bound(String prefix, Class<T> type, Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings)).bindOrCreate(prefix, type);
    }

    private static IdentitySettings identity(String name, String value) {
        return bound("chronodesk.identity", IdentitySettings.class, Map.of("chronodesk.identity." + name, value));
    }

    @Test
    void have_the_defaults_that_are_documented() {
        assertThat(bound("chronodesk.identity", IdentitySettings.class, Map.of()))
                .isEqualTo(new IdentitySettings(
                        Duration.ofHours(1),
                        Duration.ofSeconds(10),
                        null,
                        true,
                        true,
                        false,
                        null,
                        List.of(),
                        Duration.ofDays(1),
                        Duration.ofMillis(500),
                        null,
                        null,
                        null,
                        0,
                        Duration.ofSeconds(5)));
        assertThat(bound("chronodesk", ExternalSettings.class, Map.of()).issuer())
                .isEqualTo("http://localhost:8080/auth/v1");
        assertThat(bound("chronodesk.admin", AdministratorSettings.class, Map.of()))
                .isEqualTo(new AdministratorSettings(null, null));
    }

    @Test
    void never_print_a_secret() {
        var key = "sb_secret_0123456789012345678901";
        assertThat(identity("secret-key", key).toString()).doesNotContain(key);
        assertThat(identity("secret-key", key).secretKey()).isEqualTo(new Secret(key));
        var admin = bound(
                "chronodesk.admin",
                AdministratorSettings.class,
                Map.of("chronodesk.admin.email", "ada@example.org", "chronodesk.admin.password", "correct horse"));
        assertThat(admin.toString()).doesNotContain("ada").doesNotContain("correct");
        assertThat(admin.password()).isEqualTo(new Secret("correct horse"));
    }

    @Test
    void that_make_no_sense_are_refused_by_name() {
        Map.of(
                        "access-token-lifetime", "10s",
                        "refresh-reuse-interval", "1h",
                        "site-url", "desk.example.org",
                        "redirect-urls", "https://**",
                        "even-time", "1m",
                        "publishable-key", "sb_secret_0123456789012345678901",
                        "secret-key", "sb_secret_short",
                        "hashing-concurrency", "-1",
                        "hashing-patience", "2m")
                .forEach((name, value) -> assertThatThrownBy(() -> identity(name, value))
                        .isInstanceOf(BindException.class)
                        .rootCause()
                        .hasMessageStartingWith("chronodesk.identity." + name));
        for (var url : new String[] {"localhost", "ftp://x", "http://x/", "http://x?y", "http://a@x", "http:///x"})
            assertThatThrownBy(() -> new ExternalSettings(URI.create(url)))
                    .hasMessageStartingWith("chronodesk.external-url");
        assertThat(new ExternalSettings(URI.create("https://desk.example.org/base")).issuer())
                .isEqualTo("https://desk.example.org/base/auth/v1");
    }
}
