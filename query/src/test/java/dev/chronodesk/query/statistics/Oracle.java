package dev.chronodesk.query.statistics;

import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.MovedToTeam;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.StatusChanged;
import dev.chronodesk.events.ticket.TicketAssigned;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketEvent;
import dev.chronodesk.events.ticket.TicketUnassigned;
import dev.chronodesk.events.ticket.Visibility;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * The metrics once more, slowly: over the raw events of one ticket after the other, and at each event what held then is
 * found by reading the ticket from its beginning. Nothing here is shared with the folds or the SQL.
 */
public final class Oracle {

    /** All metrics, by the names that the functions know. */
    public static final List<String> METRICS = List.of(
            "first_response",
            "next_response",
            "first_resolution",
            "full_resolution",
            "requester_wait",
            "agent_wait",
            "on_hold",
            "agent_work");

    /** One value of a metric. {@code unit} says which values belong together: a ticket, or an event. */
    record Value(String agent, String team, String unit, double seconds) {}

    /** How long it is from one instant to another. */
    @FunctionalInterface
    interface Time {
        double seconds(Instant from, Instant to);
    }

    private static final Time CALENDAR =
            (from, to) -> Duration.between(from, to).toMillis() / 1000.0;

    private record Then(Status status, String assignee, String team) {}

    private final Map<UUID, List<Recorded<Event>>> tickets = new LinkedHashMap<>();
    private final Map<Long, String> owners = new HashMap<>();

    private final Time time;

    Oracle(List<Recorded<Event>> log) {
        this(log, CALENDAR);
    }

    Oracle(List<Recorded<Event>> log, Time time) {
        this.time = time;
        for (var recorded : log)
            if (recorded.event() instanceof TicketEvent e) {
                tickets.computeIfAbsent(e.streamId(), unseen -> new ArrayList<>())
                        .add(recorded);
                owners.put(recorded.position(), e.streamId().toString());
            }
    }

    boolean belongs(long position, String ticket) {
        return ticket.equals(owners.get(position));
    }

    /** What the ticket was after its first so many events. */
    private static Then after(List<Recorded<Event>> events, int count) {
        var status = Status.NEW;
        var assignee = "null";
        var team = "null";
        for (var recorded : events.subList(0, count)) {
            if (recorded.event() instanceof TicketCreated e && e.teamId() != null)
                team = e.teamId().toString();
            if (recorded.event() instanceof TicketAssigned e) assignee = e.to().toString();
            if (recorded.event() instanceof TicketUnassigned) assignee = "null";
            if (recorded.event() instanceof MovedToTeam e) team = e.to().toString();
            if (recorded.event() instanceof StatusChanged e) status = e.to();
        }
        return new Then(status, assignee, team);
    }

    /** By a definition: a metric and a version, as {@code full_resolution/2}. */
    List<Value> values(String definition, Instant since, Instant until) {
        var values = new ArrayList<Value>();
        for (var events : tickets.values()) values.addAll(values(definition, events, since, until));
        return values;
    }

    private List<Value> values(String definition, List<Recorded<Event>> events, Instant since, Instant until) {
        return switch (definition) {
            case "first_response/1" -> responses(events, true, since, until);
            case "next_response/1" -> responses(events, false, since, until);
            case "first_resolution/1" -> resolutions(events, solvings(events), 0, since, until);
            case "full_resolution/2" -> {
                var whole = values("full_resolution/1", events, since, until);
                var count = solvings(events).isEmpty() ? 0 : solvings(events).getLast() + 1;
                yield whole.stream()
                        .flatMap(value -> worked(value, events.subList(0, count)).stream())
                        .toList();
            }
            case "full_resolution/1" -> {
                var solvings = solvings(events);
                var now = after(events, events.size()).status();
                yield now == Status.SOLVED || now == Status.CLOSED
                        ? resolutions(events, solvings, solvings.size() - 1, since, until)
                        : List.of();
            }
            case "requester_wait/1" ->
                stretches(events, Set.of(Status.NEW, Status.OPEN, Status.ON_HOLD), false, since, until);
            case "agent_wait/1" -> stretches(events, Set.of(Status.PENDING), false, since, until);
            case "on_hold/1" -> stretches(events, Set.of(Status.ON_HOLD), false, since, until);
            case "agent_work/1" -> stretches(events, Set.of(Status.NEW, Status.OPEN), true, since, until);
            default -> throw new AssertionError(definition);
        };
    }

