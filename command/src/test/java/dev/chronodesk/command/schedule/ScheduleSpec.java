package dev.chronodesk.command.schedule;

import static dev.chronodesk.command.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chronodesk.command.Desk;
import dev.chronodesk.command.Fixtures;
import dev.chronodesk.command.authorization.Act;
import dev.chronodesk.command.authorization.Facts;
import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.door.DoorRefusal.NotFound;
import dev.chronodesk.command.door.DoorRefusal.OccurredBeforeLast;
import dev.chronodesk.command.door.DoorRefusal.VersionMismatch;
import dev.chronodesk.command.door.FieldError;
import dev.chronodesk.command.door.MalformedException;
import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.team.CreateTeam;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.schedule.ScheduleDefined;
import dev.chronodesk.events.schedule.ScheduleId;
import dev.chronodesk.events.schedule.WeeklyHours;
import dev.chronodesk.events.team.TeamId;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.axonframework.test.aggregate.FixtureConfiguration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a schedule decides, and what is none. Who may send it at all is in the access matrix and its specification. */
class ScheduleSpec {

    static final ScheduleId OFFICE = new ScheduleId(UUID.randomUUID());
    static final String BERLIN = "Europe/Berlin";
    static final List<String> HOURS = List.of("tuesday 09:00-17:00", "monday 13:00-17:00", "monday 09:00-12:30");

    final FixtureConfiguration<Schedule> schedule = Fixtures.of(Schedule.class);

    static DefineSchedule defining(String zone, String... holidays) {
        return new DefineSchedule(OFFICE, "Office hours", zone, HOURS, List.of(holidays));
    }

    static ScheduleDefined defined(int version, String zone, String... holidays) {
        return new ScheduleDefined(
                OFFICE,
                version,
                "Office hours",
                zone,
                Stream.of("monday 09:00-12:30", "monday 13:00-17:00", "tuesday 09:00-17:00")
                        .map(WeeklyHours::of)
                        .toList(),
                Stream.of(holidays).map(LocalDate::parse).toList());
    }

    static Map<String, ?> expecting(Integer version) {
        var admin = UUID.randomUUID();
        var act = new Act(admin, Role.ADMIN, admin, false, "command", "key", null, version);
        return Map.of(Act.NAME, act, Facts.NAME, Facts.NONE);
    }

    @Nested
    class Defining {

        @Test
        void the_first_definition_makes_it_with_hours_and_holidays_in_order() {
            schedule.givenNoPriorActivity()
                    .when(defining(BERLIN, "2026-12-26", "2026-12-25", "2026-12-26"), expecting(null))
                    .expectEvents(defined(1, BERLIN, "2026-12-25", "2026-12-26"));
        }

        @Test
        void no_holidays_are_none() {
            schedule.givenNoPriorActivity()
                    .when(new DefineSchedule(OFFICE, "Office hours", BERLIN, HOURS, null), expecting(0))
                    .expectEvents(defined(1, BERLIN));
        }

        @Test
        void the_next_definition_is_the_next_version() {
            schedule.given(defined(1, BERLIN), defined(2, "UTC"))
                    .when(defining(BERLIN, "2026-12-25"), expecting(2))
                    .expectEvents(defined(3, BERLIN, "2026-12-25"));
        }

        @Test
        void the_same_again_is_once() {
            schedule.given(defined(1, "UTC"), defined(2, BERLIN))
                    .when(defining(BERLIN), expecting(null))
                    .expectSuccessfulHandlerExecution()
                    .expectNoEvents();
        }

        @Test
        void the_version_must_be_the_expected_one() {
            schedule.given(defined(1, BERLIN))
                    .when(defining("UTC"), expecting(2))
                    .expectException(refused(new VersionMismatch(OFFICE.value(), 2, 1)))
                    .expectNoEvents();
        }

        @Test
        void one_that_is_expected_to_be_there_is_not_made() {
            schedule.givenNoPriorActivity()
                    .when(defining(BERLIN), expecting(1))
                    .expectException(refused(new VersionMismatch(OFFICE.value(), 1, 0)))
                    .expectNoEvents();
        }
    }

    @Nested
    class OnTheLog {

        @Test
        void definitions_follow_each_other_and_a_stream_of_another_kind_is_no_schedule() {
            try (var database = TestDatabase.create();
                    var desk = new Desk(database)) {
                var first = desk.send(
                        new DefineSchedule(null, "Office hours", BERLIN, HOURS, List.of("2026-12-25")), Senders.SYSTEM);
                var id = new ScheduleId((UUID) first.result().get("scheduleId"));
                var at = Instant.parse("2026-01-05T08:00:00Z");
                assertThat(refusal(
                                desk, new DefineSchedule(id, "Office hours", "UTC", HOURS, null), Terms.PLAIN.at(at)))
                        .isInstanceOf(OccurredBeforeLast.class);
                desk.send(new DefineSchedule(id, "Office hours", "UTC", HOURS, null), Senders.SYSTEM);
                assertThat(desk.log.after(0, 10))
                        .extracting(recorded -> ((ScheduleDefined) recorded.event()).version())
                        .containsExactly(1, 2);

                var team = new TeamId(Desk.IDS.get());
                desk.send(new CreateTeam(team, "Second line"), Senders.SYSTEM);
                var head = desk.log.head().position();
                var other = new DefineSchedule(new ScheduleId(team.value()), "Office hours", "UTC", HOURS, null);
                assertThat(refusal(desk, other, Terms.PLAIN)).isEqualTo(new NotFound());
                assertThat(desk.log.head().position()).isEqualTo(head);
            }
        }

