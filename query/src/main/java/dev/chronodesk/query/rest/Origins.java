package dev.chronodesk.query.rest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a view's columns come from, as PostgreSQL's parser wrote it into the view's rule: for each column of the answer
 * the table and column that it shows unchanged. An expression has none. The text of a rule is a tree of nodes in
 * braces, in which a brace of somebody's name has a backslash before it; the columns of the answer are the only
 * {@code TARGETENTRY} nodes right below the outermost one. Not taken from the view's SQL: that would need a parser of
 * all of SQL.
 */
final class Origins {

    /** A column of a table or view, by its numbers. */
    record At(long relation, int column) {}

    private static final String TARGET = "{TARGETENTRY ";

    private Origins() {}

    /** By the number of the view's column. */
    static Map<Integer, At> of(String rule) {
        var origins = new HashMap<Integer, At>();
        for (var target : targets(rule)) {
            var table = number(target, ":resorigtbl ");
            var column = number(target, ":resorigcol ");
            if (table > 0 && column > 0 && target.contains(" :resjunk false"))
                origins.put((int) number(target, ":resno "), new At(table, (int) column));
        }
        return origins;
    }

    /** Each of those nodes without the nodes inside it. */
    private static List<String> targets(String rule) {
        var targets = new ArrayList<String>();
        var own = new StringBuilder();
        var inTarget = false;
        var depth = 0;
        for (var i = 0; i < rule.length(); i++) {
            var c = rule.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '{') {
                depth++;
                if (depth == 2) {
                    inTarget = rule.startsWith(TARGET, i);
                    own.setLength(0);
                }
            } else if (c == '}') {
                if (depth == 2 && inTarget) targets.add(own.toString());
                depth--;
            } else if (inTarget && depth == 2) {
                own.append(c);
            }
        }
        return targets;
    }

    private static long number(String node, String name) {
        // the last: a name before it could say the same
        var at = node.lastIndexOf(name);
        if (at < 0) return 0;
        var start = at + name.length();
        var end = start;
        while (end < node.length() && Character.isDigit(node.charAt(end))) end++;
        return end == start ? 0 : Long.parseLong(node.substring(start, end));
    }
}
