package dev.chronodesk.bench.faults.checker;

/**
 * A rule that a history broke.
 *
 * @param where key, position, row or person
 */
public record Finding(Rule rule, String where, String detail) {
    @Override
    public String toString() {
        return rule + " at " + where + ": " + detail;
    }
}
