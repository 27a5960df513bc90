package dev.chronodesk.command.metric;

import static org.axonframework.modelling.command.AggregateLifecycle.getVersion;
import static org.axonframework.modelling.command.AggregateLifecycle.isLive;

import dev.chronodesk.command.authorization.Act;
import dev.chronodesk.command.authorization.Timeline;
import dev.chronodesk.events.metric.Definition;
import dev.chronodesk.events.metric.DefinitionAdopted;
import dev.chronodesk.events.metric.MetricEvent;
import java.time.Instant;
import java.util.UUID;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventhandling.Timestamp;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.messaging.MetaData;
import org.axonframework.messaging.annotation.MetaDataValue;
import org.axonframework.modelling.command.AggregateCreationPolicy;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.AggregateRoot;
import org.axonframework.modelling.command.CreationPolicy;
import org.jspecify.annotations.Nullable;

/** Decides which definition of one metric is in force. */
@AggregateRoot
@SuppressWarnings("NullAway.Init") // the first event sets what is never null
final class Metric {

    @AggregateIdentifier
    @SuppressWarnings("UnusedVariable") // Axon reads it
    private UUID id;

    /** Null while it is the first one, which nobody has to adopt; who does says so for ever. */
    private @Nullable Definition adopted;

    private final Timeline timeline = new Timeline();

    Metric() {}

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(AdoptDefinition command, @MetaDataValue("act") Act act) {
        var to = command.definition();
        if (adopted == null) Timeline.begin(act, command.target());
        else timeline.admit(act, command.target(), getVersion());
        if (adopted == to) return;
        var from = adopted == null ? to.first() : adopted;
        AggregateLifecycle.apply(new DefinitionAdopted(from, to), MetaData.from(act.metadata()));
    }

    @EventSourcingHandler
    void on(MetricEvent event, @Timestamp Instant at, @MetaDataValue("act") @Nullable Act act) {
        timeline.saw(isLive(), at, act);
        switch (event) {
            case DefinitionAdopted e -> {
                id = e.streamId();
                adopted = e.to();
            }
        }
    }
}
