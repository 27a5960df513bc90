package dev.chronodesk.events.schedule;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.DayOfWeek;
import java.util.Comparator;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hours of one day of every week, as the clock on the wall shows them. Flat in JSON and in text: {@code monday
 * 09:00-17:00}. What goes on after midnight is another day's from {@code 00:00}.
 *
 * @param from minutes after midnight
 * @param until minutes after midnight, not included; 1440 is the day's end, {@code 24:00}
 */
public record WeeklyHours(DayOfWeek day, int from, int until) implements Comparable<WeeklyHours> {

    private static final int DAY = 24 * 60;
    private static final Pattern TEXT = Pattern.compile(
            "(monday|tuesday|wednesday|thursday|friday|saturday|sunday) (\\d\\d):([0-5]\\d)-(\\d\\d):([0-5]\\d)");
    private static final Comparator<WeeklyHours> IN_ORDER = Comparator.comparing(WeeklyHours::day)
            .thenComparingInt(WeeklyHours::from)
            .thenComparingInt(WeeklyHours::until);

    public WeeklyHours {
        if (from < 0 || until > DAY) throw new IllegalArgumentException("a day goes from 00:00 to 24:00");
        if (from >= until) throw new IllegalArgumentException("hours end after they begin");
    }

    /**
     * The hours of that text.
     *
     * @throws IllegalArgumentException when it is none, or they have no length
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static WeeklyHours of(String text) {
        var matcher = TEXT.matcher(text);
        if (!matcher.matches())
            throw new IllegalArgumentException("hours are a day and two times, as monday 09:00-17:00");
        return new WeeklyHours(
                DayOfWeek.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)), minutes(matcher, 2), minutes(matcher, 4));
    }

    private static int minutes(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group)) * 60 + Integer.parseInt(matcher.group(group + 1));
    }

    /** Whether an instant can be in both. */
    public boolean overlaps(WeeklyHours other) {
        return day == other.day && from < other.until && other.from < until;
    }

    @Override
    public int compareTo(WeeklyHours other) {
        return IN_ORDER.compare(this, other);
    }

    @Override
    @JsonValue
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s %02d:%02d-%02d:%02d",
                day.name().toLowerCase(Locale.ROOT),
                from / 60,
                from % 60,
                until / 60,
                until % 60);
    }
}
