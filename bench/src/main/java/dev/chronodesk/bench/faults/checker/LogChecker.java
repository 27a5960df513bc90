package dev.chronodesk.bench.faults.checker;

import dev.chronodesk.bench.faults.journal.Outcome;
import dev.chronodesk.bench.faults.journal.Outcome.Acknowledged;
import dev.chronodesk.bench.faults.journal.Outcome.Broken;
import dev.chronodesk.bench.faults.journal.Outcome.Refused;
import dev.chronodesk.bench.faults.journal.Outcome.Unknown;
import dev.chronodesk.bench.faults.journal.Sending;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Journal against log: invariants 1 and 2 of the design. */
public final class LogChecker {

    private record Command(UUID sender, String key) {
        @Override
        public String toString() {
            return "key " + key;
        }
    }

    private final List<Finding> findings = new ArrayList<>();
    private final long before;
    private final List<Logged> log;
    private final Map<Command, List<Logged>> events = new HashMap<>();
    private final Map<Command, Receipted> receipts = new HashMap<>();

    private LogChecker(long before, List<Logged> log, List<Receipted> receipts) {
        this.before = before;
        this.log = log;
        for (var event : log)
            events.computeIfAbsent(new Command(event.sentBy(), event.key()), unseen -> new ArrayList<>())
                    .add(event);
        for (var receipt : receipts) this.receipts.put(new Command(receipt.principal(), receipt.key()), receipt);
    }

    /** The whole log, in the order of positions, against the whole journal. */
    public static List<Finding> check(List<Sending> journal, List<Logged> log, List<Receipted> receipts) {
        return check(journal, 0, log, receipts);
    }

    /**
     * The part of a log after a position. Its streams begin in it, or are none of the part's.
     *
     * @param journal everything that the senders of the part sent
     */
    public static List<Finding> check(List<Sending> journal, long before, List<Logged> log, List<Receipted> receipts) {
        var checker = new LogChecker(before, log, receipts);
        checker.order();
        checker.receipts(
                journal.stream().map(sending -> sending.intent().sender()).collect(Collectors.toSet()));
        checker.commands(journal);
        return checker.findings;
    }

    private void order() {
        var next = before + 1;
        var last = Instant.MIN;
        var versions = new HashMap<UUID, Integer>();
        var ids = new HashMap<UUID, Long>();
        for (var event : log) {
            var where = "position " + event.position();
            if (event.position() != next) found(Rule.DENSE_POSITIONS, where, "follows position " + (next - 1));
            next = event.position() + 1;
            if (event.recordedAt().isBefore(last))
                found(Rule.TIME_FORWARD, where, "recorded at " + event.recordedAt() + ", after one at " + last);
            last = event.recordedAt();
            var seq = versions.merge(event.stream(), 1, Integer::sum) - 1;
            if (event.seq() != seq) {
                found(Rule.DENSE_SEQ, where, "stream " + event.stream() + " has " + event.seq() + ", not " + seq);
                versions.put(event.stream(), event.seq() + 1);
            }
            var twin = ids.put(event.eventId(), event.position());
            if (twin != null) found(Rule.UNIQUE_IDS, where, "has the id of position " + twin);
        }
    }

    private void receipts(Set<UUID> senders) {
        receipts.forEach((command, receipt) -> {
            var own = events.getOrDefault(command, List.of());
            if (receipt.events() == 0 ? !own.isEmpty() : !pointsTo(receipt, own))
                found(
                        Rule.RECEIPTS_POINT_HOME,
                        command.toString(),
                        "receipt of " + receipt.events() + " events at " + receipt.first() + " to " + receipt.last()
                                + ", events at " + positions(own));
        });
        for (var entry : events.entrySet())
            if (senders.contains(entry.getKey().sender()) && !receipts.containsKey(entry.getKey()))
                found(
                        Rule.RECEIPTS_POINT_HOME,
                        entry.getKey().toString(),
                        "no receipt for the events at " + positions(entry.getValue()));
    }

    private static boolean pointsTo(Receipted receipt, List<Logged> own) {
        return !own.isEmpty()
                && own.size() == receipt.events()
                && own.getFirst().position() == receipt.first()
                && own.getLast().position() == receipt.last()
                && receipt.last() - receipt.first() + 1 == receipt.events();
    }

