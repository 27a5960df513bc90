package dev.chronodesk.command.decision;

import java.util.List;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventsourcing.eventstore.EmbeddedEventStore;

/** Axon's event store over our engine. It tells the decision what was applied, which a dry run answers with. */
final class LogEventStore extends EmbeddedEventStore {

    LogEventStore(LogStorageEngine engine) {
        super(EmbeddedEventStore.builder().storageEngine(engine));
    }

    @Override
    public void publish(List<? extends EventMessage<?>> events) {
        Decision.current().applied(events);
        super.publish(events);
    }
}
