package dev.chronodesk.events.metric;

import java.util.UUID;

/**
 * From now on the metric is computed by that definition for whoever names no version, whatever the period. By the other
 * definitions it is computed for whoever names them.
 *
 * @param from the definition before, of the same metric
 */
public record DefinitionAdopted(Definition from, Definition to) implements MetricEvent {

    public DefinitionAdopted {
        if (!from.metric().equals(to.metric()))
            throw new IllegalArgumentException(from + " and " + to + " define different metrics");
    }

    @Override
    public UUID streamId() {
        return to.stream();
    }
}
