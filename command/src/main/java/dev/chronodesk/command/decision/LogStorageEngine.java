package dev.chronodesk.command.decision;

import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Event;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventhandling.GenericTrackedDomainEventMessage;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.jspecify.annotations.Nullable;

/**
 * Our log as Axon sees it: streams to read, one append to make inside a {@link Decision}, and the whole log in its
 * order, with a token that is our position. Messages happened at {@code occurredAt}; tokens of a moment go by when they
 * were recorded, which alone follows the order. Events that belong to no aggregate are refused, and there are no
 * snapshots.
 */
final class LogStorageEngine implements EventStorageEngine {

    private static final int BATCH = 500;

    /** So long a reader that may wait does so before it is told that there is no more now. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

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

    /** From after the token on, in the log's order; null is the beginning. Ends where the log ends now. */
    @Override
    public Stream<? extends TrackedEventMessage<?>> readEvents(
            @Nullable TrackingToken trackingToken, boolean mayBlock) {
        var batches = new Batches(position(trackingToken), mayBlock);
        return Stream.generate(batches::next)
                .takeWhile(batch -> !batch.isEmpty())
                .flatMap(List::stream)
                .map(LogStorageEngine::tracked);
    }

    private static long position(@Nullable TrackingToken token) {
        return switch (token) {
            case null -> 0;
            case GlobalSequenceTrackingToken position -> position.getGlobalIndex();
            default -> throw new IllegalArgumentException("a token is a position of the log, and not " + token);
        };
    }

    private static TrackedEventMessage<?> tracked(Recorded<Event> recorded) {
        return new GenericTrackedDomainEventMessage<>(
                new GlobalSequenceTrackingToken(recorded.position()), message(recorded));
    }

    /** One reader's way through the log. */
    private final class Batches {
        private final boolean mayBlock;
        private long position;

        Batches(long position, boolean mayBlock) {
            this.position = position;
            this.mayBlock = mayBlock;
        }

        List<Recorded<Event>> next() {
            var batch = log.after(position, BATCH);
            if (batch.isEmpty() && mayBlock && more()) batch = log.after(position, BATCH);
            if (!batch.isEmpty()) position = batch.getLast().position();
            return batch;
        }

        private boolean more() {
            try {
                return log.awaitAfter(position, PATIENCE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    @Override
    public TrackingToken createTailToken() {
        return new GlobalSequenceTrackingToken(0);
    }

    @Override
    public TrackingToken createHeadToken() {
        return new GlobalSequenceTrackingToken(log.head().position());
    }

    /** What follows it was recorded at that moment or later. A moment that is not yet is the head. */
    @Override
    public TrackingToken createTokenAt(Instant dateTime) {
        try {
            return new GlobalSequenceTrackingToken(log.positionAt(dateTime.minus(1, ChronoUnit.MICROS)));
        } catch (IllegalArgumentException e) {
            return createHeadToken();
        }
    }
}
