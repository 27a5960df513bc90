package dev.chronodesk.bench.faults.checker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** Rows against rows: invariants 3, 4 and 6 of the design. */
public final class TableChecker {

    /** How many rows of one table are named one by one. */
    private static final int NAMED = 5;

    /**
     * Read tables at one position.
     *
     * @param rows a hash of each row by its key, by table
     */
    public record Contents(long position, Map<String, Map<String, String>> rows) {}

    /**
     * What somebody saw of a view.
     *
     * @param reader who, and through which door
     * @param ids what is theirs to see
     * @param seen what they were shown
     */
    public record Sight(String reader, String view, Set<String> ids, Set<String> seen) {}

    private TableChecker() {}

    /** Stored read tables against the fold of the log in memory. */
    public static List<Finding> check(Contents stored, Contents folded) {
        return compare(Rule.TABLES_EQUAL_FOLD, stored, folded, "the fold of the log");
    }

    /** What people saw against what is theirs. */
    public static List<Finding> check(List<Sight> sights) {
        var findings = new ArrayList<Finding>();
        for (var sight : sights) {
            var foreign = new TreeSet<>(sight.seen());
            foreign.removeAll(sight.ids());
            if (!foreign.isEmpty())
                findings.add(new Finding(
                        Rule.NOTHING_FOREIGN_VISIBLE,
                        sight.reader(),
                        foreign.size() + " rows of " + sight.view() + ", first " + foreign.first()));
            var hidden = new TreeSet<>(sight.ids());
            hidden.removeAll(sight.seen());
            if (!hidden.isEmpty())
                findings.add(new Finding(
                        Rule.NOTHING_OWN_HIDDEN,
                        sight.reader(),
                        hidden.size() + " rows of " + sight.view() + ", first " + hidden.first()));
        }
        return findings;
    }

    /** A rebuild: heads of the log and rows before and after it. */
    public static List<Finding> rebuilt(long headBefore, Contents before, long headAfter, Contents after) {
        var findings = new ArrayList<Finding>();
        if (headBefore != headAfter)
            findings.add(new Finding(
                    Rule.REBUILD_APPENDS_NOTHING,
                    "position " + headAfter,
                    "the head was " + headBefore + " before the rebuild"));
        findings.addAll(compare(Rule.REBUILD_CHANGES_NOTHING, after, before, "before the rebuild"));
        return findings;
    }

    private static List<Finding> compare(Rule rule, Contents is, Contents expected, String what) {
        var findings = new ArrayList<Finding>();
        if (is.position() != expected.position())
            findings.add(new Finding(
                    rule, "position", "the tables stand at " + is.position() + ", not at " + expected.position()));
        var names = new TreeSet<>(is.rows().keySet());
        names.addAll(expected.rows().keySet());
        for (var name : names) {
            var there = is.rows().getOrDefault(name, Map.of());
            var due = expected.rows().getOrDefault(name, Map.of());
            var keys = new TreeSet<>(there.keySet());
            keys.addAll(due.keySet());
            var wrong = keys.stream()
                    .filter(key -> !Objects.equals(there.get(key), due.get(key)))
                    .toList();
            for (var key : wrong.subList(0, Math.min(NAMED, wrong.size())))
                findings.add(new Finding(
                        rule,
                        name + " " + key,
                        !there.containsKey(key)
                                ? "missing, it is in " + what
                                : !due.containsKey(key) ? "extra, it is not in " + what : "differs from " + what));
            if (wrong.size() > NAMED) findings.add(new Finding(rule, name, (wrong.size() - NAMED) + " more rows"));
        }
        return findings;
    }
}
