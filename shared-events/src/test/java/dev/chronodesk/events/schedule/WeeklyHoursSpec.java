package dev.chronodesk.events.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.DayOfWeek;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the text of hours says, and which texts say none. */
class WeeklyHoursSpec {

    @Test
    void a_text_and_its_hours_are_the_same() {
        assertThat(WeeklyHours.of("tuesday 00:00-24:00")).isEqualTo(new WeeklyHours(DayOfWeek.TUESDAY, 0, 1440));
        for (var text : List.of("monday 09:05-17:30", "sunday 23:59-24:00"))
            assertThat(WeeklyHours.of(text)).hasToString(text);
    }

    @Test
    void hours_that_have_no_length_or_leave_their_day_are_none() {
        for (var text : List.of(
                "", "monday", "monday 9:00-10:00", "monday 10:00-10:00", "friday 22:00-02:00", "friday 22:00-24:01"))
            assertThatIllegalArgumentException().as(text).isThrownBy(() -> WeeklyHours.of(text));
        assertThatIllegalArgumentException().isThrownBy(() -> new WeeklyHours(DayOfWeek.MONDAY, -1, 10));
    }

    @Test
    void hours_overlap_when_they_share_an_instant_of_a_day() {
        var morning = WeeklyHours.of("monday 09:00-12:00");
        assertThat(morning.overlaps(WeeklyHours.of("monday 11:59-13:00"))).isTrue();
        assertThat(morning.overlaps(WeeklyHours.of("monday 12:00-13:00"))).isFalse();
        assertThat(morning.overlaps(WeeklyHours.of("tuesday 09:00-12:00"))).isFalse();
    }

    @Test
    void they_are_in_the_order_of_the_week() {
        var texts = List.of("monday 09:00-12:00", "monday 13:00-17:00", "sunday 00:00-01:00");
        var hours = new TreeSet<WeeklyHours>();
        for (var text : texts.reversed()) hours.add(WeeklyHours.of(text));
        assertThat(hours).extracting(WeeklyHours::toString).isEqualTo(texts);
    }

    @Test
    void a_zone_is_known_by_a_place_or_is_utc() {
        assertThat(TimeZones.known())
                .contains("Europe/Berlin", "America/Argentina/Ushuaia", "UTC")
                .doesNotContain("CET", "EST", "Japan", "GMT+2")
                .noneMatch(zone -> zone.startsWith("SystemV/"));
    }
}
