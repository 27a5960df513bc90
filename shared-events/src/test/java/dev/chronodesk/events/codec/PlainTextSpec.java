package dev.chronodesk.events.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The short way for texts says what the JSON library says, byte for byte, or nothing. */
class PlainTextSpec {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Test
    void texts_are_written_and_read_as_the_library_does() {
        var seed = new Random().nextLong();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++) check(text(random));
        for (var character = 0; character <= 0xFFFF; character++) check("a" + (char) character + "b");
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        var length = random.nextInt(40);
        var odd = random.nextInt(4) == 0;
        while (text.length() < length)
            text.appendCodePoint(odd ? random.nextInt(0x11_0000) : 0x20 + random.nextInt(0x200));
        return text.toString();
    }

    private static void check(String text) {
        var plain = PlainText.json(text);
        if (plain == null) return;
        var json = JSON.writeValueAsBytes(text);
        assertThat(plain).isEqualTo(json);
        assertThat(PlainText.text(json)).isEqualTo(text);
    }

    @Test
    void nearly_every_text_goes_the_short_way() {
        for (var text : List.of("", "a", "The printer on floor 3 is on fire", "Grüße, 東京", "a/b\u2028"))
            assertThat(PlainText.json(text)).isNotNull();
    }

    @Test
    void what_is_escaped_or_no_text_is_left_to_the_library() {
        for (var text : List.of("a\"b", "a\\b", "a\nb", "\0", "🎫", "\uD800"))
            assertThat(PlainText.json(text)).isNull();
        for (var json : List.of("", "\"", "1", "null", "[\"a\"]", "\"a\\n\"", "\"a\"b\"", "\"a\n\"", " \"a\""))
            assertThat(PlainText.text(json.getBytes(StandardCharsets.UTF_8))).isNull();
    }
}
