package dev.chronodesk.events.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.chronodesk.events.Personal;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.team.TeamCreated;
import dev.chronodesk.events.team.TeamId;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.CommentId;
import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.Visibility;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class EventCodecSpec {

    private static final String ID = "01980000-0000-7000-8000-000000000001";
    private static final TeamId TEAM = TeamId.of(ID);

    private final EventCodec codec = new EventCodec();

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    private void refused(String type, int revision, String json) {
        assertThatExceptionOfType(UndecodableEventException.class)
                .as(json)
                .isThrownBy(() -> codec.decode(type, revision, bytes(json)));
    }

    @Nested
    class Bytes_of_another_shape {

        @Test
        void are_refused_by_name_and_revision() {
            refused("TeamDreamt", 1, "{}");
            refused("teamCreated", 1, "{\"teamId\":\"" + ID + "\",\"name\":\"A\"}");
            for (var revision : List.of(-1, 0, 2, 99))
                refused("TeamCreated", revision, "{\"teamId\":\"" + ID + "\",\"name\":\"A\"}");
        }

        @Test
        void are_refused_for_a_field_too_many_or_too_few() {
            refused("TeamCreated", 1, "{\"teamId\":\"" + ID + "\",\"name\":\"A\",\"more\":1}");
            refused("TeamCreated", 1, "{\"teamId\":\"" + ID + "\"}");
            refused("TeamCreated", 1, "{}");
        }

        @Test
        void are_refused_for_another_type_or_no_json_at_all() {
            for (var json : List.of(
                    "",
                    "null",
                    "7",
                    "[]",
                    "{",
                    "\"" + ID + "\"",
                    "{\"teamId\":\"" + ID + "\",\"name\":1}",
                    "{\"teamId\":\"nobody\",\"name\":\"A\"}",
                    "{\"teamId\":null,\"name\":\"A\"}",
                    "{\"teamId\":7,\"name\":\"A\"}",
                    "{\"teamId\":\"" + ID + "\",\"name\":\"A\"} {}")) refused("TeamCreated", 1, json);
        }

        @Test
        void are_refused_for_a_word_that_does_not_exist() {
            refused("StatusChanged", 1, "{\"ticketId\":\"" + ID + "\",\"from\":\"new\",\"to\":\"gone\"}");
            refused("StatusChanged", 1, "{\"ticketId\":\"" + ID + "\",\"from\":\"new\",\"to\":\"OPEN\"}");
            refused("StatusChanged", 1, "{\"ticketId\":\"" + ID + "\",\"from\":\"new\",\"to\":1}");
        }

        @Test
        void are_refused_for_null_where_the_event_has_none() {
            refused("TeamCreated", 1, "{\"teamId\":\"" + ID + "\",\"name\":null}");
            refused("StatusChanged", 1, "{\"ticketId\":\"" + ID + "\",\"from\":null,\"to\":\"open\"}");
            refused("DisplayNameChanged", 1, "{\"profileId\":\"" + ID + "\",\"from\":null,\"to\":{\"value\":\"A\"}}");
        }

        @Test
        void are_refused_around_a_personal_value() {
            for (var personal : List.of(
                    "\"bare\"",
                    "{}",
                    "[]",
                    "{\"value\":null}",
                    "{\"erased\":false}",
                    "{\"erased\":null}",
                    "{\"value\":\"A\",\"erased\":true}",
                    "{\"erased\":true,\"value\":\"A\"}",
                    "{\"value\":\"A\",\"value\":\"B\"}",
                    "{\"other\":1}",
                    "{\"value\":7}",
                    "{\"value\":{\"a\":1}}"))
                refused(
                        "DisplayNameChanged",
                        1,
                        "{\"profileId\":\"" + ID + "\",\"from\":{\"erased\":true},\"to\":" + personal + "}");
        }

        @Test
        void are_refused_as_metadata_too() {
            for (var json : List.of("", "null", "[]", "{\"actor\":1}", "{\"nobody\":true}", "{}"))
                assertThatExceptionOfType(UndecodableEventException.class)
                        .as(json)
                        .isThrownBy(() -> codec.decodeMetadata(bytes(json)));
        }
    }

    @Nested
    class An_earlier_revision {

        /** Made up: revision 1 called the name a title, revision 2 had no name for a nameless team. */
        private final List<Upcaster> upcasters = List.of(
                new Upcaster("TeamCreated", 1, old -> {
                    old.set("name", old.remove("title"));
                    return old;
                }),
                new Upcaster("TeamCreated", 2, old -> {
                    if (old.get("name").isNull()) old.put("name", "nameless");
                    return old;
                }));

        private final EventCodec later = new EventCodec(upcasters);

        @Test
        void is_lifted_step_by_step() {
            var expected = new TeamCreated(TEAM, "First line");
            assertThat(later.revision("TeamCreated")).isEqualTo(3);
            assertThat(later.decode("TeamCreated", 1, bytes("{\"teamId\":\"" + ID + "\",\"title\":\"First line\"}")))
                    .isEqualTo(expected);
            assertThat(later.decode("TeamCreated", 2, bytes("{\"teamId\":\"" + ID + "\",\"name\":\"First line\"}")))
                    .isEqualTo(expected);
            assertThat(later.decode("TeamCreated", 1, bytes("{\"teamId\":\"" + ID + "\",\"title\":null}")))
                    .isEqualTo(new TeamCreated(TEAM, "nameless"));
            var written = later.encode(expected);
            assertThat(written.revision()).isEqualTo(3);
            assertThat(later.decode(written.type(), written.revision(), written.payload()))
                    .isEqualTo(expected);
        }

        @Test
        void that_has_the_wrong_shape_is_refused() {
            for (var json : List.of("[]", "7", "null", "", "{\"title\":\"A\"}"))
                assertThatExceptionOfType(UndecodableEventException.class)
                        .as(json)
                        .isThrownBy(() -> later.decode("TeamCreated", 1, bytes(json)));
        }

        @Test
        void needs_an_upcaster_for_each_step_and_one_only() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new EventCodec(List.of(upcasters.get(1))))
                    .withMessageContaining("from 1");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new EventCodec(List.of(upcasters.get(0), upcasters.get(0))));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new EventCodec(List.of(new Upcaster("NoSuchEvent", 1, old -> old))));
        }
    }

    @Nested
    class Any_text {

        /** Takes its seed back as {@code -Dseed=…}. */
        @Test
        void comes_back_as_it_went_in() {
            var seed = Long.getLong("seed", System.nanoTime());
            System.out.println("EventCodecSpec -Dseed=" + seed);
            var random = new Random(seed);
            for (var i = 0; i < 2_000; i++) {
                var text = text(random);
                var comment = new CommentAdded(
                        TicketId.of(ID),
                        new CommentId(new UUID(random.nextLong(), random.nextLong())),
                        ProfileId.of(ID),
                        Personal.of(text),
                        Visibility.INTERNAL);
                var encoded = codec.encode(comment);
                assertThat(codec.decode(encoded.type(), encoded.revision(), encoded.payload()))
                        .isEqualTo(comment);
            }
        }

        private String text(Random random) {
            var text = new StringBuilder();
            for (var length = random.nextInt(40); length > 0; length--) {
                var point = random.nextInt(4) == 0 ? random.nextInt(0x110000) : random.nextInt(0x100);
                if (point < 0xD800 || point > 0xDFFF) text.appendCodePoint(point);
            }
            return text.toString();
        }
    }

    @Nested
    class A_personal_value {

        private final Personal<String> secret = Personal.of("Ada Lovelace");

        @Test
        void never_shows_in_a_text() {
            var created = new TicketCreated(
                    TicketId.of(ID), ProfileId.of(ID), secret, secret, Priority.HIGH, null, List.of(), TEAM);
            assertThat(secret.toString() + created + Personal.erased()).doesNotContain("Ada");
        }

        @Test
        void is_equal_to_another_of_the_same_and_to_no_erased_one() {
            assertThat(secret).isEqualTo(Personal.of("Ada Lovelace")).isNotEqualTo(Personal.erased());
            assertThat(Personal.<String>erased()).isEqualTo(Personal.erased());
            assertThat(secret.value()).contains("Ada Lovelace");
            assertThat(Personal.<String>erased().value()).isEmpty();
            assertThat(Personal.<String>erased().orNull()).isNull();
        }
    }
}
