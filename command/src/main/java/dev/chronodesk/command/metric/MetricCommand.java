package dev.chronodesk.command.metric;

import dev.chronodesk.command.door.Command;
import dev.chronodesk.events.StreamType;
import java.util.UUID;
import org.axonframework.modelling.command.TargetAggregateIdentifier;

/** What can be asked of a metric. */
public sealed interface MetricCommand extends Command permits AdoptDefinition {

    @Override
    default StreamType kind() {
        return StreamType.METRIC;
    }

    @Override
    @TargetAggregateIdentifier
    UUID target();
}
