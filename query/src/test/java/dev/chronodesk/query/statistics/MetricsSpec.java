package dev.chronodesk.query.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.metric.Definition;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.schedule.ScheduleId;
import dev.chronodesk.events.ticket.MovedToTeam;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.Visibility;
import dev.chronodesk.query.Desk;
import dev.chronodesk.query.Histories;
import dev.chronodesk.query.Http;
import dev.chronodesk.query.QuerySettings;
import dev.chronodesk.query.rest.RestController;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every metric by cases, and all of them against {@link Oracle} on a random history, in calendar and business time. */
class MetricsSpec {

    private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

    /** A few days before clocks change in Berlin, in Santiago, or on Lord Howe, by half an hour. */
    private static final List<Instant> CHANGES = Stream.of("2026-03-27", "2026-10-23", "2026-04-03", "2026-09-04")
            .map(day -> Instant.parse(day + "T08:00:00Z"))
            .toList();

    private TestDatabase database;
    private Desk desk;
    private Analyst analyst;
    private Histories histories;
    private ProfileId bob;
    private ProfileId ada;
    private ProfileId ann;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        desk = new Desk(database, 1000).start();
        analyst = new Analyst(database);
        histories = new Histories(desk.log()).at(NINE);
        bob = histories.person("Bob", Role.CUSTOMER);
        ada = histories.person("Ada", Role.AGENT);
        ann = histories.person("Ann", Role.AGENT);
    }

    @AfterEach
    void close() {
        desk.close();
        database.close();
    }

    private static Instant minutes(long minutes) {
        return NINE.plus(Duration.ofMinutes(minutes));
    }

    private List<List<String>> ask(String sql) throws SQLException {
        desk.caughtUp();
        return analyst.ask(sql);
    }

    private static String call(String function, String metric, Instant since, Instant until) {
        return Analyst.call(function, metric, since, until, null);
    }

    private List<List<String>> day(String function, String metric) throws SQLException {
        return ask(call(function, metric, NINE, NINE.plus(Duration.ofDays(1))));
    }

    @Test
    void work_belongs_to_who_had_the_ticket_and_not_to_who_has_it() throws SQLException {
        var ticket = histories.ticket(bob, "A");
        histories.at(minutes(5)).assign(ticket, null, ada);
        histories.at(minutes(15)).assign(ticket, ada, ann);
        histories.at(minutes(18)).move(ticket, Status.NEW, Status.PENDING);
        histories.at(minutes(30)).move(ticket, Status.PENDING, Status.OPEN);
        histories.at(minutes(31)).move(ticket, Status.OPEN, Status.SOLVED);
        assertThat(day("agent_metric", "agent_work"))
                .extracting(row -> row.get(0) + " " + row.get(1) + " " + row.get(2))
                .containsExactlyInAnyOrder(ada + " 1 600", ann + " 1 240");
        assertThat(day("agent_metric", "agent_wait"))
                .extracting(row -> row.get(0) + " " + row.get(2))
                .containsExactly(ann + " 720");
        assertThat(day("desk_metric", "requester_wait"))
                .extracting(row -> row.get(0) + " " + row.get(1))
                .containsExactly("1 1140");
    }

    @Test
    void a_period_cuts_time_in_a_status_at_both_ends() throws SQLException {
        var ticket = histories.ticket(bob, "A");
        histories.assign(ticket, null, ada);
        histories.at(minutes(60)).move(ticket, Status.NEW, Status.ON_HOLD);
        assertThat(ask(call("desk_metric", "requester_wait", minutes(50), minutes(70))))
                .extracting(row -> row.get(1))
                .containsExactly("1200");
        assertThat(ask(call("measurements", "on_hold", minutes(50), minutes(70))))
                .singleElement()
                .satisfies(row -> assertThat(row.get(7)).isEqualTo("null"));
    }

    @Test
    void a_next_response_is_the_author_s_who_gave_it_and_waits_since_the_first_unanswered_comment()
            throws SQLException {
        var ticket = histories.ticket(bob, "A");
        histories.assign(ticket, null, ada);
        histories.at(minutes(1)).by(bob).comment(ticket, bob, "before any answer", Visibility.PUBLIC);
        histories.at(minutes(2)).by(ada).comment(ticket, ada, "first", Visibility.PUBLIC);
        histories.at(minutes(10)).by(bob).comment(ticket, bob, "and?", Visibility.PUBLIC);
        histories.at(minutes(12)).by(bob).comment(ticket, bob, "hello?", Visibility.PUBLIC);
        histories.at(minutes(13)).by(ada).comment(ticket, ada, "note", Visibility.INTERNAL);
        histories.at(minutes(14)).by(ada).automated(true).comment(ticket, ada, "robot", Visibility.PUBLIC);
        histories.automated(false);
        histories.at(minutes(15)).by(ann).comment(ticket, ann, "yes", Visibility.PUBLIC);
        histories.at(minutes(16)).by(ann).comment(ticket, ann, "more", Visibility.PUBLIC);
        assertThat(day("agent_metric", "next_response"))
                .extracting(row -> row.get(0) + " " + row.get(1) + " " + row.get(2))
                .containsExactly(ann + " 1 300");
        assertThat(day("agent_metric", "first_response"))
                .extracting(row -> row.get(0) + " " + row.get(2))
                .containsExactly(ada + " 120");
    }

    @Test
    void one_touch_is_one_reply_and_no_reopening_and_the_reopen_rate_counts_one_set() throws SQLException {
        for (var name : List.of("one touch", "two replies", "reopened")) {
            var ticket = histories.at(NINE).ticket(bob, name);
            histories.by(ada).assign(ticket, null, ada);
            histories.at(minutes(2)).comment(ticket, ada, "yes", Visibility.PUBLIC);
            if (name.equals("two replies")) histories.comment(ticket, ada, "yes!", Visibility.PUBLIC);
            histories.at(minutes(3)).move(ticket, Status.NEW, Status.SOLVED);
            if (!name.equals("reopened")) continue;
            histories.at(minutes(2000)).move(ticket, Status.SOLVED, Status.OPEN);
            histories.at(minutes(2001)).move(ticket, Status.OPEN, Status.SOLVED);
        }
        // agent, touches, assignments, first_solved, reopened, one_touch; Ada opened two of the tickets herself
        assertThat(ask("select * from api.agent_counts('" + NINE + "', '" + minutes(1000) + "')"))
                .containsExactly(List.of(ada.toString(), "12", "3", "3", "1", "1"));
    }

    @Test
    void the_versions_of_a_ticket_follow_each_other_without_a_gap() throws SQLException {
        var ticket = histories.ticket(bob, "A");
        var team = histories.team("First");
        histories.at(minutes(5)).assign(ticket, null, ada);
        histories.at(minutes(6)).append(new MovedToTeam(ticket, null, team));
        histories.at(minutes(7)).comment(ticket, ada, "yes", Visibility.PUBLIC);
        histories.at(minutes(8)).move(ticket, Status.NEW, Status.SOLVED);
        var versions = ask("select number, status, assignee_id, team_id, from_position, until_position"
                + " from api.ticket_versions order by number");
        assertThat(versions)
                .extracting(row -> String.join(" ", row.subList(0, 4)))
                .containsExactly(
                        "1 new null null",
                        "2 new " + ada + " null",
                        "3 new " + ada + " " + team,
                        "4 solved " + ada + " " + team);
        for (var i = 1; i < versions.size(); i++)
            assertThat(versions.get(i).get(4)).isEqualTo(versions.get(i - 1).get(5));
        assertThat(versions.getLast().get(5)).isEqualTo("null");
        assertThat(ask("select assignees, teams from api.ticket_stations")).containsExactly(List.of("1", "1"));
    }

    @Test
    void metrics_are_answered_by_http_too() {
        var ticket = histories.ticket(bob, "A");
        histories.at(minutes(2)).by(ada).comment(ticket, ada, "yes", Visibility.PUBLIC);
        desk.caughtUp();
        var http = new Http(new RestController(
                        database.database().read(), desk.runner(), desk.log(), QuerySettings.defaults()))
                .as(new Caller.Known(UUID.randomUUID(), Role.ANALYST));
        var metric = http.get("/rest/v1/rpc/desk_metric?metric=first_response&since=" + NINE + "&until=" + minutes(9));
        assertThat(metric.status()).as(metric.body()).isEqualTo(200);
        assertThat(metric.json().get(0).path("total_s").asDouble()).isEqualTo(120);
        var schedule = histories.schedule(null, "UTC", List.of("monday 09:01-17:00"));
        desk.caughtUp();
        var business = http.get("/rest/v1/rpc/desk_metric?metric=first_response&since=" + NINE + "&until=" + minutes(9)
                + "&schedule=" + schedule);
        assertThat(business.json().get(0).path("total_s").asDouble()).isEqualTo(60);
        var backlog = http.get("/rest/v1/rpc/backlog?at=" + minutes(1));
        assertThat(backlog.json().get(0).path("tickets").asInt()).isEqualTo(1);
        assertThat(http.get("/rest/v1/ticket_versions?select=status").body()).contains("new");
    }

    @Test
    void the_backlog_of_an_instant_is_found_by_index() throws SQLException {
        histories.random(200);
        desk.caughtUp();
        try (var connection = analyst.connection();
                var statement = connection.createStatement()) {
            statement.execute("set local enable_seqscan to off");
            var plan = Analyst.rows(connection, "explain select * from api.backlog('" + minutes(60) + "')")
                    .toString();
            assertThat(plan)
                    .contains("ticket_states_unsolved")
                    .contains("ticket_courses_unsolved")
                    .doesNotContain("Seq Scan");
        }
    }

    @Test
    void in_business_time_only_the_hours_of_the_schedule_count() throws SQLException {
        var schedule = histories.schedule(null, "Europe/Berlin", List.of("monday 09:00-17:00", "tuesday 09:00-17:00"));
        var ticket = histories.at(NINE).ticket(bob, "A");
        histories.assign(ticket, null, ada);
        histories.at(NINE.plus(Duration.ofHours(24))).by(ada).comment(ticket, ada, "yes", Visibility.PUBLIC);
        histories.move(ticket, Status.NEW, Status.PENDING);
        // from 10 to 17 on Monday and from 9 to 10 on Tuesday, in Berlin
        for (var metric : List.of("first_response", "requester_wait", "agent_work"))
            assertThat(ask(Analyst.call("agent_metric", metric, NINE, minutes(3000), schedule)))
                    .as(metric)
                    .extracting(row -> row.get(0) + " " + row.get(1) + " " + row.get(2))
                    .contains(ada + " 1 " + 8 * 3600);
        assertThat(ask(Analyst.call("desk_metric", "agent_wait", NINE, minutes(3000), schedule)))
                .extracting(row -> row.get(0) + " " + row.get(1))
                .containsExactly("1 " + 7 * 3600);
        assertThat(ask(Analyst.call("desk_metric", "agent_wait", NINE, minutes(3000), new ScheduleId(new UUID(1, 2)))))
                .as("nobody defined that schedule")
                .containsExactly(List.of("0", "0", "null", "null", "null", "null"));
    }

    @Test
    void a_second_definition_stands_beside_the_first_and_is_asked_for_when_it_is_adopted() throws SQLException {
        var ticket = histories.ticket(bob, "A");
        histories.assign(ticket, null, ada);
        histories.at(minutes(10)).move(ticket, Status.NEW, Status.PENDING);
        histories.at(minutes(40)).move(ticket, Status.PENDING, Status.SOLVED);
        histories.at(minutes(100)).move(ticket, Status.SOLVED, Status.OPEN);
        histories.at(minutes(105)).move(ticket, Status.OPEN, Status.SOLVED);
        var plain = call("agent_metric", "full_resolution", NINE, minutes(1000));
        var first = Analyst.call("agent_metric", Definition.FULL_RESOLUTION_1, NINE, minutes(1000), null);
        var second = Analyst.call("agent_metric", Definition.FULL_RESOLUTION_2, NINE, minutes(1000), null);
        var before = ask(first);
        assertThat(before).extracting(row -> row.get(1) + " " + row.get(2)).containsExactly("1 " + 105 * 60);
        assertThat(ask(second)).extracting(row -> row.get(1) + " " + row.get(2)).containsExactly("1 " + 15 * 60);
        assertThat(ask(plain)).isEqualTo(before);

        histories.by(ada).adopt(Definition.FULL_RESOLUTION_1, Definition.FULL_RESOLUTION_2);
        assertThat(ask(plain)).isEqualTo(ask(second));
        assertThat(ask(first)).isEqualTo(before);
        assertThat(ask(call("measurements", "full_resolution", NINE, minutes(1000))))
                .extracting(row -> row.get(5))
                .containsExactlyInAnyOrder("0", "600", "300");
        assertThat(ask("select definition, adopted_by from api.metric_definitions"
                        + " where in_force and metric like 'f%' order by 1"))
                .containsExactly(
                        List.of("first_resolution/1", "null"),
                        List.of("first_response/1", "null"),
                        List.of("full_resolution/2", ada.toString()));

        histories.adopt(Definition.FULL_RESOLUTION_2, Definition.FULL_RESOLUTION_1);
        assertThat(ask(plain)).isEqualTo(before);
        assertThat(ask(Analyst.call("agent_metric", Definition.AGENT_WAIT_1, NINE, minutes(1000), null)))
                .hasSize(1);
        assertThat(ask("select * from api.agent_metric('agent_wait', null, null, version => 2)"))
                .as("there is no such version")
                .isEmpty();
    }

    @Test
    void every_definition_that_can_be_adopted_is_described() throws SQLException {
        assertThat(ask("select definition from api.metric_definitions where says <> '' and version >= 1"))
                .extracting(List::getFirst)
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(Definition.values()).map(Definition::toString).toList());
    }

    /** Some hundred tickets; {@code -Dtickets=10000} for as many, {@code -Dseed=…} for the same again. */
    @Test
    void random_histories_agree_with_the_oracle_to_the_second() throws SQLException {
        var seed = Long.getLong("seed", System.nanoTime());
        var tickets = Integer.getInteger("tickets", 300);
        System.out.println("MetricsSpec -Dseed=" + seed + " -Dtickets=" + tickets);
        var random = new Random(seed);
        var start = CHANGES.get(random.nextInt(CHANGES.size()));
        var history = new Histories(desk.log(), seed).at(start);
        history.random(tickets * 3);
        var schedules = new ArrayList<ScheduleId>();
        for (var zone : List.of("Europe/Berlin", "America/Santiago", "Australia/Lord_Howe")) {
            // the first version holds for what was before it, and the second from a whole minute on
            var schedule = history.schedule(null, zone, Histories.weekly(random), "2026-04-06");
            history.at(history.now().plusSeconds(60).truncatedTo(ChronoUnit.MINUTES))
                    .schedule(schedule, zone, Histories.weekly(random));
            schedules.add(schedule);
        }
        history.random(tickets * 6);
        desk.caughtUp();
        var agreement = new Agreement(database, "seed " + seed);
        var end = history.now().plusSeconds(1);
        var span = Duration.between(start, end).toSeconds();
        var compared = agreement.of(start, end, schedules.getFirst());
        for (var schedule : schedules) {
            var since = start.plusSeconds(random.nextLong(span));
            compared += agreement.of(since, since.plusSeconds(random.nextLong(span)), schedule);
        }
        System.out.println("MetricsSpec: " + compared + " numbers of agents agree");
        assertThat(compared).isPositive();
    }
}
