package dev.chronodesk.command.schedule;

import dev.chronodesk.command.door.Command;
import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.events.schedule.ScheduleId;
import dev.chronodesk.events.schedule.TimeZones;
import dev.chronodesk.events.schedule.WeeklyHours;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says in which hours the desk works. The first definition makes the schedule; each further one is its next version and
 * in force from when it occurs.
 */
public record DefineSchedule(
        @Field("The schedule to define anew, or a new one's id, version 7 recommended; made when left out.") @Nullable
                ScheduleId scheduleId,
        @Field(value = "What it is called.", example = "Office hours", min = 1, max = DefineSchedule.MAX_NAME)
                String name,
        @Field(
                        value = "The time zone whose clock counts: a name of the tz database with a place, or UTC.",
                        example = "Europe/Berlin")
                String zone,
        @Field(
                        value = "The hours of a week, each a day and two times up to 24:00; none overlap. What goes on"
                                + " after midnight is the next day's from 00:00.",
                        example = "monday 09:00-17:00",
                        min = 1,
                        max = DefineSchedule.MAX_HOURS)
                List<String> hours,
        @Field(value = "Dates on which nobody works.", example = "2026-12-25", max = DefineSchedule.MAX_HOLIDAYS)
                @Nullable
                List<String> holidays)
        implements ScheduleCommand {

    /** Unicode code points of a schedule's name. */
    public static final int MAX_NAME = 255;

    /** Stretches of hours in a week: one an hour. */
    public static final int MAX_HOURS = 168;

    /** Holidays of one definition, enough for decades. */
    public static final int MAX_HOLIDAYS = 1000;

    /** Business time is computed for these years. */
    static final int FIRST_YEAR = 1970;

    static final int LAST_YEAR = 2199;

    public DefineSchedule {
        var shape = new Shape();
        shape.text("name", name, 1, MAX_NAME);
        shape.required("zone", zone);
        if (zone != null && !TimeZones.known().contains(zone))
            shape.wrong("zone", "value", "must be a time zone with a place such as Europe/Berlin, or UTC");
        shape.required("hours", hours);
        if (hours != null) hours = hours(shape, hours);
        if (holidays != null) holidays = holidays(shape, holidays);
        shape.check();
    }

    private static List<String> hours(Shape shape, List<@Nullable String> texts) {
        var all = shape.elements("hours", texts, 1, MAX_HOURS, "hours such as monday 09:00-17:00", WeeklyHours::of);
        for (var i = 0; i < all.size(); i++)
            for (var k = 0; k < i; k++)
                if (all.get(i).overlaps(all.get(k))) {
                    shape.wrong("hours[" + i + "]", "value", "must not overlap with hours[" + k + "]");
                    break;
                }
        return all.stream().sorted().map(WeeklyHours::toString).toList();
    }

    private static List<String> holidays(Shape shape, List<@Nullable String> texts) {
        var all = shape.elements("holidays", texts, 0, MAX_HOLIDAYS, "a date such as 2026-12-25", LocalDate::parse);
        for (var i = 0; i < all.size(); i++)
            if (all.get(i).getYear() < FIRST_YEAR || all.get(i).getYear() > LAST_YEAR)
                shape.wrong("holidays[" + i + "]", "value", "must lie in the years " + FIRST_YEAR + " to " + LAST_YEAR);
        return all.stream().sorted().distinct().map(LocalDate::toString).toList();
    }

    @Override
    public Command identified(Supplier<UUID> ids) {
        if (scheduleId != null) return this;
        return new DefineSchedule(new ScheduleId(ids.get()), name, zone, hours, holidays);
    }

    @Override
    public Map<String, UUID> makes() {
        return Map.of(
                "scheduleId",
                Objects.requireNonNull(scheduleId, "made at the door").value());
    }
}