        private static Object refusal(Desk desk, DefineSchedule command, Terms terms) {
            return catchThrowableOfType(
                            CommandRefusedException.class, () -> desk.gateway.send(command, Senders.SYSTEM, terms))
                    .reason();
        }
    }

    @Nested
    class Malformed {

        static List<FieldError> errors(String zone, List<String> hours, List<String> holidays) {
            return catchThrowableOfType(
                            MalformedException.class,
                            () -> new DefineSchedule(OFFICE, "Office hours", zone, hours, holidays))
                    .errors();
        }

        @Test
        void everything_that_is_missing_is_told_at_once() {
            assertThatExceptionOfType(MalformedException.class)
                    .isThrownBy(() -> new DefineSchedule(null, null, null, null, null))
                    .satisfies(e -> assertThat(e.errors())
                            .extracting(error -> error.field() + " " + error.rule())
                            .containsExactly("name required", "zone required", "hours required"));
        }

        /** The short names are other zones in PostgreSQL, or have no summer time there. */
        @ParameterizedTest
        @ValueSource(strings = {"", "Mars/Olympus_Mons", "europe/berlin", "CET", "EST5EDT", "+02:00", "UTC+2", "Japan"})
        void a_zone_that_is_none(String zone) {
            assertThat(errors(zone, HOURS, null))
                    .extracting(error -> error.field() + " " + error.rule())
                    .containsExactly("zone value");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "monday",
                    "Monday 09:00-17:00",
                    "monday 9:00-17:00",
                    "monday 09:00-24:01",
                    "monday 09:60-10:00",
                    "monday 09:00-09:00",
                    "monday 22:00-02:00",
                    "monday 09:00 - 17:00",
                    "monday 09:00-17:00\n"
                })
        void hours_that_are_none(String hours) {
            assertThat(errors(BERLIN, List.of("monday 00:00-24:00", hours), null))
                    .extracting(error -> error.field() + " " + error.rule())
                    .containsExactly("hours[1] format");
        }

        @ParameterizedTest
        @CsvSource({
            "monday 09:00-17:00, monday 09:00-17:00",
            "monday 09:00-17:00, monday 16:59-18:00",
            "monday 16:59-18:00, monday 09:00-17:00",
            "monday 09:00-17:00, monday 12:00-13:00"
        })
        void hours_that_overlap(String one, String other) {
            assertThat(errors(BERLIN, List.of("friday 09:00-17:00", one, other), null))
                    .containsExactly(new FieldError("hours[2]", "value", "must not overlap with hours[1]"));
        }

        @Test
        void hours_that_touch_do_not_overlap() {
            var hours = List.of("monday 09:00-12:00", "monday 12:00-24:00", "tuesday 00:00-02:00");
            assertThat(new DefineSchedule(OFFICE, "Office hours", BERLIN, hours, null).hours())
                    .isEqualTo(hours);
        }

        @Test
        void as_many_hours_and_holidays_as_there_may_be_and_no_more() {
            var hours = new ArrayList<String>();
            for (var day : List.of("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
                for (var hour = 0; hour < 24; hour++) hours.add("%s %02d:00-%02d:00".formatted(day, hour, hour + 1));
            var holidays = Stream.iterate(LocalDate.of(2026, 1, 1), date -> date.plusDays(1))
                    .limit(DefineSchedule.MAX_HOLIDAYS)
                    .map(LocalDate::toString)
                    .toList();
            assertThat(new DefineSchedule(OFFICE, "Always", BERLIN, hours, holidays).hours())
                    .hasSize(DefineSchedule.MAX_HOURS);
            hours.add("monday 00:00-00:30");
            var more = new ArrayList<>(holidays);
            more.add("2030-01-01");
            assertThat(errors(BERLIN, hours, more))
                    .extracting(error -> error.field() + " " + error.rule())
                    .containsExactly("hours length", "holidays length");
            assertThat(errors(BERLIN, List.of(), null))
                    .extracting(error -> error.field() + " " + error.rule())
                    .containsExactly("hours length");
        }

        @ParameterizedTest
        @CsvSource({
            "'', format",
            "25.12.2026, format",
            "2026-02-30, format",
            "1969-12-31, value",
            "2200-01-01, value",
            "-2026-01-01, value"
        })
        void holidays_that_are_none(String holiday, String rule) {
            assertThat(errors(BERLIN, HOURS, List.of("2026-01-01", holiday)))
                    .extracting(error -> error.field() + " " + error.rule())
                    .containsExactly("holidays[1] " + rule);
        }

        @Test
        void elements_that_are_null() {
            assertThat(errors(BERLIN, Collections.singletonList(null), Collections.singletonList(null)))
                    .extracting(error -> error.field() + " " + error.rule())
                    .containsExactly("hours[0] required", "holidays[0] required");
        }
    }
}
