package dev.chronodesk.events.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.chronodesk.events.Event;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.PersonalOf;
import dev.chronodesk.events.profile.DisplayNameChanged;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.ProfileRegistered;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.CommentId;
import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.Visibility;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What is about a person leaves the codec encrypted with that person's key, and comes back only with it. */
class PersonalDataSpec {

    private static final ProfileId ADA = ProfileId.of("01980000-0000-7000-8000-00000000000a");
    private static final ProfileId BOB = ProfileId.of("01980000-0000-7000-8000-00000000000b");
    private static final TicketId TICKET = TicketId.of("01980000-0000-7000-8000-000000000001");
    private static final TicketId OTHER = TicketId.of("01980000-0000-7000-8000-000000000002");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final FixedCipher keys = new FixedCipher();
    private final EventCodec codec = new EventCodec(keys);

    private static CommentAdded comment(TicketId ticket, ProfileId author, Personal<String> body) {
        return new CommentAdded(ticket, new CommentId(new UUID(7, 7)), author, body, Visibility.PUBLIC);
    }

    private static TicketCreated ticket(String subject, String description) {
        return new TicketCreated(
                TICKET,
                ADA,
                Personal.of(subject),
                Personal.of(description),
                Priority.HIGH,
                null,
                List.of("printer"),
                null);
    }

    private static String text(EncodedEvent encoded) {
        return new String(encoded.payload(), StandardCharsets.UTF_8);
    }

    private Event decode(EncodedEvent encoded) {
        return codec.decode(encoded.type(), encoded.revision(), encoded.payload());
    }

    private void refused(String type, String json) {
        assertThatExceptionOfType(UndecodableEventException.class)
                .as(json)
                .isThrownBy(() -> codec.decode(type, 1, json.getBytes(StandardCharsets.UTF_8)));
    }

    @Nested
    class What_is_about_a_person {

        @Test
        void is_nowhere_in_the_bytes_and_comes_back() {
            for (var event : List.of(
                    ticket("Salary", "It is \"wrong\" since\nMay – really 🔥"),
                    comment(TICKET, ADA, Personal.of("Salary")),
                    new ProfileRegistered(ADA, Personal.of("Salary"), Personal.of("Salary@example.org"), Role.AGENT),
                    new ProfileRegistered(ADA, Personal.of("Salary"), null, Role.AGENT),
                    new DisplayNameChanged(ADA, Personal.of("Salary"), Personal.of("Salary again")))) {
                var encoded = codec.encode(event);
                assertThat(text(encoded))
                        .doesNotContain("Salary", "wrong", "value")
                        .contains("sealed");
                assertThat(decode(encoded)).isEqualTo(event);
            }
        }

        @Test
        void belongs_to_the_one_who_is_named_in_the_event() {
            var encoded = codec.encode(comment(TICKET, BOB, Personal.of("It works here")));
            keys.destroy(ADA.value());
            assertThat(decode(encoded)).isEqualTo(comment(TICKET, BOB, Personal.of("It works here")));
            keys.destroy(BOB.value());
            assertThat(decode(encoded)).isEqualTo(comment(TICKET, BOB, Personal.erased()));
        }

        @Test
        void is_erased_with_the_key_and_the_rest_of_the_event_stays() {
            var encoded = codec.encode(ticket("Salary", "It is wrong"));
            keys.destroy(ADA.value());
            assertThat(decode(encoded)).isInstanceOfSatisfying(TicketCreated.class, created -> {
                assertThat(created.subject()).isEqualTo(Personal.erased());
                assertThat(created.description()).isEqualTo(Personal.erased());
                assertThat(created.tags()).containsExactly("printer");
                assertThat(created.priority()).isEqualTo(Priority.HIGH);
            });
        }

        @Test
        void is_written_as_erased_once_the_key_is_destroyed() {
            keys.destroy(ADA.value());
            assertThat(text(codec.encode(comment(TICKET, ADA, Personal.of("Too late")))))
                    .contains("\"body\":{\"erased\":true}");
            assertThat(text(codec.encode(comment(TICKET, ADA, Personal.erased()))))
                    .contains("\"body\":{\"erased\":true}");
        }

        @Test
        void is_read_as_it_was_written_before_there_was_encryption() {
            var before = new EventCodec().encode(ticket("Salary", "It is wrong"));
            assertThat(decode(before)).isEqualTo(ticket("Salary", "It is wrong"));
        }

