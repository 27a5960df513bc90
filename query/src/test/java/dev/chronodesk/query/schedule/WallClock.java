package dev.chronodesk.query.schedule;

import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.schedule.ScheduleDefined;
import dev.chronodesk.events.schedule.ScheduleId;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Business time once more, slowly: looks at a clock on the wall at the beginning of every minute and asks whether it is
 * time to work. It knows no intervals and no changes of clocks. Definitions must begin at whole minutes.
 */
public final class WallClock {

    private record InForce(Instant since, ScheduleDefined definition) {}

    private final List<InForce> definitions = new ArrayList<>();
    private final Instant first;
    private final BitSet working = new BitSet();

    /** The schedule's clock from the one instant to the other. */
    public WallClock(List<Recorded<Event>> log, ScheduleId schedule, Instant first, Instant last) {
        for (var recorded : log)
            if (recorded.event() instanceof ScheduleDefined e && e.scheduleId().equals(schedule))
                definitions.add(new InForce(recorded.occurredAt(), e));
        this.first = first.truncatedTo(ChronoUnit.MINUTES);
        var minutes = (int) ChronoUnit.MINUTES.between(this.first, last) + 1;
        for (var minute = 0; minute < minutes; minute++)
            if (isWorking(this.first.plus(minute, ChronoUnit.MINUTES))) working.set(minute);
    }

    private boolean isWorking(Instant instant) {
        var inForce = definitions.getFirst().definition();
        for (var next : definitions) if (!next.since().isAfter(instant)) inForce = next.definition();
        var clock = ZonedDateTime.ofInstant(instant, ZoneId.of(inForce.zone()));
        var minute = clock.getHour() * 60 + clock.getMinute();
        return !inForce.holidays().contains(clock.toLocalDate())
                && inForce.hours().stream()
                        .anyMatch(hours -> hours.day() == clock.getDayOfWeek()
                                && hours.from() <= minute
                                && minute < hours.until());
    }

    /** The working time between two instants; negative when they are the wrong way round. */
    public double seconds(Instant from, Instant to) {
        if (to.isBefore(from)) return -seconds(to, from);
        var begins = (int) ChronoUnit.MINUTES.between(first, from);
        var ends = (int) ChronoUnit.MINUTES.between(first, to);
        return working.get(begins, ends).cardinality() * 60.0 + into(ends, to) - into(begins, from);
    }

    private double into(int minute, Instant instant) {
        if (!working.get(minute)) return 0;
        return Duration.between(first.plus(minute, ChronoUnit.MINUTES), instant).toMillis() / 1000.0;
    }
}
