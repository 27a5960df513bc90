package dev.chronodesk.query.history;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.db.port.HistoryEntry;
import dev.chronodesk.db.port.VisibleHistory;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.events.profile.ProfileEvent;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketEvent;
import java.util.List;
import java.util.UUID;

/** The events of a stream as entries, all of them or those that a caller may see. */
public final class History implements VisibleHistory {

    private final EventLog log;
    private final EventCodec codec;

    public History(EventLog log, EventCodec codec) {
        this.log = log;
        this.codec = codec;
    }

    /** All entries of the stream up to that position, in order; empty for a stream that did not exist then. */
    public List<HistoryEntry> until(UUID streamId, long position) {
        return log.stream(streamId, 0).stream()
                .filter(recorded -> recorded.position() <= position)
                .map(this::entry)
                .toList();
    }

    @Override
    public List<HistoryEntry> visible(Caller caller, UUID streamId, int fromSeq) {
        if (!(caller instanceof Caller.Known known)) return List.of();
        return switch (known.role()) {
            case AGENT, ADMIN, AUDITOR, SERVICE ->
                log.stream(streamId, fromSeq).stream().map(this::entry).toList();
            // analysts see no person's history
            case ANALYST ->
                log.stream(streamId, fromSeq).stream()
                        .filter(recorded -> recorded.event() instanceof TicketEvent)
                        .map(this::entry)
                        .toList();
            case CUSTOMER -> own(known.id(), log.stream(streamId, 0), fromSeq);
        };
    }

    /** What customers may see: their own tickets without internal notes, and themselves. */
    private List<HistoryEntry> own(UUID customer, List<Recorded<Event>> stream, int fromSeq) {
        if (stream.isEmpty() || !isOwn(customer, stream.getFirst().event())) return List.of();
        return stream.stream()
                .filter(recorded -> recorded.seq() >= fromSeq)
                .filter(recorded -> !(recorded.event() instanceof TicketEvent event && Changes.internal(event)))
                .map(this::entry)
                .toList();
    }

    private static boolean isOwn(UUID customer, Event first) {
        if (first instanceof TicketCreated created)
            return created.requesterId().value().equals(customer);
        return first instanceof ProfileEvent event && event.profileId().value().equals(customer);
    }

    private HistoryEntry entry(Recorded<Event> recorded) {
        return new HistoryEntry(
                recorded.position(),
                recorded.seq(),
                codec.type(recorded.event()),
                recorded.metadata().actor(),
                recorded.metadata().sentBy(),
                recorded.recordedAt(),
                recorded.occurredAt(),
                Changes.of(recorded.event()));
    }
}
