package dev.chronodesk.command.metric;

import dev.chronodesk.command.decision.Aggregates;
import dev.chronodesk.events.StreamType;

/** Joins metrics to the write side. */
public final class Metrics {

    private Metrics() {}

    /** Lets metrics decide. */
    public static void join(Aggregates aggregates) {
        aggregates.deciding(StreamType.METRIC, Metric.class, Metric::new);
    }
}