        @Test
        void is_not_read_without_keys() {
            var encoded = codec.encode(comment(TICKET, ADA, Personal.of("Salary")));
            assertThatExceptionOfType(UndecodableEventException.class)
                    .isThrownBy(() -> new EventCodec().decode(encoded.type(), 1, encoded.payload()));
        }
    }

    @Nested
    class What_is_sealed {

        private String sealed(String field, EncodedEvent encoded) {
            return JSON.readTree(encoded.payload()).get(field).get("sealed").asString();
        }

        @Test
        void opens_for_no_other_person_and_in_no_other_stream() {
            var encoded = codec.encode(comment(TICKET, ADA, Personal.of("Salary")));
            refused("CommentAdded", text(encoded).replace(ADA.toString(), BOB.toString()));
            refused("CommentAdded", text(encoded).replace(TICKET.toString(), OTHER.toString()));
        }

        @Test
        void is_damage_and_never_erased_when_one_bit_is_another() {
            var encoded = codec.encode(comment(TICKET, ADA, Personal.of("Salary")));
            var before = sealed("body", encoded);
            var bytes = Base64.getDecoder().decode(before);
            for (var at = 0; at < bytes.length; at++) {
                bytes[at] ^= 1;
                refused(
                        "CommentAdded",
                        text(encoded).replace(before, Base64.getEncoder().encodeToString(bytes)));
                bytes[at] ^= 1;
            }
            for (var broken : List.of("", "AAAA", before.substring(4), "no base64!"))
                refused("CommentAdded", text(encoded).replace(before, broken));
        }

        @Test
        void is_refused_in_another_shape() {
            for (var personal : List.of(
                    "{\"sealed\":null}",
                    "{\"sealed\":7}",
                    "{\"sealed\":true}",
                    "{\"sealed\":\"AAAA\",\"erased\":true}",
                    "{\"sealed\":{}}"))
                refused(
                        "DisplayNameChanged",
                        "{\"profileId\":\"" + ADA + "\",\"from\":{\"erased\":true},\"to\":" + personal + "}");
        }

        @Test
        void is_shown_open_to_whoever_may_read_everything() {
            var encoded = codec.encode(ticket("Salary", "It is wrong"));
            var shown = codec.readable("TicketCreated", TICKET.value(), encoded.payload());
            assertThat(shown.toString())
                    .contains("\"subject\":{\"value\":\"Salary\"}", "\"description\":{\"value\":\"It is wrong\"}");
            var elsewhere = codec.readable("TicketCreated", OTHER.value(), encoded.payload());
            assertThat(elsewhere.toString()).isEqualTo(text(encoded));
            keys.destroy(ADA.value());
            assertThat(codec.readable("TicketCreated", TICKET.value(), encoded.payload())
                            .toString())
                    .contains("\"subject\":{\"erased\":true}");
            assertThat(codec.readable("NoSuchEvent", TICKET.value(), encoded.payload())
                            .toString())
                    .isEqualTo(text(encoded));
        }

        @Test
        void opens_after_upcasters_that_saw_it_sealed() {
            // made up: revision 1 called the body a text
            var later = new EventCodec(
                    List.of(new Upcaster("CommentAdded", 1, old -> {
                        assertThat(old.get("text").has("sealed")).isTrue();
                        old.set("body", old.remove("text"));
                        return old;
                    })),
                    keys);
            var event = comment(TICKET, ADA, Personal.of("Salary"));
            var old = text(codec.encode(event)).replace("\"body\"", "\"text\"");
            assertThat(later.decode("CommentAdded", 1, old.getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo(event);
        }
    }

    /** Records that nobody may write. */
    public record Nobodys(ProfileId authorId, Personal<String> body) {}

    public record OfNone(ProfileId authorId, @PersonalOf("requesterId") Personal<String> body) {}

    public record OfNoPerson(UUID authorId, @PersonalOf("authorId") Personal<String> body) {}

    public record Hidden(ProfileId authorId, List<Personal<String>> bodies) {}

    public record OfText(ProfileId authorId, @PersonalOf("authorId") String body) {}

    @Nested
    class A_record {

        @Test
        void that_does_not_say_whose_its_personal_values_are_is_refused() {
            for (var wrong : List.of(Nobodys.class, OfNone.class, OfNoPerson.class, Hidden.class, OfText.class))
                assertThatIllegalArgumentException()
                        .as(wrong.getSimpleName())
                        .isThrownBy(() -> PersonalFields.of(wrong, JSON))
                        .withMessageContaining(wrong.getSimpleName() + ".bod");
        }
    }
}