    /** What the requester waited up to the last of the events, each stretch of it with the whole value's names. */
    private List<Value> worked(Value whole, List<Recorded<Event>> events) {
        var values = new ArrayList<Value>();
        for (var i = 0; i + 1 < events.size(); i++) {
            var from = events.get(i).occurredAt();
            var to = events.get(i + 1).occurredAt();
            var waits = Set.of(Status.NEW, Status.OPEN, Status.ON_HOLD)
                    .contains(after(events, i + 1).status());
            var seconds = waits && from.isBefore(to) ? time.seconds(from, to) : 0;
            values.add(new Value(whole.agent(), whole.team(), whole.unit(), seconds));
        }
        return values;
    }

    private static List<Integer> solvings(List<Recorded<Event>> events) {
        var solvings = new ArrayList<Integer>();
        for (var i = 0; i < events.size(); i++)
            if (events.get(i).event() instanceof StatusChanged e && e.to() == Status.SOLVED) solvings.add(i);
        return solvings;
    }

    private List<Value> resolutions(
            List<Recorded<Event>> events, List<Integer> solvings, int which, Instant since, Instant until) {
        if (solvings.size() <= which || which < 0) return List.of();
        var i = solvings.get(which);
        var at = events.get(i).occurredAt();
        if (at.isBefore(since) || !at.isBefore(until)) return List.of();
        var then = after(events, i);
        return List.of(new Value(
                then.assignee(),
                then.team(),
                "event " + events.get(i).position(),
                time.seconds(events.getFirst().occurredAt(), at)));
    }

    private static boolean isReply(Recorded<Event> recorded) {
        return recorded.event() instanceof CommentAdded e
                && e.visibility() == Visibility.PUBLIC
                && Set.of(Role.AGENT, Role.ADMIN).contains(recorded.metadata().actorRole())
                && !recorded.metadata().automation();
    }

    private List<Value> responses(List<Recorded<Event>> events, boolean first, Instant since, Instant until) {
        var requester = ((TicketCreated) events.getFirst().event()).requesterId();
        var values = new ArrayList<Value>();
        for (var i = 1; i < events.size(); i++) {
            if (!isResponse(events.get(i), requester)) continue;
            var at = events.get(i).occurredAt();
            // back to the response before this one: the earliest public comment of the requester since then waited
            Instant waited = null;
            var earlier = false;
            for (var k = i - 1; k > 0 && !earlier; k--) {
                earlier = isResponse(events.get(k), requester);
                if (events.get(k).event() instanceof CommentAdded e
                        && e.visibility() == Visibility.PUBLIC
                        && e.authorId().equals(requester))
                    waited = events.get(k).occurredAt();
            }
            if (first != !earlier) continue;
            if (first) waited = events.getFirst().occurredAt();
            if (waited == null || at.isBefore(since) || !at.isBefore(until)) continue;
            values.add(new Value(
                    ((CommentAdded) events.get(i).event()).authorId().toString(),
                    after(events, i).team(),
                    "event " + events.get(i).position(),
                    time.seconds(waited, at)));
        }
        return values;
    }

    private static boolean isResponse(Recorded<Event> recorded, dev.chronodesk.events.profile.ProfileId requester) {
        return isReply(recorded)
                && recorded.event() instanceof CommentAdded e
                && !e.authorId().equals(requester);
    }

    private List<Value> stretches(
            List<Recorded<Event>> events, Set<Status> statuses, boolean assigned, Instant since, Instant until) {
        var values = new ArrayList<Value>();
        for (var i = 0; i < events.size(); i++) {
            var then = after(events, i + 1);
            if (!statuses.contains(then.status())
                    || (assigned && then.assignee().equals("null"))) continue;
            var from = events.get(i).occurredAt();
            var to = i + 1 < events.size() ? events.get(i + 1).occurredAt() : until;
            if (from.isBefore(since)) from = since;
            if (to.isAfter(until)) to = until;
            if (from.isBefore(to))
                values.add(new Value(
                        then.assignee(),
                        then.team(),
                        "ticket " + events.getFirst().position(),
                        time.seconds(from, to)));
        }
        return values;
    }

