package dev.chronodesk.command.team;

import dev.chronodesk.command.decision.Aggregates;
import dev.chronodesk.events.StreamType;

/** Joins teams to the write side. */
public final class Teams {

    private Teams() {}

    /** Lets teams decide. */
    public static void join(Aggregates aggregates) {
        aggregates.deciding(StreamType.TEAM, Team.class, Team::new);
    }
}
