package dev.chronodesk.query.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.db.port.HistoryEntry.Change;
import dev.chronodesk.events.Metadata;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.schedule.ScheduleDefined;
import dev.chronodesk.events.schedule.ScheduleEvent;
import dev.chronodesk.events.schedule.ScheduleId;
import dev.chronodesk.events.schedule.WeeklyHours;
import dev.chronodesk.query.fold.FoldException;
import dev.chronodesk.query.fold.Rows;
import dev.chronodesk.query.history.Changes;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ScheduleProjectionSpec {

    private static final ScheduleId OFFICE = new ScheduleId(UUID.randomUUID());
    private static final UUID ADMIN = UUID.randomUUID();
    private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

    private final Rows rows = Rows.ofWholeHistory();

    private static ScheduleDefined defined(int version, String zone) {
        return new ScheduleDefined(
                OFFICE,
                version,
                "Office hours",
                zone,
                List.of(WeeklyHours.of("monday 09:00-17:00")),
                List.of(LocalDate.of(2026, 12, 25)));
    }

    /** The event of that number in the stream, so many hours after nine. */
    private void fold(int seq, ScheduleDefined event) {
        new ScheduleProjection()
                .fold(
                        new Recorded<ScheduleEvent>(
                                100 + seq,
                                seq,
                                1,
                                UUID.randomUUID(),
                                NINE.plus(Duration.ofDays(1)),
                                NINE.plus(Duration.ofHours(seq)),
                                event,
                                new Metadata(ADMIN, Role.ADMIN, ADMIN, false, "DefineSchedule", "key", null)),
                        rows);
    }

    private static ScheduleRow row(int version, String zone, Instant definedAt, Instant replacedAt) {
        return new ScheduleRow(
                OFFICE.value(),
                version,
                "Office hours",
                zone,
                List.of("monday 09:00-17:00"),
                List.of("2026-12-25"),
                definedAt,
                replacedAt);
    }

    @Test
    void every_version_is_kept_and_in_force_until_the_next() {
        fold(0, defined(1, "UTC"));
        fold(1, defined(2, "Europe/Berlin"));
        assertThat(rows.all(ScheduleRow.TABLE))
                .containsExactlyInAnyOrder(
                        row(1, "UTC", NINE, NINE.plus(Duration.ofHours(1))),
                        row(2, "Europe/Berlin", NINE.plus(Duration.ofHours(1)), null));
    }

    @Test
    void a_definition_that_is_folded_twice_or_without_the_one_before_it_is_caught() {
        fold(0, defined(1, "UTC"));
        for (var wrong : List.of(defined(1, "UTC"), defined(3, "UTC")))
            assertThatExceptionOfType(FoldException.class).isThrownBy(() -> fold(wrong.version() - 1, wrong));
        assertThatExceptionOfType(FoldException.class).isThrownBy(() -> fold(2, defined(2, "UTC")));
    }

    @Test
    void its_history_says_all_of_a_definition() {
        assertThat(Changes.of(defined(1, "UTC")))
                .isEqualTo(Map.of(
                        "name", new Change(null, "Office hours"),
                        "zone", new Change(null, "UTC"),
                        "hours", new Change(null, List.of("monday 09:00-17:00")),
                        "holidays", new Change(null, List.of("2026-12-25"))));
    }
}
