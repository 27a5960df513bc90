package dev.chronodesk.events.schedule;

import dev.chronodesk.events.Event;
import dev.chronodesk.events.StreamType;
import java.util.UUID;

/** Everything that can have happened to a schedule. */
public sealed interface ScheduleEvent extends Event permits ScheduleDefined {

    ScheduleId scheduleId();

    @Override
    default UUID streamId() {
        return scheduleId().value();
    }

    @Override
    default StreamType streamType() {
        return StreamType.SCHEDULE;
    }
}
