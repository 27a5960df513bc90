package dev.chronodesk.identity.mfa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.identity.Secret;
import io.nayuki.qrcodegen.QrCode;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class SvgQrCodeSpec {

    private static final Pattern RUN = Pattern.compile("M(\\d+) (\\d+)h(\\d+)v1h-(\\d+)z");

    private static String uri(String issuer, String email) {
        var factor = new Factor(new UUID(1, 2), null, false, Instant.EPOCH, Instant.EPOCH, null);
        return new Enrolment(factor, new Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"))
                .uri(issuer, email)
                .reveal();
    }

    private static Element parsed(String svg) throws Exception {
        var factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
                .getDocumentElement();
    }

    @Test
    void is_an_svg_picture_that_shows_each_module_and_a_white_margin() throws Exception {
        var text = uri("desk.example.org", "ada@example.org");
        var code = QrCode.encodeText(text, QrCode.Ecc.MEDIUM);
        var svg = parsed(SvgQrCode.of(text));
        assertThat(svg.getNamespaceURI()).isEqualTo("http://www.w3.org/2000/svg");
        assertThat(svg.getLocalName()).isEqualTo("svg");
        var size = code.size + 8;
        assertThat(svg.getAttribute("viewBox")).isEqualTo("0 0 " + size + " " + size);
        var black = new boolean[size][size];
        var runs = RUN.matcher(((Element) svg.getElementsByTagName("path").item(0)).getAttribute("d"));
        var end = 0;
        while (runs.find()) {
            assertThat(runs.start()).isEqualTo(end);
            assertThat(runs.group(3)).isEqualTo(runs.group(4));
            end = runs.end();
            for (var i = 0; i < Integer.parseInt(runs.group(3)); i++)
                black[Integer.parseInt(runs.group(2))][Integer.parseInt(runs.group(1)) + i] = true;
        }
        for (var y = 0; y < size; y++)
            for (var x = 0; x < size; x++)
                assertThat(black[y][x]).as("%d %d", x, y).isEqualTo(code.getModule(x - 4, y - 4));
    }

    @Test
    void can_stand_unencoded_behind_the_prefix_that_clients_put_before_it() {
        var svg = SvgQrCode.of(uri("A & B <\"'> #1 %41", "a%23+b@example.org"));
        assertThat(svg).doesNotContain("#", "%", "\"", "&", "\n", "\t").matches("\\p{ASCII}+");
    }

    @Test
    void holds_the_longest_address_and_issuer() throws Exception {
        parsed(SvgQrCode.of(uri("\u3042".repeat(60), "#".repeat(64) + "@" + "a".repeat(180) + ".example")));
    }

    @Test
    void its_address_is_what_authenticator_apps_read() {
        assertThat(uri("desk.example.org", "ada@example.org"))
                .isEqualTo("otpauth://totp/desk.example.org:ada%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                        + "&issuer=desk.example.org&algorithm=SHA1&digits=6&period=30");
        var odd = URI.create(uri("A & B: ?", "a&secret=b+c@example.org"));
        assertThat(odd.getPath()).isEqualTo("/A & B: ?:a&secret=b+c@example.org");
        assertThat(odd.getRawQuery().split("&", -1)).hasSize(5);
        assertThat(odd.getQuery()).contains("issuer=A & B: ?&");
    }
}
