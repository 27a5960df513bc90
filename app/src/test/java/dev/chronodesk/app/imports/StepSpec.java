package dev.chronodesk.app.imports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.Status;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StepSpec {

    @Test
    void the_first_row_differs_from_a_bare_new_ticket_in_the_order_team_assignee_priority_state() {
        assertThat(changes(row(0, Status.OPEN, Priority.HIGH, "Group 1", "Resolver 1")))
                .containsExactly(
                        new Change.Team("Group 1"),
                        new Change.Assignee("Resolver 1"),
                        new Change.Urgency(Priority.HIGH),
                        new Change.State(Status.OPEN));
    }

    @Test
    void a_bare_new_row_says_nothing() {
        assertThat(changes(row(0, Status.NEW, Priority.NORMAL, null, null))).isEmpty();
    }

    @Test
    void only_differences_count_and_what_is_missing_says_nothing() {
        assertThat(changes(
                        row(0, Status.OPEN, Priority.NORMAL, "Group 1", "Resolver 1"),
                        row(1, Status.OPEN, Priority.NORMAL, null, null),
                        row(2, Status.OPEN, Priority.NORMAL, "Group 1", "Resolver 2"),
                        row(3, Status.SOLVED, Priority.NORMAL, "Group 2", null)))
                .containsExactly(
                        new Change.Team("Group 1"),
                        new Change.Assignee("Resolver 1"),
                        new Change.State(Status.OPEN),
                        new Change.Assignee("Resolver 2"),
                        new Change.Team("Group 2"),
                        new Change.State(Status.SOLVED));
    }

    @Test
    void keys_differ_also_between_updates_of_the_same_count() {
        var steps = Step.of(List.of(
                row(0, Status.OPEN, Priority.NORMAL, null, null),
                row(1, Status.PENDING, Priority.NORMAL, null, null),
                row(1, Status.OPEN, Priority.NORMAL, null, null),
                row(11, Status.PENDING, Priority.NORMAL, null, null)));
        assertThat(steps).extracting(Step::key).doesNotHaveDuplicates().hasSize(4);
    }

    @Test
    void ids_follow_from_the_names_and_never_change() {
        assertThat(Names.ticket("INC1")).hasToString("e2ab94d9-9d8a-5fc4-aad6-f4e59576b258");
        assertThat(Names.person("Opened by  8")).hasToString("7fcd18b5-b42e-5ecc-baca-1f0b7722db9c");
        assertThat(Names.team("Group 56")).hasToString("c761756b-3f5b-5ad3-9d28-55775294cdf3");
        assertThat(Names.person("Caller 12")).isNotEqualTo(Names.person("Resolver 12"));
    }

    private static List<Change> changes(IncidentRow... rows) {
        return Step.of(List.of(rows)).stream().map(Step::change).toList();
    }

    static IncidentRow row(
            int update, Status status, Priority priority, @Nullable String group, @Nullable String assignee) {
        var at = Instant.parse("2016-03-01T00:00:00Z").plusSeconds(60L * update);
        return new IncidentRow(
                update + 2L,
                "INC1",
                update,
                status,
                priority,
                "Caller 1",
                null,
                at,
                "Updated by 1",
                at,
                null,
                null,
                null,
                group,
                assignee);
    }
}
