package dev.chronodesk.app.imports;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Somebody whom the rows name.
 *
 * @param staff whether named as anything but a caller
 * @param line of the first row that names them
 * @param since the earliest time at which a row names them
 */
record Person(String name, boolean staff, long line, Instant since) {

    private Person and(Person other) {
        return new Person(
                name,
                staff || other.staff,
                Math.min(line, other.line),
                since.isBefore(other.since) ? since : other.since);
    }

    static List<Person> in(List<List<IncidentRow>> incidents) {
        var people = new LinkedHashMap<String, Person>();
        for (var rows : incidents) {
            var first = rows.getFirst();
            named(people, first, first.caller(), false, first.openedAt());
            named(people, first, first.openedBy(), true, first.openedAt());
            for (var row : rows) {
                named(people, row, row.updatedBy(), true, row.updatedAt());
                named(people, row, row.assignee(), true, row.updatedAt());
            }
            // without an opener the first updater opens
            if (first.openedBy() == null) named(people, first, first.updatedBy(), true, first.openedAt());
        }
        return new ArrayList<>(people.values());
    }

    private static void named(
            Map<String, Person> people, IncidentRow row, @Nullable String name, boolean staff, Instant at) {
        if (name != null) people.merge(name, new Person(name, staff, row.line(), at), Person::and);
    }
}
