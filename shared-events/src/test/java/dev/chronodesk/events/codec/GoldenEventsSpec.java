package dev.chronodesk.events.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.events.Event;
import dev.chronodesk.events.Personal;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One file for each event and revision, {@code <Type>.<revision>[.<variant>].json}: what the log holds already. Files
 * are added and never edited, and {@code checksums.txt} beside them holds that. To add one: write it as the codec
 * encodes it, and append the line that {@link #no_file_was_ever_edited} shows.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoldenEventsSpec {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    private final EventCodec codec = new EventCodec();
    private final EventCodec sealing = new EventCodec(new FixedCipher());

    private record Golden(String type, int revision, String variant, String json) {
        static Golden of(Path file) {
            var parts = file.getFileName().toString().split("\\.", -1);
            try {
                return new Golden(
                        parts[0],
                        Integer.parseInt(parts[1]),
                        parts.length > 3 ? parts[2] : "",
                        Files.readString(file).strip());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        byte[] bytes() {
            return json.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String toString() {
            return type + "." + revision + (variant.isEmpty() ? "" : "." + variant);
        }
    }

    static Stream<Golden> files() throws IOException {
        try (var files = Files.list(GOLDEN)) {
            return files
                    .filter(file -> file.toString().endsWith(".json"))
                    .filter(file -> !file.getFileName().toString().startsWith("Metadata."))
                    .sorted()
                    .map(Golden::of)
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void each_decodes(Golden golden) {
        assertThat(decode(golden)).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("files")
    void each_of_the_revision_that_is_written_encodes_to_the_same_bytes(Golden golden) {
        var encoded = codec(golden).encode(decode(golden));
        assertThat(encoded.type()).isEqualTo(golden.type());
        if (golden.revision() < codec.revision(golden.type())) return;
        assertThat(encoded.revision()).isEqualTo(golden.revision());
        assertThat(new String(encoded.payload(), StandardCharsets.UTF_8)).isEqualTo(golden.json());
    }

    @Test
    void there_is_one_for_every_event_and_every_revision() throws IOException {
        var expected = new TreeSet<String>();
        for (var type : codec.types())
            for (var revision = 1; revision <= codec.revision(type); revision++) expected.add(type + "." + revision);
        var there = new TreeSet<String>();
        files().filter(golden -> golden.variant().isEmpty()).forEach(golden -> there.add(golden.toString()));
        assertThat(there).isEqualTo(expected);
    }

    @Test
    void there_is_an_erased_one_for_every_event_about_a_person() throws IOException {
        var erased = files().filter(golden -> golden.variant().equals("erased"))
                .map(Golden::type)
                .toList();
        for (var golden : files().filter(each -> each.variant().isEmpty()).toList())
            if (!personal(decode(golden)).isEmpty())
                assertThat(erased).as("%s has personal fields", golden).contains(golden.type());
    }

    @Test
    void there_is_a_sealed_one_for_every_event_about_a_person_and_it_says_the_same() throws IOException {
        var sealed = files().filter(golden -> golden.variant().equals("sealed"))
                .collect(Collectors.toMap(Golden::type, Function.identity()));
        for (var golden : files().filter(each -> each.variant().isEmpty()).toList())
            if (!personal(decode(golden)).isEmpty()) {
                assertThat(sealed).as("%s has personal fields", golden).containsKey(golden.type());
                assertThat(decode(sealed.get(golden.type()))).isEqualTo(decode(golden));
            }
    }

    @Test
    void erased_ones_hold_nothing_about_the_person() throws Exception {
        for (var golden :
                files().filter(each -> each.variant().equals("erased")).toList()) {
            var event = decode(golden);
            for (var component : personal(event))
                assertThat(((Personal<?>) component.getAccessor().invoke(event)).value())
                        .isEmpty();
        }
    }

    @Test
    void the_facts_around_an_event_decode_and_encode_to_the_same_bytes() throws IOException {
        for (var name : List.of("Metadata.json", "Metadata.caused.json")) {
            var json = Files.readString(GOLDEN.resolve(name)).strip();
            var metadata = codec.decodeMetadata(json.getBytes(StandardCharsets.UTF_8));
            assertThat(new String(codec.encode(metadata), StandardCharsets.UTF_8))
                    .isEqualTo(json);
        }
    }

    @Test
    void no_file_was_ever_edited() throws IOException, GeneralSecurityException {
        Map<String, String> actual = new TreeMap<>();
        try (var files = Files.list(GOLDEN)) {
            for (var file :
                    files.filter(each -> each.toString().endsWith(".json")).toList())
                actual.put(file.getFileName().toString(), sha256(Files.readAllBytes(file)));
        }
        Map<String, String> recorded = new TreeMap<>();
        for (var line : Files.readAllLines(GOLDEN.resolve("checksums.txt"))) {
            var words = line.split(" +", -1);
            assertThat(recorded.put(words[1], words[0])).as(line).isNull();
        }
        assertThat(actual).isEqualTo(recorded);
    }

    @Test
    void what_is_personal_never_shows_in_a_text() throws Exception {
        for (var golden : files().toList()) {
            var event = decode(golden);
            for (var component : personal(event)) {
                var value = ((Personal<?>) component.getAccessor().invoke(event)).value();
                value.map(Object::toString)
                        .filter(known -> !known.isEmpty())
                        .ifPresent(known -> assertThat(event.toString()).doesNotContain(known));
            }
        }
    }

    /** Sealed ones are written and read with the keys of {@link FixedCipher}. */
    private EventCodec codec(Golden golden) {
        return golden.variant().startsWith("sealed") ? sealing : codec;
    }

    private Event decode(Golden golden) {
        return codec(golden).decode(golden.type(), golden.revision(), golden.bytes());
    }

    private static List<RecordComponent> personal(Event event) {
        return Arrays.stream(event.getClass().getRecordComponents())
                .filter(component -> component.getGenericType() instanceof ParameterizedType type
                        && type.getRawType() == Personal.class)
                .filter(component -> {
                    try {
                        return component.getAccessor().invoke(event) != null;
                    } catch (ReflectiveOperationException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .toList();
    }

    private static String sha256(byte[] bytes) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
