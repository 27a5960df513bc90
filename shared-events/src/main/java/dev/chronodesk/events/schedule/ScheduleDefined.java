package dev.chronodesk.events.schedule;

import java.time.LocalDate;
import java.util.List;

/**
 * From now on the desk works in these hours: an instant is working time when a clock on the wall of that zone shows a
 * time inside the hours of a day that is no holiday.
 *
 * @param version which definition of the schedule this is, from 1; it is in force until the next one
 * @param zone of the tz database, see {@link TimeZones}
 * @param hours by day and time, none of them overlapping
 * @param holidays dates on which nobody works, in order
 */
public record ScheduleDefined(
        ScheduleId scheduleId, int version, String name, String zone, List<WeeklyHours> hours, List<LocalDate> holidays)
        implements ScheduleEvent {

    public ScheduleDefined {
        hours = List.copyOf(hours);
        holidays = List.copyOf(holidays);
    }
}
