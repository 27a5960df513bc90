package dev.chronodesk.command.schedule;

import dev.chronodesk.command.decision.Aggregates;
import dev.chronodesk.events.StreamType;

/** Joins schedules to the write side. */
public final class Schedules {

    private Schedules() {}

    /** Lets schedules decide. */
    public static void join(Aggregates aggregates) {
        aggregates.deciding(StreamType.SCHEDULE, Schedule.class, Schedule::new);
    }
}
