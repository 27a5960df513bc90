package dev.chronodesk.query.schedule;

import dev.chronodesk.query.fold.Column;
import dev.chronodesk.query.fold.SqlType;
import dev.chronodesk.query.fold.Table;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One definition of a schedule, in force from when it was defined until it was replaced.
 *
 * @param hours as {@code monday 09:00-17:00}
 * @param holidays as {@code 2026-12-25}
 * @param replacedAt when the next version was defined; null for the newest
 */
public record ScheduleRow(
        UUID id,
        int version,
        String name,
        String zone,
        List<String> hours,
        List<String> holidays,
        Instant definedAt,
        @Nullable Instant replacedAt) {

    /** Which schedule and which version of it. */
    public record Key(UUID id, int version) {}

    public static final Table<Key, ScheduleRow> TABLE = Table.<Key, ScheduleRow>keyedByMany(
                    "schedules",
                    List.of(
                            new Column<>("id", SqlType.UUID, Key::id),
                            new Column<>("version", SqlType.INT, Key::version)),
                    row -> new Key(row.id(), row.version()))
            .constant("name", SqlType.TEXT, ScheduleRow::name)
            .constant("zone", SqlType.TEXT, ScheduleRow::zone)
            .constant("hours", SqlType.TEXTS, ScheduleRow::hours)
            .constant("holidays", SqlType.TEXTS, ScheduleRow::holidays)
            .constant("defined_at", SqlType.TIMESTAMP, ScheduleRow::definedAt)
            .column("replaced_at", SqlType.TIMESTAMP, ScheduleRow::replacedAt)
            .readBy(in -> new ScheduleRow(
                    in.uuid(),
                    in.integer(),
                    in.text(),
                    in.text(),
                    in.texts(),
                    in.texts(),
                    in.instant(),
                    in.instantOrNull()));

    ScheduleRow replaced(Instant at) {
        return new ScheduleRow(id, version, name, zone, hours, holidays, definedAt, at);
    }
}
