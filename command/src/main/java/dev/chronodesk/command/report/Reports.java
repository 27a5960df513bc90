package dev.chronodesk.command.report;

import dev.chronodesk.command.decision.Aggregates;
import dev.chronodesk.events.StreamType;

/** Joins reports to the write side. */
public final class Reports {

    private Reports() {}

    /** Lets reports decide. */
    public static void join(Aggregates aggregates) {
        aggregates.deciding(StreamType.REPORT, Report.class, Report::new);
    }
}
