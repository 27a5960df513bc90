package dev.chronodesk.identity.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where links may lead: the site and what the settings allow, however an address is written. */
class RedirectsSpec {

    private static final URI SITE = URI.create("https://desk.example.org:8443/app");

    private static URI led(String rule, String asked) {
        return new Redirects(SITE, List.of(rule)).allowed(asked);
    }

    @ParameterizedTest
    @CsvSource({
        "https://other.example.org/**, https://other.example.org/a/b.c",
        "https://other.example.org/**, https://other.example.org/a?next=https://elsewhere.example.com/",
        "https://*.example.org/app, https://preview-7.example.org/app?x=1",
        "https://other.example.org/*, https://other.example.org/a",
        "com.example.desk://back, com.example.desk://back",
        "**, http://localhost:3000/a",
        "https://none.example.org, https://desk.example.org:8443/elsewhere?x=1"
    })
    void an_address_that_a_rule_allows_or_of_the_site_itself(String rule, String asked) {
        assertThat(led(rule, asked)).isEqualTo(URI.create(asked));
    }

    /** Each of them matches its rule, or is the site's, but for one thing. */
    @ParameterizedTest
    @CsvSource({
        "https://*.example.org/app, https://a.b.example.org/app",
        "https://*.example.org/app, https://evil/x.example.org/app",
        "https://*.example.org/app, https://evil?.example.org/app",
        "https://**.example.org/app, https://evil.example.com?.example.org/app",
        "https://good.example.org**, https://good.example.org:x@evil.example.com/",
        "https://good.example.org/**, https://good.example.org/#access_token=mine",
        "https://good.example.org/**, https://good.example.org/\u00e4",
        "https://good.example.org/**, https://good.example.org/a b",
        "https://good.example.org/**, https://good.example.org/\\evil",
        "**, //evil.example.com/",
        "**, /evil",
        "**, javascript:alert(1)",
        "**, JavaScript:alert(1)",
        "**, data:text/html;x",
        "**, vbscript:x",
        "**, file:///etc/passwd",
        "**, blob:x",
        "https://none.example.org, http://desk.example.org:8443/app",
        "https://none.example.org, https://desk.example.org/app",
        "https://none.example.org, https://desk.example.org:8444/app",
        "https://none.example.org, https://desk.example.org.evil.example.com:8443/app",
        "https://good.example.org, https://good.example.org.evil.example.com"
    })
    void everything_else_leads_to_the_site(String rule, String asked) {
        assertThat(led(rule, asked)).isEqualTo(SITE);
    }

    @Test
    void a_very_long_address_is_nobodys() {
        var rule = "https://good.example.org/**";
        assertThat(led(rule, "https://good.example.org/" + "x".repeat(1_900))).isNotEqualTo(SITE);
        assertThat(led(rule, "https://good.example.org/" + "x".repeat(2_100))).isEqualTo(SITE);
    }
}
