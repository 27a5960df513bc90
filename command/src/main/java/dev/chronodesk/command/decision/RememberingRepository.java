package dev.chronodesk.command.decision;

import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.door.DoorRefusal.NotFound;
import dev.chronodesk.events.StreamType;
import java.util.UUID;
import java.util.function.Supplier;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventsourcing.AggregateFactory;
import org.axonframework.eventsourcing.EventSourcedAggregate;
import org.axonframework.eventsourcing.EventSourcingRepository;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.messaging.unitofwork.CurrentUnitOfWork;
import org.jspecify.annotations.Nullable;

/**
 * Loads aggregates from the log, or from memory. Axon's own caching repository remembers an aggregate before its events
 * are durable and forgets it when the unit of work is rolled back, which an {@link Error} skips; this one remembers
 * after the commit.
 */
final class RememberingRepository<T> extends EventSourcingRepository<T> {

    private final Class<T> type;
    private final Recent recent;

    RememberingRepository(StreamType stream, Class<T> type, Supplier<T> bare, EventStore store, Recent recent) {
        super(EventSourcingRepository.builder(type)
                .eventStore(store)
                .aggregateFactory(new OfStream<>(stream, type, bare)));
        this.type = type;
        this.recent = recent;
    }

    @Override
    protected EventSourcedAggregate<T> doLoadWithLock(String aggregateIdentifier, Long expectedVersion) {
        var stream = UUID.fromString(aggregateIdentifier);
        var remembered = remembered(stream);
        if (remembered == null) {
            Decision.current().uses(stream, null);
            return super.doLoadWithLock(aggregateIdentifier, expectedVersion);
        }
        Decision.current().uses(stream, Math.toIntExact(remembered.version() + 1));
        return remembered;
    }

    @SuppressWarnings("unchecked") // an id that another kind of stream has is not found below
    private @Nullable EventSourcedAggregate<T> remembered(UUID stream) {
        var aggregate = Decision.current().fresh() ? null : recent.take(stream);
        return aggregate != null && type.equals(aggregate.rootType()) ? (EventSourcedAggregate<T>) aggregate : null;
    }

    @Override
    protected void doSaveWithLock(EventSourcedAggregate<T> aggregate) {
        super.doSaveWithLock(aggregate);
        var stream = UUID.fromString(aggregate.identifierAsString());
        Decision.current().uses(stream, null);
        if (Decision.current().fresh()) return;
        CurrentUnitOfWork.get().root().afterCommit(unit -> recent.put(stream, aggregate));
    }

    /** Makes bare aggregates, and does not take a stream of another kind for one of its own. */
    private record OfStream<T>(StreamType stream, Class<T> type, Supplier<T> bare) implements AggregateFactory<T> {

        @Override
        public T createAggregateRoot(String aggregateIdentifier, DomainEventMessage<?> firstEvent) {
            if (!firstEvent.getType().equals(stream.toString()))
                // and not AggregateNotFoundException, for which whoever loads or creates would go on and create it
                throw new CommandRefusedException(new NotFound());
            return bare.get();
        }

        @Override
        public Class<T> getAggregateType() {
            return type;
        }
    }
}
