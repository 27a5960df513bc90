package dev.chronodesk.bench.faults.checker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.bench.faults.checker.TableChecker.Contents;
import dev.chronodesk.bench.faults.checker.TableChecker.Sight;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Rows that differ, are missing, too many, or shown to the wrong person are found. */
class TableCheckerSpec {

    private static final Contents TABLES =
            new Contents(9, Map.of("tickets", Map.of("1", "aa", "2", "bb"), "teams", Map.of("7", "cc")));

    private static Contents tickets(long position, Map<String, String> tickets) {
        return new Contents(position, Map.of("tickets", tickets, "teams", Map.of("7", "cc")));
    }

    @Test
    void equal_tables_pass() {
        assertThat(TableChecker.check(tickets(9, Map.of("2", "bb", "1", "aa")), TABLES))
                .isEmpty();
    }

    @Test
    void a_row_that_differs_is_found() {
        only(Rule.TABLES_EQUAL_FOLD, "differs", TableChecker.check(tickets(9, Map.of("1", "aa", "2", "b!")), TABLES));
    }

    @Test
    void a_missing_row_is_found() {
        only(Rule.TABLES_EQUAL_FOLD, "missing", TableChecker.check(tickets(9, Map.of("1", "aa")), TABLES));
    }

    @Test
    void an_extra_row_is_found() {
        only(
                Rule.TABLES_EQUAL_FOLD,
                "extra",
                TableChecker.check(tickets(9, Map.of("1", "aa", "2", "bb", "3", "cc")), TABLES));
    }

    @Test
    void tables_at_another_position_are_found() {
        only(Rule.TABLES_EQUAL_FOLD, "not at 9", TableChecker.check(tickets(8, Map.of("1", "aa", "2", "bb")), TABLES));
    }

    @Test
    void many_wrong_rows_are_counted() {
        var wrong = Map.of("1", "x", "2", "x", "3", "x", "4", "x", "5", "x", "6", "x", "7", "x");
        assertThat(TableChecker.check(tickets(9, wrong), TABLES))
                .hasSize(6)
                .last()
                .satisfies(last -> assertThat(last.detail()).isEqualTo("2 more rows"));
    }

    @Test
    void a_foreign_row_that_is_shown_is_found() {
        only(
                Rule.NOTHING_FOREIGN_VISIBLE,
                "1 rows of tickets, first 2",
                TableChecker.check(List.of(new Sight("Bob over HTTP", "tickets", Set.of("1"), Set.of("1", "2")))));
    }

    @Test
    void a_row_that_is_hidden_from_its_owner_is_found() {
        only(
                Rule.NOTHING_OWN_HIDDEN,
                "1 rows of tickets, first 1",
                TableChecker.check(List.of(new Sight("Bob over HTTP", "tickets", Set.of("1", "2"), Set.of("2")))));
        assertThat(TableChecker.check(List.of(new Sight("Bob", "tickets", Set.of("1"), Set.of("1")))))
                .isEmpty();
    }

    @Test
    void a_rebuild_that_appends_is_found() {
        only(
                Rule.REBUILD_APPENDS_NOTHING,
                "the head was 9 before the rebuild",
                TableChecker.rebuilt(9, TABLES, 10, TABLES));
        assertThat(TableChecker.rebuilt(9, TABLES, 9, TABLES)).isEmpty();
    }

    @Test
    void a_rebuild_that_gives_other_rows_is_found() {
        only(
                Rule.REBUILD_CHANGES_NOTHING,
                "differs",
                TableChecker.rebuilt(9, TABLES, 9, tickets(9, Map.of("1", "aa", "2", "b!"))));
    }

    private static void only(Rule rule, String detail, List<Finding> findings) {
        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.rule()).isEqualTo(rule);
            assertThat(finding.detail()).contains(detail);
        });
    }
}
