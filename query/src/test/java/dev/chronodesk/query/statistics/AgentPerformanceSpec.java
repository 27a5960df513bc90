package dev.chronodesk.query.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.StatusChanged;
import dev.chronodesk.events.ticket.TicketAssigned;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketEvent;
import dev.chronodesk.events.ticket.TicketUnassigned;
import dev.chronodesk.events.ticket.Visibility;
import dev.chronodesk.query.Desk;
import dev.chronodesk.query.Histories;
import dev.chronodesk.query.Http;
import dev.chronodesk.query.QuerySettings;
import dev.chronodesk.query.rest.RestController;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The numbers as {@code docs} define them, by cases that others get wrong and by a second computation. */
class AgentPerformanceSpec {

    private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

    private Desk desk;
    private Histories histories;
    private Http http;
    private ProfileId bob;
    private ProfileId ada;
    private ProfileId ann;

    @BeforeEach
    void open() {
        desk = new Desk().start();
        histories = new Histories(desk.log()).at(NINE);
        http = new Http(new RestController(
                        desk.database().database().read(), desk.runner(), desk.log(), QuerySettings.defaults()))
                .as(new Caller.Known(UUID.randomUUID(), Role.ANALYST));
        bob = histories.person("Bob", Role.CUSTOMER);
        ada = histories.person("Ada", Role.AGENT);
        ann = histories.person("Ann", Role.AGENT);
    }

    @AfterEach
    void close() {
        desk.close();
    }

    private Map<String, JsonNode> performance(Instant since, Instant until) {
        desk.caughtUp();
        var reply = http.get("/rest/v1/rpc/agent_performance?since=" + since + "&until=" + until);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.json()
                .valueStream()
                .collect(Collectors.toMap(row -> row.path("agent_id").asString("null"), row -> row));
    }

    private Map<String, JsonNode> day() {
        return performance(NINE, NINE.plus(Duration.ofDays(1)));
    }

    private static Instant minutes(long minutes) {
        return NINE.plus(Duration.ofMinutes(minutes));
    }

    @Test
    void a_solving_counts_once_a_ticket_for_the_assignee_at_its_last_solving_in_the_period() {
        var ticket = histories.ticket(bob, "A");
        histories.assign(ticket, null, ada);
        histories.at(minutes(10)).move(ticket, Status.NEW, Status.SOLVED);
        histories.at(minutes(20)).move(ticket, Status.SOLVED, Status.OPEN);
        histories.assign(ticket, ada, ann);
        histories.at(minutes(40)).move(ticket, Status.OPEN, Status.SOLVED);
        histories.at(minutes(50)).move(ticket, Status.SOLVED, Status.CLOSED);

        var all = day();
        assertThat(all).containsOnlyKeys(ann.toString());
        assertThat(all.get(ann.toString()).path("tickets_solved").asInt()).isEqualTo(1);
        assertThat(all.get(ann.toString()).path("full_resolution_count").asInt())
                .isEqualTo(1);
        assertThat(all.get(ann.toString()).path("full_resolution_mean_s").asDouble())
                .isEqualTo(2400);

        // only the first solving is in this period: solved counts for who had it then, the resolution is Ann's later
        var first = performance(NINE, minutes(30));
        assertThat(first).containsOnlyKeys(ada.toString());
        assertThat(first.get(ada.toString()).path("tickets_solved").asInt()).isEqualTo(1);
        assertThat(first.get(ada.toString()).path("full_resolution_count").asInt())
                .isZero();
    }

    @Test
    void a_reopened_ticket_is_not_resolved() {
        var ticket = histories.ticket(bob, "A");
        histories.assign(ticket, null, ada);
        histories.at(minutes(10)).move(ticket, Status.NEW, Status.SOLVED);
        assertThat(day().get(ada.toString()).path("full_resolution_count").asInt())
                .isEqualTo(1);
        histories.at(minutes(20)).move(ticket, Status.SOLVED, Status.OPEN);
        var row = day().get(ada.toString());
        assertThat(row.path("tickets_solved").asInt()).isEqualTo(1);
        assertThat(row.path("full_resolution_count").asInt()).isZero();
        assertThat(row.path("full_resolution_mean_s").isNull()).isTrue();
        assertThat(row.path("full_resolution_p95_s").isNull()).isTrue();
    }