    private void commands(List<Sending> journal) {
        var sendings = new LinkedHashMap<Command, List<Sending>>();
        for (var sending : journal)
            sendings.computeIfAbsent(
                            new Command(
                                    sending.intent().sender(), sending.intent().key()),
                            unseen -> new ArrayList<>())
                    .add(sending);
        sendings.forEach(this::command);
        var senders = new HashSet<UUID>();
        for (var command : sendings.keySet()) senders.add(command.sender());
        for (var entry : events.entrySet())
            if (senders.contains(entry.getKey().sender()) && !sendings.containsKey(entry.getKey()))
                found(Rule.NOTHING_UNSENT, entry.getKey().toString(), "events at " + positions(entry.getValue()));
    }

    private void command(Command command, List<Sending> sendings) {
        var own = events.getOrDefault(command, List.of());
        if (isTwice(own)) found(Rule.ONCE, command.toString(), "events at " + positions(own) + ", " + types(own));
        var last = alike(command, sendings.stream().map(Sending::outcome).toList());
        switch (last) {
            case Acknowledged it -> acknowledged(command, it, own);
            case Refused it -> {
                if (!own.isEmpty())
                    found(
                            Rule.REFUSED_LEFT_NOTHING,
                            command.toString(),
                            "refused with " + it.status() + " " + it.code() + ", events at " + positions(own));
                else if (receipts.containsKey(command))
                    found(
                            Rule.REFUSED_LEFT_NOTHING,
                            command.toString(),
                            "refused with " + it.status() + " " + it.code() + ", and there is a receipt");
            }
            case Unknown it -> found(Rule.UNKNOWN_RESOLVES, command.toString(), it.why());
            case Broken it -> found(Rule.UNKNOWN_RESOLVES, command.toString(), it.what());
        }
    }

    /**
     * What is known of a command in the end. What was acknowledged stays acknowledged with the same answer. A refusal
     * may be followed by an acknowledgement only when an earlier sending was still on its way.
     */
    private Outcome alike(Command command, List<Outcome> outcomes) {
        @Nullable Acknowledged first = null;
        @Nullable Refused refused = null;
        var unknown = false;
        for (var outcome : outcomes) {
            switch (outcome) {
                case Acknowledged it -> {
                    if (first != null && !first.equals(it))
                        found(Rule.ANSWERED_ALIKE, command.toString(), "first " + first + ", then " + it);
                    if (refused != null && first == null && !unknown)
                        found(Rule.ANSWERED_ALIKE, command.toString(), "first " + refused + ", then " + it);
                    first = first == null ? it : first;
                }
                case Refused it -> {
                    if (first != null)
                        found(Rule.ANSWERED_ALIKE, command.toString(), "first " + first + ", then " + it);
                    refused = it;
                }
                case Unknown it -> unknown = true;
                case Broken it -> {
                    found(Rule.TROUBLE_IS_SAID, command.toString(), it.what());
                    unknown = true;
                }
            }
        }
        if (first != null) return first;
        if (refused != null) return refused;
        return outcomes.getLast();
    }

    private void acknowledged(Command command, Acknowledged answer, List<Logged> own) {
        if (answer.unchanged()) {
            if (!own.isEmpty())
                found(Rule.WHERE_ACKNOWLEDGED, command.toString(), "unchanged, and events at " + positions(own));
            else if (!receipts.containsKey(command))
                found(Rule.ACKNOWLEDGED_IS_THERE, command.toString(), "unchanged, and no receipt of it");
            return;
        }
        if (own.isEmpty()) {
            found(Rule.ACKNOWLEDGED_IS_THERE, command.toString(), "acknowledged at position " + answer.position());
            return;
        }
        if (own.getLast().position() != answer.position())
            found(
                    Rule.WHERE_ACKNOWLEDGED,
                    command.toString(),
                    "acknowledged at position " + answer.position() + ", events at " + positions(own));
        var versions = new HashMap<String, Integer>();
        for (var event : own) versions.put(event.stream().toString(), event.seq() + 1);
        if (!versions.equals(answer.versions()))
            found(
                    Rule.WHERE_ACKNOWLEDGED,
                    command.toString(),
                    "acknowledged versions " + answer.versions() + ", and they are " + versions);
    }

    /** None of the commands that are sent makes two events of one type, and one append stands side by side. */
    private static boolean isTwice(List<Logged> own) {
        if (own.isEmpty()) return false;
        var types = own.stream().map(Logged::type).collect(Collectors.toSet());
        var span = own.getLast().position() - own.getFirst().position() + 1;
        return types.size() < own.size() || span != own.size();
    }

    private static List<Long> positions(List<Logged> events) {
        return events.stream().map(Logged::position).toList();
    }

    private static List<String> types(List<Logged> events) {
        return events.stream().map(Logged::type).toList();
    }

    private void found(Rule rule, String where, String detail) {
        findings.add(new Finding(rule, where, detail));
    }
}
