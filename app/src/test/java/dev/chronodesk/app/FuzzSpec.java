package dev.chronodesk.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.query.fold.FoldRunner;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the log accepts, every read table can store and give back. */
class FuzzSpec {

    static final int TEXTS = 150;

    /** Where encodings, collations and parsers differ. */
    static final int[] EDGES = {
        0x0, 0x1, 0x8, 0x9, 0xA, 0xD, 0x1B, 0x20, 0x22, 0x27, 0x5C, 0x7B, 0x7F, 0x80, 0x85, 0xA0, 0xAD, 0x300, 0x34F,
        0x200B, 0x200D, 0x200E, 0x2028, 0x2029, 0x202E, 0x2066, 0xD7FF, 0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xE000, 0xFDD0,
        0xFEFF, 0xFFFC, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x1F600, 0x1FFFE, 0xE0001, 0xF0000, 0x10FFFE, 0x10FFFF
    };

    static TestDesk desk;

    @BeforeAll
    static void start() {
        desk = TestDesk.start();
    }

    @AfterAll
    static void stop() {
        desk.close();
    }

    @Test
    void every_accepted_text_comes_back_as_it_was_sent() {
        var seed = Long.getLong("chronodesk.seed", System.nanoTime());
        System.out.println("FuzzSpec: -Dchronodesk.seed=" + seed);
        var random = new Random(seed);
        var admin = desk.admin();
        var accepted = new HashMap<String, String>();
        var refused = 0;
        for (var i = 0; i < TEXTS; i++) {
            var text = text(random);
            var id = new java.util.UUID(random.nextLong(), random.nextLong()).toString();
            var fields = Map.of(
                    "ticketId",
                    "\"" + id + "\"",
                    "subject",
                    quoted(text),
                    "description",
                    quoted(text),
                    "tags",
                    "["
                            + quoted(text.codePoints()
                                    .limit(60)
                                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                                    .toString())
                            + "]");
            var created = desk.post(admin, "/commands/CreateTicket", object(fields));
            assertThat(created.status()).as(created.body()).isIn(200, 400);
            if (created.status() == 400) {
                refused++;
                continue;
            }
            accepted.put(id, text);
            for (var visibility : new String[] {"public", "internal"}) {
                var comment = desk.post(
                        admin,
                        "/commands/AddComment",
                        object(Map.of(
                                "ticketId", "\"" + id + "\"", "body", quoted(text), "visibility", quoted(visibility))));
                assertThat(comment.status()).isEqualTo(200);
            }
            assertThat(desk.post(admin, "/commands/CreateTeam", object(Map.of("name", quoted(text))))
                            .status())
                    .isIn(200, 400);
            assertThat(desk.post(
                                    admin,
                                    "/commands/ChangeDisplayName",
                                    object(Map.of("profileId", quoted(desk.id(admin)), "displayName", quoted(text))))
                            .status())
                    .isIn(200, 400);
        }
        assertThat(refused).as("seed " + seed).isPositive();
        assertThat(accepted).as("seed " + seed).isNotEmpty();

        for (var entry : accepted.entrySet()) {
            var row = desk.read(admin, "tickets?select=subject,description&id=eq." + entry.getKey())
                    .get(0);
            assertThat(row.get("subject").asString()).isEqualTo(entry.getValue());
            assertThat(row.get("description").asString()).isEqualTo(entry.getValue());
            assertThat(desk.read(admin, "ticket_comments?select=body&ticket_id=eq." + entry.getKey()))
                    .hasSize(2)
                    .allSatisfy(comment ->
                            assertThat(comment.get("body").asString()).isEqualTo(entry.getValue()));
        }
        var status = desk.part(FoldRunner.class).status();
        assertThat(status.failure()).isNull();
        assertThat(status.position()).isEqualTo(status.head());
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        var length = 1 + random.nextInt(random.nextInt(10) == 0 ? 250 : 12);
        for (var i = 0; i < length; i++)
            text.appendCodePoint(
                    switch (random.nextInt(8)) {
                        case 0 -> EDGES[random.nextInt(EDGES.length)];
                        case 1 -> random.nextInt(0x110000);
                        case 2 -> 0x80 + random.nextInt(0x700);
                        default -> 0x20 + random.nextInt(0x5F);
                    });
        return text.toString();
    }

    /** In ASCII, so that halves of pairs reach the service as they are. */
    private static String quoted(String text) {
        var json = new StringBuilder("\"");
        for (var c : text.toCharArray()) json.append("\\u%04x".formatted((int) c));
        return json.append('"').toString();
    }

    private static String object(Map<String, String> fields) {
        var members = fields.entrySet().stream()
                .map(field -> "\"" + field.getKey() + "\":" + field.getValue())
                .toList();
        return "{" + String.join(",", members) + "}";
    }
}
