package dev.chronodesk.bench;

import dev.chronodesk.db.keys.KeySettings;
import dev.chronodesk.db.keys.PersonKeys;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.codec.EncodedEvent;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.ProfileRegistered;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.CommentId;
import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.StatusChanged;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.Visibility;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.ToIntFunction;

/** What encoding and decoding an event costs one core, with and without encryption; keys are in memory. */
public final class CodecRates {

    private static final int EVENTS = 20_000;
    private static final int ROUNDS = 15;
    private static final int WARM_UP = 5;

    private static int sink;

    private CodecRates() {}

    /** Prints a table in Markdown: microseconds an event, medians. */
    public static void main(String[] arguments) throws Exception {
        try (var server = new Server();
                var keys = PersonKeys.open(server.database().keys(), new KeySettings(null, server.keys()))) {
            var plain = new EventCodec();
            var sealing = new EventCodec(keys);
            System.out.println("| event | bytes | bytes sealed | encode | encode sealed | decode | decode sealed |");
            System.out.println("|---|---|---|---|---|---|---|");
            for (var event : events()) {
                System.out.printf(
                        "| %s | %d | %d | %.2f | %.2f | %.2f | %.2f |%n",
                        event.getClass().getSimpleName(),
                        plain.encode(event).payload().length,
                        sealing.encode(event).payload().length,
                        encoding(plain, event),
                        encoding(sealing, event),
                        decoding(plain, event),
                        decoding(sealing, event));
            }
            if (sink == 42) System.out.println();
        }
    }

    private static List<Event> events() {
        var person = new ProfileId(UUID.randomUUID());
        var ticket = new TicketId(UUID.randomUUID());
        return List.of(
                new TicketCreated(
                        ticket,
                        person,
                        Personal.of(Texts.SUBJECT),
                        Personal.of(Texts.DESCRIPTION),
                        Priority.NORMAL,
                        null,
                        List.of(),
                        null),
                new CommentAdded(
                        ticket, new CommentId(UUID.randomUUID()), person, Personal.of(Texts.BODY), Visibility.PUBLIC),
                new ProfileRegistered(
                        person, Personal.of("Ada Lovelace"), Personal.of("ada@example.org"), Role.CUSTOMER),
                new StatusChanged(ticket, Status.NEW, Status.OPEN));
    }

    private static double encoding(EventCodec codec, Event event) {
        return median(codec, event, any -> codec.encode(event).payload().length);
    }

    private static double decoding(EventCodec codec, Event event) {
        return median(codec, event, encoded -> codec.decode(encoded.type(), encoded.revision(), encoded.payload())
                .hashCode());
    }

    /** Microseconds each. */
    private static double median(EventCodec codec, Event event, ToIntFunction<EncodedEvent> work) {
        var encoded = codec.encode(event);
        var times = new double[ROUNDS];
        for (var round = -WARM_UP; round < ROUNDS; round++) {
            var began = System.nanoTime();
            for (var i = 0; i < EVENTS; i++) sink += work.applyAsInt(encoded);
            if (round >= 0) times[round] = (System.nanoTime() - began) / 1e3 / EVENTS;
        }
        Arrays.sort(times);
        return times[ROUNDS / 2];
    }
}
