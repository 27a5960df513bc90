package dev.chronodesk.bench.faults;

import dev.chronodesk.bench.faults.checker.Finding;
import dev.chronodesk.bench.faults.checker.Rule;
import dev.chronodesk.bench.faults.journal.Outcome;
import dev.chronodesk.bench.faults.journal.Sending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What came of all runs of one kind of fault: one line of the table. */
public final class Tally {

    /** The table's first line. */
    public static final String HEADER = "%-22s %6s %12s %8s %8s %5s %8s %6s %7s %6s %16s"
            .formatted(
                    "fault",
                    "runs",
                    "acknowledged",
                    "refused",
                    "unknown",
                    "lost",
                    "doubled",
                    "holes",
                    "tables",
                    "other",
                    "recovery p50/max");

    private final String fault;
    private final List<Finding> findings = new ArrayList<>();
    private final List<Duration> recoveries = new ArrayList<>();
    private int runs;
    private int acknowledged;
    private int refused;
    private int resolved;

    public Tally(String fault) {
        this.fault = fault;
    }

    /** One more fault was made. */
    public void ran() {
        runs++;
    }

    /** So long it took until a command was acknowledged again and read. */
    public void recovered(Duration after) {
        recoveries.add(after);
    }

    /** Counts the commands, not their sendings. */
    public void count(Collection<Sending> journal) {
        record Command(Object sender, String key) {}
        Map<Command, Boolean> known = new HashMap<>();
        var unknown = new java.util.HashSet<Command>();
        for (var sending : journal) {
            var command =
                    new Command(sending.intent().sender(), sending.intent().key());
            switch (sending.outcome()) {
                case Outcome.Acknowledged unused -> known.put(command, true);
                case Outcome.Refused unused -> known.putIfAbsent(command, false);
                case Outcome.Unknown unused -> unknown.add(command);
                case Outcome.Broken unused -> unknown.add(command);
            }
        }
        for (var accepted : known.values()) {
            if (accepted) acknowledged++;
            else refused++;
        }
        resolved += (int) unknown.stream().filter(known::containsKey).count();
    }

    public void found(Collection<Finding> findings) {
        this.findings.addAll(findings);
    }

    public List<Finding> findings() {
        return List.copyOf(findings);
    }

    public int runs() {
        return runs;
    }

    public int acknowledged() {
        return acknowledged;
    }

    /** Commands whose outcome was not known at first, and is now. */
    public int resolved() {
        return resolved;
    }

    private long of(Rule... rules) {
        return findings.stream()
                .filter(finding -> List.of(rules).contains(finding.rule()))
                .count();
    }

    /** One line of the table. */
    public String line() {
        var lost = of(Rule.ACKNOWLEDGED_IS_THERE);
        var doubled = of(Rule.ONCE);
        var holes = of(Rule.DENSE_POSITIONS, Rule.DENSE_SEQ);
        var tables = of(Rule.TABLES_EQUAL_FOLD, Rule.REBUILD_CHANGES_NOTHING);
        return "%-22s %6d %12d %8d %8d %5d %8d %6d %7d %6d %16s"
                .formatted(
                        fault,
                        runs,
                        acknowledged,
                        refused,
                        resolved,
                        lost,
                        doubled,
                        holes,
                        tables,
                        findings.size() - lost - doubled - holes - tables,
                        recovery());
    }

    private String recovery() {
        if (recoveries.isEmpty()) return "-";
        var sorted = recoveries.stream().sorted().toList();
        return "%.2f / %.2f s"
                .formatted(
                        sorted.get(sorted.size() / 2).toMillis() / 1e3,
                        sorted.getLast().toMillis() / 1e3);
    }
}
