package dev.chronodesk.command.decision;

import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Event;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.jspecify.annotations.Nullable;

/**
 * Our log as Axon sees it: streams to read and one append to make. It tracks nothing, because read tables are folded
 * from the log directly, and keeps no snapshots.
 */
final class LogStorageEngine implements EventStorageEngine {

    private final EventLog log;

    LogStorageEngine(EventLog log) {
        this.log = log;
    }

    @Override
    public void appendEvents(List<? extends EventMessage<?>> events) {
        if (!events.isEmpty()) Decision.current().append(events, log);
    }

    @Override
    public DomainEventStream readEvents(String aggregateIdentifier, long firstSequenceNumber) {
        return DomainEventStream.of(
                log.stream(UUID.fromString(aggregateIdentifier), Math.toIntExact(firstSequenceNumber)).stream()
                        .map(LogStorageEngine::message)
                        .toList());
    }

    /** The message's type is the stream's, so that an aggregate can tell that it is not its own. */
    private static DomainEventMessage<?> message(Recorded<Event> recorded) {
        var event = recorded.event();
        return new GenericDomainEventMessage<>(
                event.streamType().toString(),
                event.streamId().toString(),
                recorded.seq(),
                event,
                Map.of(),
                recorded.eventId().toString(),
                recorded.occurredAt());
    }

    @Override
    public Optional<Long> lastSequenceNumberFor(String aggregateIdentifier) {
        var version = log.version(UUID.fromString(aggregateIdentifier));
        return version == 0 ? Optional.empty() : Optional.of(version - 1L);
    }

    @Override
    public Optional<DomainEventMessage<?>> readSnapshot(String aggregateIdentifier) {
        return Optional.empty();
    }

    @Override
    public void storeSnapshot(DomainEventMessage<?> snapshot) {
        throw new UnsupportedOperationException("there are no snapshots");
    }

    @Override
    public Stream<? extends TrackedEventMessage<?>> readEvents(
            @Nullable TrackingToken trackingToken, boolean mayBlock) {
        throw new UnsupportedOperationException("read tables follow the log, not Axon");
    }
}
