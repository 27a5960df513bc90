package dev.chronodesk.events.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.chronodesk.events.Metadata;
import dev.chronodesk.events.profile.Role;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;

/** The short way for metadata takes what is written, all of it, and nothing else. */
class MetadataReaderSpec {

    private static final UUID ID = new UUID(1, 2);

    private final EventCodec codec = new EventCodec();

    @Test
    void what_is_written_goes_the_short_way() {
        for (var role : Role.values())
            for (var cause : new UUID[] {null, ID}) {
                var metadata = new Metadata(ID, role, new UUID(3, 4), cause != null, "AddComment", "k\"ä🎫\n", cause);
                assertThat(MetadataReader.read(codec.encode(metadata))).isEqualTo(metadata);
            }
    }

    @Test
    void anything_else_does_not() {
        var written = new String(
                codec.encode(new Metadata(ID, Role.AGENT, ID, false, "AddComment", "key", null)),
                StandardCharsets.UTF_8);
        for (var json : List.of(
                "null",
                "[]",
                "{}",
                written.replace("\"agent\"", "\"nobody\""),
                written.replace("\"key\":\"key\"", "\"key\":7"),
                written.replace("\"key\":\"key\"", "\"key\":null"),
                written.replace("false", "\"false\""),
                written.replace("\"automation\":false,", ""),
                written.replace("{", "{\"other\":\"x\","),
                written.replace(ID.toString(), "no id"),
                written + " 1"))
            assertThat(MetadataReader.read(json.getBytes(StandardCharsets.UTF_8)))
                    .as(json)
                    .isNull();
        assertThatExceptionOfType(JacksonException.class)
                .isThrownBy(() -> MetadataReader.read(
                        written.substring(0, written.length() - 1).getBytes(StandardCharsets.UTF_8)));
    }
}
