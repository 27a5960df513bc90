package dev.chronodesk.query.schedule;

import static dev.chronodesk.query.fold.Versions.follows;

import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.schedule.ScheduleDefined;
import dev.chronodesk.events.schedule.ScheduleEvent;
import dev.chronodesk.events.schedule.WeeklyHours;
import dev.chronodesk.query.fold.Needs;
import dev.chronodesk.query.fold.Projection;
import dev.chronodesk.query.fold.Rows;
import dev.chronodesk.query.fold.Table;
import java.time.LocalDate;
import java.util.List;

/** Schedules with all their versions. */
public final class ScheduleProjection implements Projection<ScheduleEvent> {

    @Override
    public Class<ScheduleEvent> events() {
        return ScheduleEvent.class;
    }

    @Override
    public List<Table<?, ?>> tables() {
        return List.of(ScheduleRow.TABLE);
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public void needs(ScheduleEvent event, Needs needs) {
        switch (event) {
            case ScheduleDefined e -> needs.row(ScheduleRow.TABLE, before(e));
        }
    }

    private static ScheduleRow.Key before(ScheduleDefined event) {
        return new ScheduleRow.Key(event.scheduleId().value(), event.version() - 1);
    }

    @Override
    public void fold(Recorded<ScheduleEvent> recorded, Rows rows) {
        switch (recorded.event()) {
            case ScheduleDefined e -> {
                follows(recorded, e.version() - 1);
                if (e.version() > 1)
                    rows.update(
                            ScheduleRow.TABLE,
                            rows.get(ScheduleRow.TABLE, before(e)).replaced(recorded.occurredAt()));
                rows.insert(
                        ScheduleRow.TABLE,
                        new ScheduleRow(
                                e.scheduleId().value(),
                                e.version(),
                                e.name(),
                                e.zone(),
                                e.hours().stream().map(WeeklyHours::toString).toList(),
                                e.holidays().stream().map(LocalDate::toString).toList(),
                                recorded.occurredAt(),
                                null));
            }
        }
    }
}
