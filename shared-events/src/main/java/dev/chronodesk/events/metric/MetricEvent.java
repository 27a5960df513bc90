package dev.chronodesk.events.metric;

import dev.chronodesk.events.Event;
import dev.chronodesk.events.StreamType;

/** Everything that can have happened to a metric. */
public sealed interface MetricEvent extends Event permits DefinitionAdopted {

    @Override
    default StreamType streamType() {
        return StreamType.METRIC;
    }
}
