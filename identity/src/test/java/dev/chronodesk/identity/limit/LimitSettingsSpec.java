package dev.chronodesk.identity.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class LimitSettingsSpec {

    private static LimitSettings bound(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("chronodesk.identity", LimitSettings.class);
    }

    private static LimitSettings with(String name, String value) {
        return bound(Map.of("chronodesk.identity." + name, value));
    }

    @Test
    void have_the_defaults_that_are_documented() throws Exception {
        assertThat(bound(Map.of())).isEqualTo(new LimitSettings(Map.of(), Duration.ofMinutes(15), List.of()));
        var documented = Files.readString(Path.of("..", "docs", "rate-limits.md"));
        assertThat(Arrays.stream(Limit.values())
                        .map(limit -> "| `" + limit.property() + "` | `" + written(bound(Map.of()), limit) + "` |"))
                .allSatisfy(row -> assertThat(documented).contains(row));
    }

    private static String written(LimitSettings settings, Limit limit) {
        return settings.rates(limit).stream()
                .map(rate -> rate.count() + "/" + written(rate.period()))
                .collect(Collectors.joining(","));
    }

    private static String written(Duration period) {
        if (period.toDaysPart() > 0) return period.toDays() + "d";
        return period.toHoursPart() > 0 ? period.toHours() + "h" : period.toMinutes() + "m";
    }

    @Test
    void replace_one_limit_and_leave_the_others() {
        var settings = with("limits.mfa-per-account", "3/30s, 7/2h");
        assertThat(settings.rates(Limit.MFA_PER_ACCOUNT))
                .containsExactly(new Rate(3, Duration.ofSeconds(30)), new Rate(7, Duration.ofHours(2)));
        assertThat(settings.rates(Limit.SIGN_UP_PER_NETWORK)).isEqualTo(Limit.SIGN_UP_PER_NETWORK.standard());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "5/", "/1m", "0/1m", "-1/1m", "5/0s", "5/500ms", "5/32d", "1000001/1s", "5/1m/2"})
    void refuse_what_is_no_rate_by_the_property_s_name(String rate) {
        assertThatThrownBy(() -> with("limits.sign-up-per-network", rate.isEmpty() ? "," : rate))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("chronodesk.identity.limits.sign-up-per-network");
    }

    @ParameterizedTest
    @CsvSource({
        "limits.sign-up, 5/1m, Limit.sign-up",
        "longest-delay, 0s, chronodesk.identity.longest-delay",
        "longest-delay, 2d, chronodesk.identity.longest-delay",
        "trusted-proxies, proxy.example.org, chronodesk.identity.trusted-proxies",
        "limits.sign-up-per-network, '1/1m,1/2m,1/3m,1/4m,1/5m,1/6m', chronodesk.identity.limits.sign-up-per-network",
    })
    void that_make_no_sense_are_refused_by_name(String name, String value, String named) {
        assertThatThrownBy(() -> with(name, value))
                .isInstanceOf(BindException.class)
                .hasStackTraceContaining(named);
    }
}
