package dev.chronodesk.identity.mfa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TotpSpec {

    /** The secret of the test vectors of RFC 6238, appendix B. */
    private static final byte[] SECRET = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

    private static Instant second(long second) {
        return Instant.ofEpochSecond(second);
    }

    @ParameterizedTest
    @CsvSource({
        "59, 94287082",
        "1111111109, 07081804",
        "1111111111, 14050471",
        "1234567890, 89005924",
        "2000000000, 69279037",
        "20000000000, 65353130"
    })
    void codes_are_the_last_six_digits_of_the_vectors_of_the_standard(long time, String eight) {
        assertThat(Totp.step(SECRET, eight.substring(2), second(time))).hasValue(time / 30);
        assertThat(Totp.code(SECRET, time / 30)).isEqualTo(eight.substring(2));
    }

    @Test
    void a_code_counts_from_one_step_before_to_one_step_after() {
        var code = Totp.code(SECRET, 100);
        for (var time = 99 * 30; time < 102 * 30; time++)
            assertThat(Totp.step(SECRET, code, second(time))).hasValue(100);
        assertThat(Totp.step(SECRET, code, second(99 * 30 - 1))).isEmpty();
        assertThat(Totp.step(SECRET, code, second(102 * 30))).isEmpty();
    }

    @Test
    void what_is_no_code_is_a_wrong_code() {
        var code = Totp.code(SECRET, 100);
        for (var typed : new String[] {"", " " + code, code + "0", code.substring(1), "abcdef", "\u0661\u0662\u0663"})
            assertThat(Totp.step(SECRET, typed, second(3_000))).isEmpty();
    }

    @Test
    void codes_have_the_digits_of_the_apps_in_every_language() {
        var before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(Totp.code(SECRET, 1)).isEqualTo("287082");
            assertThat(SvgQrCode.of("text")).matches("\\p{ASCII}+");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void base_32_is_the_one_of_the_standard() {
        assertThat(Totp.base32("fooba".getBytes(StandardCharsets.US_ASCII))).isEqualTo("MZXW6YTB");
        assertThat(Totp.base32(new byte[] {-1, -1, -1, -1, -1, 0, 0, 0, 0, 1})).isEqualTo("77777777AAAAAAAB");
        assertThat(Totp.base32(SECRET)).isEqualTo("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assertThat(new Authenticator("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").secret())
                .isEqualTo(SECRET);
        assertThatThrownBy(() -> Totp.base32(new byte[6])).isInstanceOf(IllegalArgumentException.class);
    }
}
