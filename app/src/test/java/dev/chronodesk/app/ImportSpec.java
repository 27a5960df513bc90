package dev.chronodesk.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.chronodesk.app.imports.Incidents;
import dev.chronodesk.app.imports.Progress;
import dev.chronodesk.app.imports.Remark;
import dev.chronodesk.app.imports.Tally;
import dev.chronodesk.command.door.Commands;
import dev.chronodesk.events.schedule.ScheduleId;
import dev.chronodesk.query.statistics.Agreement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ImportSpec {

    static final Path SAMPLE = Path.of("../samples/servicenow-sample.csv");

    static final Progress NOBODY_WATCHES = new Progress() {
        @Override
        public void begin(String part, long steps) {}

        @Override
        public void step() {}
    };

    @TempDir
    Path directory;

    TestDesk desk;

    @BeforeEach
    void start() {
        desk = TestDesk.start();
    }

    @AfterEach
    void stop() {
        desk.close();
    }

    @Test
    void the_sample_becomes_tickets_with_their_people_teams_and_history() throws Exception {
        var tally = bring(SAMPLE);
        assertThat(tally.rejected()).isZero();
        assertThat(tally.rows()).isEqualTo(50);
        assertThat(tally.events()).isPositive();
        var admin = desk.admin();
        assertThat(desk.read(admin, "tickets?select=id")).hasSize(12);
        assertThat(statuses(admin)).containsOnlyKeys("new", "open", "pending", "solved", "closed");
        var reopened = desk.read(
                        admin, "tickets?select=reopen_count,status,priority,solved_at,created_at&subject=eq.INC0900005")
                .get(0);
        assertThat(reopened.get("reopen_count").asInt()).isOne();
        assertThat(reopened.get("status").asString()).isEqualTo("closed");
        assertThat(reopened.get("created_at").asString()).startsWith("2024-03-05T11:20:00");
        assertThat(desk.read(
                                admin,
                                "profiles?select=display_name,role,email&display_name=eq."
                                        + TestDesk.encoded("Mara Lindqvist (desk)"))
                        .get(0)
                        .toString())
                .isEqualTo("{\"display_name\":\"Mara Lindqvist (desk)\",\"role\":\"agent\",\"email\":null}");
        assertThat(desk.read(admin, "profiles?select=role&display_name=eq." + TestDesk.encoded("Søren Ågård"))
                        .get(0)
                        .get("role")
                        .asString())
                .isEqualTo("customer");
        assertThat(desk.read(admin, "teams?select=name&order=name")
                        .valueStream()
                        .map(t -> t.get("name").asString()))
                .containsExactly("First line", "Network", "Workplace");
    }

    @Test
    void the_person_who_acted_is_the_actor_at_the_time_of_the_row() throws Exception {
        bring(SAMPLE);
        var admin = desk.admin();
        var ticket = desk.read(admin, "tickets?select=id&subject=eq.INC0900002")
                .get(0)
                .get("id")
                .asString();
        var history =
                desk.get(admin, "/audit/tickets/" + ticket + "/history").ok().json();
        assertThat(history.valueStream().map(e -> e.get("type").asString()))
                .containsExactly(
                        "TicketCreated",
                        "MovedToTeam",
                        "TicketAssigned",
                        "PriorityChanged",
                        "StatusChanged",
                        "StatusChanged",
                        "StatusChanged");
        var oke = desk.read(admin, "profiles?select=id&display_name=eq." + TestDesk.encoded("Oke Brandt (desk)"))
                .get(0)
                .get("id");
        assertThat(history).allSatisfy(entry -> assertThat(entry.get("actor")).isEqualTo(oke));
        assertThat(history.get(5).get("occurredAt").asString()).startsWith("2024-03-04T09:46:00");
    }

    @Test
    void what_goes_from_open_to_closed_at_once_is_solved_on_the_way() throws Exception {
        bring(SAMPLE);
        var admin = desk.admin();
        var ticket = desk.read(admin, "tickets?select=status,solved_at,closed_at&subject=eq.INC0900011")
                .get(0);
        assertThat(ticket.get("status").asString()).isEqualTo("closed");
        assertThat(ticket.get("solved_at")).isEqualTo(ticket.get("closed_at"));
    }

    @Test
    void statistics_of_the_sample_are_those_of_its_events_in_calendar_and_business_time() throws Exception {
        bring(SAMPLE);
        agree(desk.admin());
    }

    private void agree(String admin) throws SQLException {
        var defined = desk.command(
                admin,
                "DefineSchedule",
                Map.of(
                        "name",
                        "Office hours",
                        "zone",
                        "Europe/Berlin",
                        "hours",
                        List.of(
                                "monday 09:00-17:00",
                                "wednesday 08:30-12:00",
                                "wednesday 12:45-18:00",
                                "sunday 00:00-24:00"),
                        "holidays",
                        List.of("2016-03-28", "2024-03-04")));
        var schedule = defined.ok().json().get("result").get("scheduleId").asString();
        assertThat(desk.read(admin, "schedules?select=version,zone&id=eq." + schedule)
                        .toString())
                .isEqualTo("[{\"version\":1,\"zone\":\"Europe/Berlin\"}]");
        var agreement = new Agreement(desk.database(), "imported tickets");
        assertThat(agreement.of(agreement.first(), agreement.last().plusSeconds(1), ScheduleId.of(schedule)))
                .isPositive();
    }

    @Test
    void a_second_import_adds_nothing_also_without_receipts() throws Exception {
        bring(SAMPLE);
        var head = desk.head();
        assertThat(bring(SAMPLE).events()).isZero();
        prune();
        var again = bring(SAMPLE);
        assertThat(again.events()).isZero();
        assertThat(again.skipped()).isEqualTo(again.rows());
        assertThat(desk.head()).isEqualTo(head);
    }

    @Test
    void what_people_did_since_then_is_not_undone_by_a_second_import() throws Exception {
        bring(SAMPLE);
        var admin = desk.admin();
        var ticket = desk.read(admin, "tickets?select=id&subject=eq.INC0900007")
                .get(0)
                .get("id")
                .asString();
        desk.command(admin, "ChangeStatus", Map.of("ticketId", ticket, "status", "open"))
                .ok();
        desk.command(admin, "ChangePriority", Map.of("ticketId", ticket, "priority", "urgent"))
                .ok();
        var agent = desk.read(admin, "profiles?select=id&display_name=eq." + TestDesk.encoded("Lena Osei"))
                .get(0)
                .get("id")
                .asString();
        desk.command(admin, "AssignRole", Map.of("profileId", agent, "role", "auditor"))
                .ok();
        prune();
        assertThat(bring(SAMPLE).events()).isZero();
    }

    @Test
    void an_import_that_was_cut_off_goes_on_where_it_stopped() throws Exception {
        var lines = Files.readAllLines(SAMPLE);
        var half = Files.write(directory.resolve("half.csv"), lines.subList(0, 24));
        var first = bring(half);
        prune();
        var second = bring(SAMPLE);
        try (var other = TestDesk.start()) {
            var whole =
                    new Incidents(other.part(Commands.class), other.database().log()).bring(SAMPLE, NOBODY_WATCHES);
            assertThat(first.events() + second.events()).isEqualTo(whole.events());
        }
    }

    @Test
    void malformed_rows_are_named_and_the_rest_is_imported() throws Exception {
        var lines = new java.util.ArrayList<>(Files.readAllLines(SAMPLE));
        lines.add(3, "one,two");
        lines.set(7, lines.get(7).replace("Active", "Dreaming"));
        lines.add(lines.getLast().replace("INC0900012", "INC" + "9".repeat(300)));
        var broken = Files.write(directory.resolve("broken.csv"), lines);
        var tally = bring(broken);
        assertThat(tally.remarks())
                .filteredOn(remark -> remark.kind() == Remark.Kind.REJECTED)
                .extracting(Remark::line)
                .containsExactly(4L, 8L, (long) lines.size());
        assertThat(tally.rejected()).isEqualTo(3);
        assertThat(desk.read(desk.admin(), "tickets?select=id")).hasSize(12);
    }

    @Test
    void real_tickets_are_all_closed_and_their_statistics_are_those_of_the_rows() throws Exception {
        var data = System.getenv("CHRONODESK_TEST_DATA");
        assumeTrue(data != null, "CHRONODESK_TEST_DATA names no directory with real tickets: skipped");
        var export = Path.of(data).resolve("servicenow-incidents.csv.gz");

        var tally = bring(export);
        assertThat(tally.rows()).isEqualTo(5998);
        assertThat(tally.rejected()).isZero();
        assertThat(tally.remarks()).as("one goes back to new").hasSizeBetween(1, 10);
        var admin = desk.admin();
        assertThat(statuses(admin)).isEqualTo(Map.of("closed", 890));

        var head = desk.head();
        assertThat(bring(export).events()).isZero();
        prune();
        assertThat(bring(export).events()).isZero();
        assertThat(desk.head()).isEqualTo(head);

        agree(admin);
        compare(admin, PerformanceFromRows.of(export, 2016).resolutionsByAgent());
    }

    private void compare(String admin, Map<String, List<Double>> expected) {
        var names = new HashMap<String, String>();
        for (var offset = 0; ; offset += 500) {
            var page = desk.read(admin, "profiles?select=id,display_name&order=id&limit=500&offset=" + offset);
            for (var profile : page)
                names.put(
                        profile.get("id").asString(),
                        profile.get("display_name").asString());
            if (page.size() < 500) break;
        }
        var rows = desk.read(
                admin, "rpc/agent_performance?since=2016-01-01T00:00:00Z&until=2017-01-01T00:00:00Z&limit=1000");
        var seen = new HashMap<String, JsonNode>();
        for (var row : rows) {
            var agent = row.get("agent_id").isNull()
                    ? ""
                    : names.get(row.get("agent_id").asString());
            assertThat(row.get("replies").asInt()).isZero();
            assertThat(row.get("first_response_count").asInt()).isZero();
            assertThat(row.get("first_response_mean_s").isNull()).isTrue();
            seen.put(agent, row);
        }
        assertThat(seen.keySet()).isEqualTo(expected.keySet());
        assertThat(expected.values().stream().mapToInt(List::size).sum())
                .as("one was solved later")
                .isEqualTo(889);
        expected.forEach((agent, resolutions) -> {
            var row = seen.get(agent);
            assertThat(row.get("tickets_solved").asInt()).as(agent).isEqualTo(resolutions.size());
            assertThat(row.get("full_resolution_count").asInt()).as(agent).isEqualTo(resolutions.size());
            same(row, "full_resolution_mean_s", PerformanceFromRows.mean(resolutions));
            same(row, "full_resolution_p50_s", PerformanceFromRows.percentile(resolutions, 0.5));
            same(row, "full_resolution_p90_s", PerformanceFromRows.percentile(resolutions, 0.9));
            same(row, "full_resolution_p95_s", PerformanceFromRows.percentile(resolutions, 0.95));
        });
    }

    private static void same(JsonNode row, String column, double expected) {
        assertThat(row.get(column).asDouble()).as(column + " of " + row).isCloseTo(expected, within(0.01));
    }

    private Map<String, Integer> statuses(String admin) {
        var statuses = new HashMap<String, Integer>();
        for (var ticket : desk.read(admin, "tickets?select=status&limit=1000"))
            statuses.merge(ticket.get("status").asString(), 1, Integer::sum);
        return statuses;
    }

    private Tally bring(Path file) throws InterruptedException {
        return new Incidents(desk.part(Commands.class), desk.database().log()).bring(file, NOBODY_WATCHES);
    }

    private void prune() throws SQLException {
        try (var owner = desk.database().superuser();
                var statement = owner.createStatement()) {
            assertThat(statement.executeUpdate("delete from log.receipt")).isPositive();
        }
    }
}
