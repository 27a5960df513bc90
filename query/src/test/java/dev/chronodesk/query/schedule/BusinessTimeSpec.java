package dev.chronodesk.query.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.chronodesk.events.schedule.ScheduleId;
import dev.chronodesk.events.schedule.TimeZones;
import dev.chronodesk.query.Desk;
import dev.chronodesk.query.Histories;
import java.sql.SQLException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Working time by cases, and on random schedules against {@link WallClock}. */
class BusinessTimeSpec {

    /** Whole and half hours, changes at midnight, none at all, a day that was left out and one that was there twice. */
    private static final List<String> ZONES = List.of(
            "Europe/Berlin",
            "America/New_York",
            "America/Santiago",
            "America/Sao_Paulo",
            "America/St_Johns",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "Asia/Tehran",
            "Africa/Cairo",
            "Pacific/Apia",
            "Pacific/Kwajalein",
            "Pacific/Chatham",
            "UTC");

    private static final List<String> ALWAYS = Stream.of(DayOfWeek.values())
            .map(day -> day.name().toLowerCase(Locale.ROOT) + " 00:00-24:00")
            .toList();

    private static Desk desk;
    private static Histories histories;

    @BeforeAll
    static void open() {
        desk = new Desk().start();
        histories = new Histories(desk.log());
    }

    @AfterAll
    static void close() {
        desk.close();
    }

    private record Span(Instant since, Instant until) {}

    private static List<Double> seconds(UUID schedule, List<Span> spans) throws SQLException {
        desk.caughtUp();
        var seconds = new ArrayList<Double>();
        try (var connection = desk.database().superuser();
                var select = connection.prepareStatement(
                        "select api.business_seconds(?, s.since, s.until) from unnest(?::timestamptz[],"
                                + " ?::timestamptz[]) with ordinality as s(since, until, n) order by s.n")) {
            select.setObject(1, schedule);
            select.setArray(
                    2,
                    connection.createArrayOf(
                            "text",
                            spans.stream().map(s -> s.since().toString()).toArray()));
            select.setArray(
                    3,
                    connection.createArrayOf(
                            "text",
                            spans.stream().map(s -> s.until().toString()).toArray()));
            try (var result = select.executeQuery()) {
                while (result.next()) seconds.add(result.getDouble(1));
            }
        }
        return seconds;
    }

    private static double hours(ScheduleId schedule, String since, String until) throws SQLException {
        var span = new Span(Instant.parse(since), Instant.parse(until));
        return seconds(schedule.value(), List.of(span)).getFirst() / 3600;
    }

