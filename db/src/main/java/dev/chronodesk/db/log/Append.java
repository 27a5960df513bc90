package dev.chronodesk.db.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one command wants written, all or nothing.
 *
 * @param events in order; may be empty when only the receipt of a command that changed nothing is kept. Within a stream
 *     {@code seq} goes up by one; the first one says which version was decided on
 * @param receipt what a retry is answered with
 */
public record Append(List<NewEvent> events, @Nullable ReceiptDraft receipt) {

    public Append {
        events = List.copyOf(events);
        if (events.isEmpty() && receipt == null) throw new IllegalArgumentException("an append writes something");
    }
}
