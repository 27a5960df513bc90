package dev.chronodesk.command.schedule;

import dev.chronodesk.command.door.Command;
import dev.chronodesk.events.StreamType;
import dev.chronodesk.events.schedule.ScheduleId;
import java.util.UUID;
import org.axonframework.modelling.command.TargetAggregateIdentifier;
import org.jspecify.annotations.Nullable;

/** What can be asked of a schedule. */
public sealed interface ScheduleCommand extends Command permits DefineSchedule {

    @TargetAggregateIdentifier
    @Nullable
    ScheduleId scheduleId();

    @Override
    default StreamType kind() {
        return StreamType.SCHEDULE;
    }

    @Override
    default @Nullable UUID target() {
        var id = scheduleId();
        return id == null ? null : id.value();
    }
}
