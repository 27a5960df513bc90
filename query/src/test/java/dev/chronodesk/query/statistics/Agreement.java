package dev.chronodesk.query.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.metric.Definition;
import dev.chronodesk.events.schedule.ScheduleId;
import dev.chronodesk.events.ticket.TicketEvent;
import dev.chronodesk.query.schedule.WallClock;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All statistics of a period twice, as an analyst gets them and by {@link Oracle}: they are equal to the second. */
public final class Agreement {

    private final Analyst analyst;
    private final List<Recorded<Event>> log;
    private final String what;

    /** @param what is compared, for whoever reads a failure */
    public Agreement(TestDatabase database, String what) {
        analyst = new Analyst(database);
        log = database.log().after(0, Integer.MAX_VALUE);
        this.what = what;
    }

    /** When the first thing happened to a ticket. */
    public Instant first() {
        return times().min(Instant::compareTo).orElseThrow();
    }

    /** When the last thing happened to a ticket. */
    public Instant last() {
        return times().max(Instant::compareTo).orElseThrow();
    }

    private Stream<Instant> times() {
        return log.stream()
                .filter(recorded -> recorded.event() instanceof TicketEvent)
                .map(Recorded::occurredAt);
    }

    /**
     * Every metric, in calendar time and in the schedule's business time, and what is counted.
     *
     * @return how many numbers of agents were compared
     */
    public int of(Instant since, Instant until, ScheduleId schedule) throws SQLException {
        var oracle = new Oracle(log);
        assertThat(counts(since, until)).as(what).isEqualTo(oracle.counts(since, until));
        assertThat(backlog(until)).as("backlog at %s, %s", until, what).isEqualTo(oracle.backlog(until));
        var clock = new WallClock(log, schedule, first(), until.isAfter(last()) ? until : last());
        return metrics(oracle, since, until, null) + metrics(new Oracle(log, clock::seconds), since, until, schedule);
    }

    private int metrics(Oracle oracle, Instant since, Instant until, @Nullable ScheduleId schedule)
            throws SQLException {
        var compared = 0;
        for (var definition : Definition.values()) {
            var values = oracle.values(definition.toString(), since, until);
            compared += compare(
                    values, Oracle.Value::agent, Analyst.call("agent_metric", definition, since, until, schedule));
            compare(values, Oracle.Value::team, Analyst.call("team_metric", definition, since, until, schedule));
            explained(oracle, definition, since, until, schedule);
        }
        performance(oracle, since, until, schedule);
        return compared;
    }

    /** What the dashboard shows of durations is what the metrics say; without a schedule it is the quicker form's. */
    private void performance(Oracle oracle, Instant since, Instant until, @Nullable ScheduleId schedule)
            throws SQLException {
        var period = "select * from api.agent_performance('" + since + "', '" + until + "'";
        var rows = analyst.ask(period + (schedule == null ? ", null)" : ", '" + schedule + "')"));
        var columns = 3;
        for (var definition : List.of(Definition.FIRST_RESPONSE_1, Definition.FULL_RESOLUTION_1)) {
            var expected = Oracle.summaries(oracle.values(definition.toString(), since, until), Oracle.Value::agent);
            var shown = new HashMap<String, List<String>>();
            for (var row : rows) shown.put(row.getFirst(), row.subList(columns, columns + 5));
            assertThat(shown.keySet()).as("%s, %s", definition, what).containsAll(expected.keySet());
            shown.forEach((who, numbers) -> {
                var known = expected.get(who);
                if (known == null)
                    assertThat(numbers)
                            .as("%s of %s, %s", definition, who, what)
                            .containsExactly("0", "null", "null", "null", "null");
                else
                    for (var n = 0; n < numbers.size(); n++)
                        // the total is not shown
                        assertThat(Double.parseDouble(numbers.get(n)))
                                .as("%s of %s, number %s, %s", definition, who, n, what)
                                .isCloseTo(known.get(n == 0 ? 0 : n + 1), within(1e-3));
            });
            columns += 5;
        }
        if (schedule == null)
            assertThat(analyst.ask(period + ")").stream().map(row -> row.subList(0, 4)))
                    .as(what)
                    .isEqualTo(rows.stream().map(row -> row.subList(0, 4)).toList());
    }

    private int compare(List<Oracle.Value> values, Function<Oracle.Value, String> by, String sql) throws SQLException {
        var expected = Oracle.summaries(values, by);
        var actual = new HashMap<String, List<Double>>();
        for (var row : analyst.ask(sql))
            actual.put(
                    row.getFirst(),
                    row.subList(1, row.size()).stream().map(Double::valueOf).toList());
        assertThat(actual.keySet()).as("%s, %s", sql, what).isEqualTo(expected.keySet());
        expected.forEach((who, numbers) -> {
            for (var n = 0; n < numbers.size(); n++)
                assertThat(actual.get(who).get(n))
                        .as("%s: %s, number %s, %s", sql, who, n, what)
                        .isCloseTo(numbers.get(n), within(1e-3));
        });
        return expected.size();
    }

    /** The measurements add up to the number, and each one names events of its ticket. */
    private void explained(
            Oracle oracle, Definition definition, Instant since, Instant until, @Nullable ScheduleId schedule)
            throws SQLException {
        var total = 0.0;
        for (var row : analyst.ask(Analyst.call("measurements", definition, since, until, schedule))) {
            total += Double.parseDouble(row.get(5));
            assertThat(oracle.belongs(Long.parseLong(row.get(6)), row.get(0))).isTrue();
            if (!row.get(7).equals("null"))
                assertThat(oracle.belongs(Long.parseLong(row.get(7)), row.get(0)))
                        .isTrue();
        }
        var number = Double.parseDouble(analyst.ask(Analyst.call("desk_metric", definition, since, until, schedule))
                .getFirst()
                .get(1));
        assertThat(total).as("%s, %s", definition, what).isCloseTo(number, within(1e-3));
    }

    private Map<String, List<Long>> counts(Instant since, Instant until) throws SQLException {
        var counts = new HashMap<String, List<Long>>();
        for (var row : analyst.ask("select * from api.agent_counts('" + since + "', '" + until + "')"))
            counts.put(
                    row.getFirst(),
                    row.subList(1, row.size()).stream().map(Long::valueOf).toList());
        return counts;
    }

    private Map<String, Long> backlog(Instant at) throws SQLException {
        var backlog = new HashMap<String, Long>();
        for (var row : analyst.ask("select * from api.backlog('" + at + "')"))
            backlog.put(String.join(" ", row.subList(0, 3)), Long.valueOf(row.get(3)));
        return backlog;
    }
}