    @Test
    void what_nobody_had_is_a_row_of_its_own() {
        var ticket = histories.ticket(bob, "A");
        histories.at(minutes(10)).move(ticket, Status.NEW, Status.SOLVED);
        assertThat(day()).containsOnlyKeys("null");
        assertThat(day().get("null").path("tickets_solved").asInt()).isEqualTo(1);
        assertThat(day().get("null").path("full_resolution_p50_s").asDouble()).isEqualTo(600);
    }

    @Test
    void the_period_takes_its_beginning_and_leaves_its_end() {
        var ticket = histories.ticket(bob, "A");
        histories.assign(ticket, null, ada);
        histories.at(minutes(10)).move(ticket, Status.NEW, Status.SOLVED);
        assertThat(performance(minutes(10), minutes(11))).isNotEmpty();
        assertThat(performance(minutes(5), minutes(10))).isEmpty();
    }

    @Test
    void assigning_later_moves_nothing() {
        var ticket = histories.ticket(bob, "A");
        histories.assign(ticket, null, ada);
        histories.at(minutes(10)).move(ticket, Status.NEW, Status.SOLVED);
        histories.at(minutes(20)).assign(ticket, ada, ann);
        assertThat(day()).containsOnlyKeys(ada.toString());
    }

    @Test
    void a_response_is_a_person_s_public_comment_to_somebody_else() {
        var ticket = histories.ticket(bob, "A");
        histories.at(minutes(1)).by(ada).comment(ticket, ada, "note", Visibility.INTERNAL);
        histories.at(minutes(2)).by(ada).automated(true).comment(ticket, ada, "robot", Visibility.PUBLIC);
        histories.automated(false);
        histories.at(minutes(3)).by(bob).comment(ticket, bob, "hello?", Visibility.PUBLIC);
        assertThat(day()).isEmpty();
        histories.at(minutes(4)).by(ann).comment(ticket, ann, "yes", Visibility.PUBLIC);
        histories.at(minutes(9)).by(ada).comment(ticket, ada, "me too", Visibility.PUBLIC);
        var all = day();
        assertThat(all.get(ann.toString()).path("first_response_p50_s").asDouble())
                .isEqualTo(240);
        assertThat(all.get(ann.toString()).path("replies").asInt()).isEqualTo(1);
        assertThat(all.get(ada.toString()).path("first_response_count").asInt()).isZero();
        assertThat(all.get(ada.toString()).path("replies").asInt()).isEqualTo(1);
    }

    @Test
    void staff_who_ask_for_themselves_do_not_answer_themselves() {
        var ticket = histories.by(ada).ticket(ada, "Mine");
        histories.at(minutes(1)).comment(ticket, ada, "and also", Visibility.PUBLIC);
        histories.at(minutes(5)).by(ann).comment(ticket, ann, "done", Visibility.PUBLIC);
        var all = day();
        assertThat(all.get(ann.toString()).path("first_response_count").asInt()).isEqualTo(1);
        assertThat(all.get(ada.toString()).path("first_response_count").asInt()).isZero();
    }

    @Test
    void percentiles_are_continuous() {
        for (var i = 1; i <= 4; i++) {
            var ticket = histories.at(NINE).ticket(bob, "T" + i);
            histories.at(NINE.plusSeconds(100L * i)).by(ada).comment(ticket, ada, "yes", Visibility.PUBLIC);
        }
        var row = day().get(ada.toString());
        assertThat(row.path("first_response_count").asInt()).isEqualTo(4);
        assertThat(row.path("first_response_mean_s").asDouble()).isEqualTo(250);
        assertThat(row.path("first_response_p50_s").asDouble()).isEqualTo(250);
        assertThat(row.path("first_response_p90_s").asDouble()).isCloseTo(370, within(1e-9));
        assertThat(row.path("first_response_p95_s").asDouble()).isCloseTo(385, within(1e-9));
    }

    @Test
    void random_histories_agree_with_a_second_computation_from_the_log() {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("AgentPerformanceSpec -Dseed=" + seed);
        new Histories(desk.log(), seed).random(600);
        var random = new Random(seed);
        var rows = 0;
        for (var i = 0; i < 8; i++) {
            var since = Instant.parse("2026-01-05T00:00:00Z").plus(Duration.ofMinutes(random.nextInt(4000)));
            var until = since.plus(Duration.ofMinutes(random.nextInt(4000)));
            var expected = computed(desk.log().after(0, 10_000), since, until);
            var actual = new HashMap<String, List<Double>>();
            performance(since, until).forEach((agent, row) -> actual.put(agent, numbers(row)));
            assertThat(actual.keySet()).as("seed %s", seed).isEqualTo(expected.keySet());
            rows += expected.size();
            expected.forEach((agent, numbers) -> {
                for (var n = 0; n < numbers.size(); n++)
                    assertThat(actual.get(agent).get(n))
                            .as("%s, number %s, seed %s", agent, n, seed)
                            .isCloseTo(numbers.get(n), within(1e-6));
            });
        }
        assertThat(rows).isPositive();
    }

