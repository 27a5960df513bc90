package dev.chronodesk.db.log;

import dev.chronodesk.events.codec.EncodedEvent;
import dev.chronodesk.events.codec.EventCodec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One append as bytes, encoded and checked on its caller's thread, so that the writer only writes. */
record Entry(List<Event> events, @Nullable ReceiptDraft receipt) {

    /** What the server's timestamps and the formats of history can hold. */
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");

    /** An event as it goes into its row. */
    @SuppressWarnings("ArrayRecordComponent") // bytes on their way
    record Event(
            UUID streamId,
            int seq,
            String streamType,
            UUID eventId,
            @Nullable Instant occurredAt,
            EncodedEvent encoded,
            byte[] metadata) {}

    /** About how much goes over the wire. */
    long bytes() {
        var bytes = receipt == null ? 0L : receipt.fingerprint().length + receipt.outcome().length;
        for (var event : events) bytes += 100L + event.encoded().payload().length + event.metadata().length;
        return bytes;
    }

    static Entry of(Append append, EventCodec codec) {
        var next = new HashMap<UUID, Integer>();
        var events = new ArrayList<Event>(append.events().size());
        for (var event : append.events()) {
            var streamId = event.event().streamId();
            var expected = next.put(streamId, event.seq() + 1);
            if (event.seq() < 0 || (expected != null && expected != event.seq()))
                throw new IllegalArgumentException("events of stream " + streamId + " are not numbered in order");
            events.add(new Event(
                    streamId,
                    event.seq(),
                    event.event().streamType().toString(),
                    event.eventId(),
                    moment(event.occurredAt()),
                    codec.encode(event.event()),
                    codec.encode(event.metadata())));
        }
        var receipt = append.receipt();
        if (receipt != null) check(receipt.key());
        return new Entry(events, receipt);
    }

    private static @Nullable Instant moment(@Nullable Instant occurredAt) {
        if (occurredAt == null) return null;
        if (occurredAt.isBefore(EARLIEST) || occurredAt.isAfter(LATEST))
            throw new IllegalArgumentException("an event occurs in the years 1 to 9999");
        return occurredAt.truncatedTo(ChronoUnit.MICROS);
    }

    private static void check(String key) {
        if (key.isEmpty() || key.codePointCount(0, key.length()) > 255)
            throw new IllegalArgumentException("a key has 1 to 255 characters");
        for (var i = 0; i < key.length(); i++) {
            var character = key.charAt(i);
            var paired = Character.isHighSurrogate(character)
                    && i + 1 < key.length()
                    && Character.isLowSurrogate(key.charAt(i + 1));
            if (character == 0 || (Character.isSurrogate(character) && !paired))
                throw new IllegalArgumentException("a key holds no U+0000 and no half of a character");
            if (paired) i++;
        }
    }
}
