package dev.chronodesk.app.imports;

import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.Status;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One update of an incident, as a row of ServiceNow's export says it. Null where the row has {@code ?}.
 *
 * @param line where the row begins in the file, from 1
 * @param update {@code sys_mod_count}; updates of an incident are in its order
 */
record IncidentRow(
        long line,
        String number,
        int update,
        Status status,
        Priority priority,
        String caller,
        @Nullable String openedBy,
        Instant openedAt,
        String updatedBy,
        Instant updatedAt,
        @Nullable String category,
        @Nullable String subcategory,
        @Nullable String symptom,
        @Nullable String group,
        @Nullable String assignee) {

    /** What is known of the matter: the export has no text. */
    String description() {
        return "Category: " + shown(category) + "\nSubcategory: " + shown(subcategory) + "\nSymptom: " + shown(symptom);
    }

    private static String shown(@Nullable String value) {
        return value == null ? "?" : value;
    }
}