    /** Count, sum, mean, and the percentiles 50, 90 and 95, by who. */
    static Map<String, List<Double>> summaries(List<Value> values, Function<Value, String> by) {
        var sums = new HashMap<String, Map<String, Double>>();
        for (var value : values)
            sums.computeIfAbsent(by.apply(value), unseen -> new HashMap<>())
                    .merge(value.unit(), value.seconds(), Double::sum);
        var summaries = new HashMap<String, List<Double>>();
        sums.forEach((who, units) -> {
            var sorted = units.values().stream()
                    .mapToDouble(Double::doubleValue)
                    .sorted()
                    .toArray();
            var total = Arrays.stream(sorted).sum();
            summaries.put(
                    who,
                    List.of(
                            (double) sorted.length,
                            total,
                            total / sorted.length,
                            percentile(sorted, 0.5),
                            percentile(sorted, 0.9),
                            percentile(sorted, 0.95)));
        });
        return summaries;
    }

    private static double percentile(double[] sorted, double p) {
        var place = p * (sorted.length - 1);
        var below = sorted[(int) Math.floor(place)];
        var above = sorted[(int) Math.ceil(place)];
        return below + (above - below) * (place - Math.floor(place));
    }

    /** Touches, assignments, first solved, of those reopened, and one touch, by agent. */
    Map<String, List<Long>> counts(Instant since, Instant until) {
        var counts = new HashMap<String, long[]>();
        for (var events : tickets.values()) {
            for (var recorded : events) {
                if (outside(recorded, since, until)) continue;
                if (Set.of(Role.AGENT, Role.ADMIN).contains(recorded.metadata().actorRole())
                        && !recorded.metadata().automation())
                    count(counts, recorded.metadata().actor().toString(), 0);
                if (recorded.event() instanceof TicketAssigned e) count(counts, e.to().toString(), 1);
            }
            var solvings = solvings(events);
            if (solvings.isEmpty()) continue;
            var reopened = events.stream()
                    .anyMatch(recorded -> recorded.event() instanceof StatusChanged e
                            && e.from() == Status.SOLVED
                            && e.to() == Status.OPEN);
            if (!outside(events.get(solvings.getFirst()), since, until)) {
                var agent = after(events, solvings.getFirst()).assignee();
                count(counts, agent, 2);
                if (reopened) count(counts, agent, 3);
            }
            var last = solvings.getLast();
            var replies =
                    events.subList(0, last).stream().filter(Oracle::isReply).count();
            if (!reopened && replies == 1 && !outside(events.get(last), since, until))
                count(counts, after(events, last).assignee(), 4);
        }
        var lists = new HashMap<String, List<Long>>();
        counts.forEach((agent, numbers) ->
                lists.put(agent, Arrays.stream(numbers).boxed().toList()));
        return lists;
    }

    private static boolean outside(Recorded<Event> recorded, Instant since, Instant until) {
        return recorded.occurredAt().isBefore(since) || !recorded.occurredAt().isBefore(until);
    }

    private static void count(Map<String, long[]> counts, String agent, int what) {
        counts.computeIfAbsent(agent, unseen -> new long[5])[what]++;
    }

    /** Status, team and assignee, and how many tickets were that at the instant, none of them solved or closed. */
    Map<String, Long> backlog(Instant at) {
        var backlog = new HashMap<String, Long>();
        for (var events : tickets.values()) {
            var count = (int) events.stream()
                    .filter(recorded -> !recorded.occurredAt().isAfter(at))
                    .count();
            if (count == 0) continue;
            var then = after(events, count);
            if (then.status() == Status.SOLVED || then.status() == Status.CLOSED) continue;
            backlog.merge(then.status() + " " + then.team() + " " + then.assignee(), 1L, Long::sum);
        }
        return backlog;
    }
}
