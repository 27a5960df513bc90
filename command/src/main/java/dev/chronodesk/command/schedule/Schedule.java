package dev.chronodesk.command.schedule;

import static org.axonframework.modelling.command.AggregateLifecycle.getVersion;
import static org.axonframework.modelling.command.AggregateLifecycle.isLive;

import dev.chronodesk.command.authorization.Act;
import dev.chronodesk.command.authorization.Timeline;
import dev.chronodesk.events.schedule.ScheduleDefined;
import dev.chronodesk.events.schedule.ScheduleEvent;
import dev.chronodesk.events.schedule.ScheduleId;
import dev.chronodesk.events.schedule.WeeklyHours;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
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

/** Decides which definition of one schedule follows the one before. */
@AggregateRoot
@SuppressWarnings("NullAway.Init") // the first event sets what is never null
final class Schedule {

    @AggregateIdentifier
    @SuppressWarnings("UnusedVariable") // Axon reads it
    private ScheduleId id;

    private @Nullable ScheduleDefined last;
    private final Timeline timeline = new Timeline();

    Schedule() {}

    @CommandHandler
    @CreationPolicy(AggregateCreationPolicy.CREATE_IF_MISSING)
    void handle(DefineSchedule command, @MetaDataValue("act") Act act) {
        var scheduleId = Objects.requireNonNull(command.scheduleId(), "made at the door");
        if (last == null) Timeline.begin(act, scheduleId.value());
        else timeline.admit(act, scheduleId.value(), getVersion());
        if (last != null && defined(scheduleId, last.version(), command).equals(last)) return;
        AggregateLifecycle.apply(
                defined(scheduleId, last == null ? 1 : last.version() + 1, command), MetaData.from(act.metadata()));
    }

    private static ScheduleDefined defined(ScheduleId scheduleId, int version, DefineSchedule command) {
        var holidays = command.holidays() == null ? List.<String>of() : command.holidays();
        return new ScheduleDefined(
                scheduleId,
                version,
                command.name(),
                command.zone(),
                command.hours().stream().map(WeeklyHours::of).toList(),
                holidays.stream().map(LocalDate::parse).toList());
    }

    @EventSourcingHandler
    void on(ScheduleEvent event, @Timestamp Instant at, @MetaDataValue("act") @Nullable Act act) {
        timeline.saw(isLive(), at, act);
        switch (event) {
            case ScheduleDefined e -> {
                id = e.scheduleId();
                last = e;
            }
        }
    }
}
