package dev.chronodesk.db.log;

import dev.chronodesk.events.Metadata;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.CommentId;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.Visibility;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** Appends for tests: comments on tickets that nobody created, because the log does not ask what events mean. */
final class Samples {

    private Samples() {}

    static UUID id() {
        return Uuids.v7(Instant.now(), ThreadLocalRandom.current());
    }

    static NewEvent event(UUID stream, int seq) {
        return event(stream, seq, "It still does not print: " + seq);
    }

    static NewEvent event(UUID stream, int seq, String body) {
        var author = new ProfileId(new UUID(7, 7));
        return new NewEvent(
                seq,
                id(),
                null,
                new CommentAdded(
                        new TicketId(stream), new CommentId(id()), author, Personal.of(body), Visibility.PUBLIC),
                new Metadata(author.value(), Role.CUSTOMER, author.value(), false, "AddComment", "a-key", null));
    }

    /** {@code count} events of one stream, from {@code seq} on, without a receipt. */
    static Append append(UUID stream, int seq, int count) {
        return new Append(
                IntStream.range(seq, seq + count)
                        .mapToObj(number -> event(stream, number))
                        .toList(),
                null);
    }

    static Append append(UUID stream, int seq, int count, ReceiptDraft receipt) {
        return new Append(append(stream, seq, count).events(), receipt);
    }

    static Append only(ReceiptDraft receipt) {
        return new Append(List.of(), receipt);
    }

    static ReceiptDraft receipt(UUID principal, String key) {
        return new ReceiptDraft(principal, key, bytes("hash of " + key), bytes("{\"made\":\"" + key + "\"}"));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
