package dev.chronodesk.command.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.command.Desk;
import dev.chronodesk.command.door.Command;
import dev.chronodesk.command.gateway.Catalogue;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.profile.Role;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Whatever arrives, the door answers below 500, and what it refuses leaves the log as it was. Prints its seed; run it
 * again with {@code -Dseed=…}.
 */
class FuzzSpec {

    static final int ROUNDS = 1_500;

    @Test
    void no_input_gets_a_5xx_and_no_refusal_changes_the_log() {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("FuzzSpec: -Dseed=" + seed);
        var random = new Random(seed);
        var commands = List.copyOf(new TreeMap<>(new Catalogue().all()).values());
        try (var database = TestDatabase.create();
                var desk = new Desk(database)) {
            var callers = List.of(
                    desk.person(Role.ADMIN),
                    desk.person(Role.CUSTOMER),
                    new Caller.Known(Desk.IDS.get(), Role.SERVICE));
            var ticket = desk.ticket(callers.get(1)).toString();
            var door = new Door(desk);
            var accepted = 0;
            for (var round = 0; round < ROUNDS; round++) {
                var command = commands.get(random.nextInt(commands.size()));
                var body = body(command, ticket, random);
                var bytes = body.getBytes(StandardCharsets.UTF_8);
                if (random.nextInt(4) == 0 && bytes.length > 0)
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                var head = desk.log.head().position();
                var answer = door.as(callers.get(random.nextInt(callers.size())))
                        .send(Door.post(command.getSimpleName(), bytes));
                assertThat(answer.status())
                        .as("%s %s", command.getSimpleName(), body)
                        .isLessThan(500);
                assertThat(answer.json().isObject()).isTrue();
                if (answer.status() == 200) accepted++;
                else
                    assertThat(desk.log.head().position())
                            .as("%s %s", command.getSimpleName(), body)
                            .isEqualTo(head);
            }
            assertThat(accepted).as("some of it was good input").isPositive();
            for (var recorded : desk.log.after(0, Integer.MAX_VALUE))
                assertThat(Door.JSON.writeValueAsString(recorded.event())).doesNotContain("\\u0000");
        }
    }

    static String body(Class<? extends Command> command, String ticket, Random random) {
        var body = new StringBuilder("{");
        for (var component : command.getRecordComponents()) {
            if (random.nextInt(12) == 0) continue;
            if (body.length() > 1) body.append(',');
            body.append('"').append(component.getName()).append("\":");
            if (random.nextInt(3) == 0) body.append(anything(random, 3));
            else if (component.getType().isEnum()) {
                var words = component.getType().getEnumConstants();
                body.append('"').append(words[random.nextInt(words.length)]).append('"');
            } else if (component.getType() == String.class) body.append(text(random));
            else if (component.getType() == List.class)
                body.append('[').append(text(random)).append(']');
            else
                body.append('"')
                        .append(random.nextBoolean() ? ticket : Desk.IDS.get())
                        .append('"');
        }
        if (random.nextInt(10) == 0)
            body.append(",").append(text(random)).append(":").append(anything(random, 2));
        if (random.nextInt(10) == 0) body.append(",\"occurredAt\":").append(anything(random, 1));
        return body.append(random.nextInt(30) == 0 ? "" : "}").toString();
    }

    static String anything(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 6 : 8)) {
            case 0 -> "null";
            case 1 -> Boolean.toString(random.nextBoolean());
            case 2 -> Long.toString(random.nextLong());
            case 3 -> random.nextDouble() + "e" + random.nextInt(400);
            case 4, 5 -> text(random);
            case 6 -> "[" + anything(random, depth - 1) + "]";
            default -> "{" + text(random) + ":" + anything(random, depth - 1) + "}";
        };
    }

    /** Texts in which everything unpleasant is frequent: U+0000, halves of pairs, escapes, other planes. */
    static String text(Random random) {
        var text = new StringBuilder("\"");
        for (var i = random.nextInt(12); i > 0; i--)
            switch (random.nextInt(9)) {
                case 0 -> text.append("\\u0000");
                case 1 -> text.append("\\ud8").append(String.format("%02x", random.nextInt(256)));
                case 2 -> text.append("\\udc").append(String.format("%02x", random.nextInt(256)));
                case 3 -> text.append("\\ud83d\\ude00");
                case 4 -> text.append(Character.toString(0x10000 + random.nextInt(0x1000)));
                case 5 -> text.append(random.nextBoolean() ? "\\\\" : "\\\"");
                case 6 -> text.append((char) (0x20 + random.nextInt(0x60)));
                default -> text.append("word ");
            }
        return text.append('"').toString();
    }
}
