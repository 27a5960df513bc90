package dev.chronodesk.identity.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressSpec {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "' 192.0.2.1 ', 192.0.2.1",
        "192.0.2.1:8443, 192.0.2.1",
        "2001:db8::1, 2001:db8:0:0:0:0:0:1",
        "2001:DB8::1, 2001:db8:0:0:0:0:0:1",
        "[2001:db8::1], 2001:db8:0:0:0:0:0:1",
        "[2001:db8::1]:443, 2001:db8:0:0:0:0:0:1",
        "fe80::1%eth0, fe80:0:0:0:0:0:0:1",
        "::ffff:192.0.2.1, 192.0.2.1",
        "::1, 0:0:0:0:0:0:0:1",
    })
    void is_read_however_it_is_written(String text, String address) {
        assertThat(ClientAddress.parse(text)).hasToString("Optional[" + address + "]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "unknown",
                "localhost",
                "example.org",
                "_hidden",
                "1",
                "127.1",
                "0x7f.0.0.1",
                "256.1.1.1",
                "192.0.2.1.5",
                "192.0.2.1:8443:1",
                "192.0.2.1; drop table",
                ":",
                ":::",
                "1:2:3:4:5:6:7:8:9",
                "[192.0.2.1]",
                "[::1",
                "cafe",
                "١٩٢.0.2.1",
            })
    void is_nothing_else(String text) {
        assertThat(ClientAddress.parse(text)).isEmpty();
    }

    @Test
    void counts_by_the_first_64_bits_of_ipv6_and_by_all_of_ipv4() {
        assertThat(network("2001:db8:1:2:3:4:5:6"))
                .isEqualTo(network("2001:db8:1:2::"))
                .isNotEqualTo(network("2001:db8:1:3::"));
        assertThat(network("192.0.2.1")).isEqualTo(network("::ffff:192.0.2.1")).isNotEqualTo(network("192.0.2.2"));
    }

    private static String network(String text) {
        return ClientAddress.parse(text).orElseThrow().network();
    }

    @Nested
    class BehindProxies {

        private final TrustedProxies proxies = new TrustedProxies(List.of("10.0.0.0/8", "192.0.2.9", "fd00::/8"));

        private String client(String peer, String... forwardedFor) {
            return client(proxies, peer, forwardedFor);
        }

        private static String client(TrustedProxies proxies, String peer, String... forwardedFor) {
            return proxies.client(ClientAddress.parse(peer).orElseThrow(), Arrays.asList(forwardedFor))
                    .toString();
        }

        @Test
        void is_what_a_trusted_proxy_says() {
            assertThat(client("10.1.2.3", "203.0.113.5")).isEqualTo("203.0.113.5");
            assertThat(client("fd00::7", "203.0.113.5:4711")).isEqualTo("203.0.113.5");
            assertThat(client("192.0.2.9", "[2001:db8::1]:4711")).isEqualTo("2001:db8:0:0:0:0:0:1");
        }

        @Test
        void is_the_peer_when_nobody_trusts_it() {
            assertThat(client("192.0.2.8", "203.0.113.5")).isEqualTo("192.0.2.8");
            var nobody = new TrustedProxies(List.of());
            assertThat(nobody.none()).isTrue();
            assertThat(client(nobody, "10.1.2.3", "203.0.113.5")).isEqualTo("10.1.2.3");
        }

        @Test
        void is_the_last_one_that_no_trusted_proxy_is_whatever_clients_wrote_before() {
            assertThat(client("10.1.2.3", "198.51.100.1, 203.0.113.5")).isEqualTo("203.0.113.5");
            assertThat(client("10.1.2.3", "198.51.100.1", "203.0.113.5,10.9.9.9"))
                    .isEqualTo("203.0.113.5");
            assertThat(client("10.1.2.3", "10.0.0.1, 203.0.113.5, 10.9.9.9")).isEqualTo("203.0.113.5");
        }

        @Test
        void is_the_first_proxy_when_all_are_trusted() {
            assertThat(client("10.1.2.3", "10.0.0.1, 10.9.9.9")).isEqualTo("10.0.0.1");
            assertThat(client("10.1.2.3")).isEqualTo("10.1.2.3");
        }

        @Test
        void is_the_proxy_that_wrote_junk() {
            assertThat(client("10.1.2.3", "203.0.113.5, unknown")).isEqualTo("10.1.2.3");
            assertThat(client("10.1.2.3", "203.0.113.5, ")).isEqualTo("10.1.2.3");
            assertThat(client("10.1.2.3", "unknown, 10.9.9.9")).isEqualTo("10.9.9.9");
        }

        @ParameterizedTest
        @ValueSource(strings = {"proxy.example.org", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/-1", "", "/8"})
        void is_refused_for_proxies_that_are_no_networks(String network) {
            assertThatThrownBy(() -> new TrustedProxies(List.of(network)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("chronodesk.identity.trusted-proxies");
        }
    }
}