    /** Minus one stands for null. */
    private static List<Double> numbers(JsonNode row) {
        var numbers = new ArrayList<Double>();
        row.properties().forEach(column -> {
            if (!column.getKey().equals("agent_id"))
                numbers.add(column.getValue().isNull() ? -1 : column.getValue().asDouble());
        });
        return numbers;
    }

    /** All events of a ticket at once, in plain loops: another way to the same numbers. */
    private static Map<String, List<Double>> computed(List<Recorded<Event>> log, Instant since, Instant until) {
        var tickets = new HashMap<UUID, List<Recorded<Event>>>();
        for (var recorded : log)
            if (recorded.event() instanceof TicketEvent e)
                tickets.computeIfAbsent(e.streamId(), unseen -> new ArrayList<>())
                        .add(recorded);
        var solved = new HashMap<String, Integer>();
        var replies = new HashMap<String, Integer>();
        var first = new HashMap<String, List<Double>>();
        var full = new HashMap<String, List<Double>>();
        for (var events : tickets.values()) {
            var created = (TicketCreated) events.getFirst().event();
            var opened = events.getFirst().occurredAt();
            String assignee = "null";
            String solvedInPeriodBy = null;
            Instant resolved = null;
            String resolver = "null";
            var answered = false;
            for (var recorded : events) {
                var at = recorded.occurredAt();
                var in = !at.isBefore(since) && at.isBefore(until);
                if (recorded.event() instanceof TicketAssigned e) assignee = e.to().toString();
                if (recorded.event() instanceof TicketUnassigned) assignee = "null";
                if (recorded.event() instanceof StatusChanged e && e.to() == Status.SOLVED) {
                    if (in) solvedInPeriodBy = assignee;
                    resolved = at;
                    resolver = assignee;
                }
                if (recorded.event() instanceof StatusChanged e && e.to() == Status.OPEN) resolved = null;
                if (recorded.event() instanceof CommentAdded e
                        && e.visibility() == Visibility.PUBLIC
                        && Set.of(Role.AGENT, Role.ADMIN)
                                .contains(recorded.metadata().actorRole())
                        && !recorded.metadata().automation()) {
                    if (in) replies.merge(e.authorId().toString(), 1, Integer::sum);
                    if (!answered && !e.authorId().equals(created.requesterId())) {
                        answered = true;
                        if (in)
                            first.computeIfAbsent(e.authorId().toString(), unseen -> new ArrayList<>())
                                    .add(seconds(opened, at));
                    }
                }
            }
            if (solvedInPeriodBy != null) solved.merge(solvedInPeriodBy, 1, Integer::sum);
            if (resolved != null && !resolved.isBefore(since) && resolved.isBefore(until))
                full.computeIfAbsent(resolver, unseen -> new ArrayList<>()).add(seconds(opened, resolved));
        }
        var agents = new HashSet<String>();
        agents.addAll(solved.keySet());
        agents.addAll(replies.keySet());
        agents.addAll(first.keySet());
        agents.addAll(full.keySet());
        var rows = new HashMap<String, List<Double>>();
        for (var agent : agents) {
            var row = new ArrayList<Double>();
            row.add((double) solved.getOrDefault(agent, 0));
            row.add((double) replies.getOrDefault(agent, 0));
            row.addAll(summary(first.getOrDefault(agent, List.of())));
            row.addAll(summary(full.getOrDefault(agent, List.of())));
            rows.put(agent, row);
        }
        return rows;
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }

    private static List<Double> summary(List<Double> values) {
        if (values.isEmpty()) return List.of(0.0, -1.0, -1.0, -1.0, -1.0);
        var sorted = values.stream().sorted().toList();
        var mean = values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        return List.of(
                (double) sorted.size(),
                mean,
                percentile(sorted, 0.5),
                percentile(sorted, 0.9),
                percentile(sorted, 0.95));
    }

    private static double percentile(List<Double> sorted, double p) {
        var place = p * (sorted.size() - 1);
        var below = sorted.get((int) Math.floor(place));
        var above = sorted.get((int) Math.ceil(place));
        return below + (above - below) * (place - Math.floor(place));
    }
}