    /** The night of 2026-03-29 has no 2:30, the one of 2026-10-25 has it twice; in Apia there was no 2011-12-30. */
    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin, sunday 00:00-24:00, 2026-03-28T00:00:00Z, 2026-03-30T12:00:00Z, 23",
        "Europe/Berlin, sunday 00:00-24:00, 2026-10-24T00:00:00Z, 2026-10-26T12:00:00Z, 25",
        "Europe/Berlin, sunday 02:00-03:00, 2026-03-28T00:00:00Z, 2026-03-30T00:00:00Z, 0",
        "Europe/Berlin, sunday 01:30-04:00, 2026-03-28T00:00:00Z, 2026-03-30T00:00:00Z, 1.5",
        "Europe/Berlin, sunday 02:15-02:45, 2026-10-24T00:00:00Z, 2026-10-26T00:00:00Z, 1",
        "Europe/Berlin, sunday 01:30-02:30, 2026-10-24T00:00:00Z, 2026-10-26T00:00:00Z, 1.5",
        "Europe/Berlin, monday 09:00-17:00, 2026-01-05T10:00:00Z, 2026-01-05T14:30:00Z, 4.5",
        "Europe/Berlin, monday 09:00-17:00, 2026-01-05T18:00:00Z, 2026-01-12T07:00:00Z, 0",
        "America/Santiago, saturday 22:00-24:00, 2026-04-04T00:00:00Z, 2026-04-06T00:00:00Z, 3",
        "America/Santiago, sunday 00:00-02:00, 2026-09-06T00:00:00Z, 2026-09-07T00:00:00Z, 1",
        "Pacific/Apia, friday 00:00-24:00, 2011-12-26T00:00:00Z, 2012-01-04T00:00:00Z, 0",
        "Pacific/Apia, saturday 09:00-17:00, 2011-12-26T00:00:00Z, 2012-01-04T00:00:00Z, 8",
        "UTC, thursday 00:00-24:00, 1970-01-01T00:00:00Z, 1970-01-02T00:00:00Z, 24",
        "America/New_York, wednesday 19:00-24:00, 1969-12-31T00:00:00Z, 1970-01-02T00:00:00Z, 5"
    })
    void every_instant_counts_by_the_clock_on_the_wall(
            String zone, String weekly, String since, String until, double hours) throws SQLException {
        var schedule = histories.schedule(null, zone, List.of(weekly));
        assertThat(hours(schedule, since, until)).isEqualTo(hours);
    }

    @Test
    void nobody_works_on_a_holiday_from_midnight_to_midnight_of_the_zone() throws SQLException {
        var schedule = histories.schedule(null, "Asia/Kathmandu", ALWAYS, "2026-01-06");
        assertThat(hours(schedule, "2026-01-05T00:00:00Z", "2026-01-08T00:00:00Z"))
                .isEqualTo(48);
        assertThat(hours(schedule, "2026-01-05T18:15:00Z", "2026-01-06T18:15:00Z"))
                .isZero();
    }

    @Test
    void each_instant_counts_by_the_version_that_was_in_force_then_and_the_first_holds_before_it_was_defined()
            throws SQLException {
        var monday = Instant.parse("2026-01-05T12:00:00Z");
        var schedule = histories.at(monday).schedule(null, "UTC", List.of("monday 08:00-20:00"));
        histories.at(monday.plus(7, ChronoUnit.DAYS)).schedule(schedule, "UTC", List.of("monday 10:00-14:00"));
        assertThat(hours(schedule, "2025-12-29T00:00:00Z", "2025-12-30T00:00:00Z"))
                .isEqualTo(12);
        assertThat(hours(schedule, "2026-01-12T00:00:00Z", "2026-01-13T00:00:00Z"))
                .isEqualTo(4 + 2);
        assertThat(hours(schedule, "2026-01-19T00:00:00Z", "2026-01-20T00:00:00Z"))
                .isEqualTo(4);
    }

    @Test
    void a_schedule_that_nobody_defined_has_no_hours() throws SQLException {
        histories.schedule(null, "UTC", ALWAYS);
        var span = new Span(Instant.EPOCH, Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(seconds(new UUID(1, 2), List.of(span))).containsExactly(0.0);
    }

    /** Else every statistic in business time would fail on a schedule that a command had accepted. */
    @Test
    void postgresql_knows_every_zone_that_a_schedule_may_be_in() throws SQLException {
        var known = new TreeSet<String>();
        try (var connection = desk.database().superuser();
                var statement = connection.createStatement();
                var names = statement.executeQuery("select name from pg_timezone_names")) {
            while (names.next()) known.add(names.getString(1));
        }
        assertThat(known).containsAll(TimeZones.known());
    }

    /** Run it again with {@code -Dseed=…}; {@code -Dtickets=10000} asks for as many spans. */
    @Test
    void random_schedules_agree_with_a_clock_on_the_wall_to_the_second() throws SQLException {
        var seed = Long.getLong("seed", System.nanoTime());
        var count = Integer.getInteger("tickets", 260) / ZONES.size();
        System.out.println("BusinessTimeSpec -Dseed=" + seed);
        var random = new Random(seed);
        for (var zone : ZONES) {
            var change = change(zone, random);
            var first = change.minus(20, ChronoUnit.DAYS);
            var last = change.plus(20, ChronoUnit.DAYS);
            var schedule =
                    histories.at(change.minus(5, ChronoUnit.DAYS)).schedule(null, zone, Histories.weekly(random));
            histories
                    .at(change.plus(random.nextInt(3), ChronoUnit.HOURS))
                    .schedule(
                            schedule,
                            zone,
                            Histories.weekly(random),
                            LocalDate.ofInstant(change, ZoneId.of(zone))
                                    .plusDays(random.nextInt(9))
                                    .toString());
            var clock = new WallClock(desk.log().after(0, Integer.MAX_VALUE), schedule, first, last);
            var spans = Stream.generate(() -> {
                        var one = first.plusSeconds(random.nextInt(40 * 86400));
                        var other = random.nextBoolean()
                                ? change.plusSeconds(random.nextInt(7200) - 3600)
                                : first.plusSeconds(random.nextInt(40 * 86400));
                        return one.isBefore(other) ? new Span(one, other) : new Span(other, one);
                    })
                    .limit(count)
                    .toList();
            var seconds = seconds(schedule.value(), spans);
            for (var i = 0; i < spans.size(); i++)
                assertThat(seconds.get(i))
                        .as("%s %s, seed %s", zone, spans.get(i), seed)
                        .isCloseTo(
                                clock.seconds(spans.get(i).since(), spans.get(i).until()), within(1e-3));
        }
    }

    /** When the zone's clocks were changed, once in 1975 to 2024; some day where they were not. */
    private static Instant change(String zone, Random random) {
        var day = Instant.parse("1975-01-01T00:00:00Z").plus(random.nextInt(49 * 365), ChronoUnit.DAYS);
        var next = ZoneId.of(zone).getRules().nextTransition(day);
        return next == null || next.getInstant().isAfter(Instant.parse("2024-12-31T00:00:00Z"))
                ? day
                : next.getInstant();
    }
}
