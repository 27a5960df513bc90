package dev.chronodesk.query.rest;

import dev.chronodesk.query.QueryText.Parameter;
import dev.chronodesk.query.rest.Condition.Compare;
import dev.chronodesk.query.rest.Condition.Group;
import dev.chronodesk.query.rest.Condition.In;
import dev.chronodesk.query.rest.Condition.Is;
import dev.chronodesk.query.rest.Condition.Known;
import dev.chronodesk.query.rest.Condition.Operator;
import dev.chronodesk.query.rest.Condition.Quantifier;
import dev.chronodesk.query.rest.Query.Order;
import dev.chronodesk.query.rest.Query.Selected;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** PostgREST's grammar of query strings, without embedding, aggregates and full-text search. */
final class QueryParser {

    /** Names that are no columns here. {@code after} is kept for cursors. */
    private static final Set<String> RESERVED =
            Set.of("select", "order", "limit", "offset", "and", "or", "not.and", "not.or", "columns", "on_conflict");

    private static final Map<String, Operator> OPERATORS =
            Arrays.stream(Operator.values()).collect(Collectors.toMap(Operator::word, Function.identity()));

    private static final Set<String> FULL_TEXT = Set.of("fts", "plfts", "phfts", "wfts");

    /** Casts are written into the statement, so only these are known. */
    private static final Set<String> CASTS = Set.of(
            "text",
            "int",
            "int2",
            "int4",
            "int8",
            "integer",
            "smallint",
            "bigint",
            "numeric",
            "float4",
            "float8",
            "real",
            "bool",
            "boolean",
            "date",
            "time",
            "timestamp",
            "timestamptz",
            "interval",
            "uuid",
            "json",
            "jsonb",
            "text[]",
            "varchar");

    private static final int MAX_DEPTH = 16;
    private static final int MAX_CONDITIONS = 200;
    private static final int MAX_SELECTED = 200;

    private int conditions;

    private QueryParser() {}

    static Query parse(List<Parameter> parameters) {
        return new QueryParser().query(parameters);
    }

    private Query query(List<Parameter> parameters) {
        List<Selected> select = List.of(new Selected.All());
        List<Order> order = List.of();
        Long limit = null;
        var offset = 0L;
        var where = new ArrayList<Condition>();
        for (var parameter : parameters) {
            var name = parameter.name();
            var value = parameter.value();
            switch (name) {
                case "select" -> select = value.isBlank() ? select : select(value);
                case "order" -> order = value.isBlank() ? order : order(value);
                case "limit" -> limit = count("limit", value);
                case "offset" -> offset = count("offset", value);
                case "and", "or", "not.and", "not.or" -> where.add(tree(name, value));
                case "columns", "on_conflict" -> {} // they concern writes, and clients send them along
                default -> where.add(filter(name, value));
            }
        }
        return new Query(select, where, order, limit, offset);
    }

    static boolean isReserved(String name) {
        return RESERVED.contains(name);
    }

    private static long count(String what, String value) {
        if (!value.strip().matches("-?\\d{1,18}"))
            throw RestException.unparsable(what, value, "expected a whole number");
        var count = Long.parseLong(value.strip());
        if (count < 0)
            throw RestException.outOfRange(
                    (what.equals("limit") ? "Limit" : "Offset") + " should be greater than or equal to zero.");
        return count;
    }

    private static List<Selected> select(String text) {
        var in = new Scanner("select parameter", text);
        var selected = new ArrayList<Selected>();
        do {
            if (selected.size() == MAX_SELECTED) throw in.unexpected("at most " + MAX_SELECTED + " columns");
            selected.add(selected(in));
        } while (in.take(","));
        in.expectEnd();
        return selected;
    }

    private static Selected selected(Scanner in) {
        if (in.take("*")) return new Selected.All();
        if (in.take("...")) throw embedding(in.name());
        String alias = null;
        var field = in.field();
        if (in.sees(":") && !in.sees("::")) {
            in.take(":");
            if (!field.path().isEmpty()) throw in.unexpected("an alias without arrows");
            alias = field.column();
            if (in.take("...")) throw embedding(in.name());
            field = in.field();
        }
        if (in.sees("(") && field.column().equals("count") && field.path().isEmpty()) throw aggregates();
        if (in.sees("(") || in.sees("!")) throw embedding(field.column());
        if (in.take(".")) {
            in.word();
            if (in.sees("(")) throw aggregates();
            throw in.unexpected("\",\"");
        }
        var cast = in.take("::") ? cast(in) : null;
        var one = new Selected.One(field, alias, cast);
        // PostgreSQL cuts longer names without a word
        if (one.name().getBytes(java.nio.charset.StandardCharsets.UTF_8).length > 63)
            throw in.unexpected("names of at most 63 bytes");
        return one;
    }

    private static String cast(Scanner in) {
        var cast = in.name().toLowerCase(Locale.ROOT);
        if (!CASTS.contains(cast)) throw in.unexpected("one of the casts " + new java.util.TreeSet<>(CASTS));
        return cast;
    }

    private static RestException embedding(String relation) {
        return new RestException(
                400,
                "PGRST200",
                "Could not find a relationship to '" + RestException.shortened(relation) + "' in the schema cache",
                "Embedding is not available yet.",
                "Read the other view in a second request, by the ids of the first.");
    }

    private static RestException aggregates() {
        return new RestException(400, "PGRST123", "Use of aggregate functions is not allowed", null, null);
    }

    private static List<Order> order(String text) {
        var in = new Scanner("order", text);
        var keys = new ArrayList<Order>();
        do {
            if (keys.size() == 32) throw in.unexpected("at most 32 keys");
            var field = in.field();
            if (in.sees("(")) throw notEmbedded(field.column());
            var descending = false;
            Boolean nullsFirst = null;
            var directed = false;
            while (in.take(".")) {
                var word = in.word();
                switch (word) {
                    case "asc", "desc" -> {
                        if (directed || nullsFirst != null) throw in.unexpected("one direction, before the nulls");
                        directed = true;
                        descending = word.equals("desc");
                    }
                    case "nullsfirst", "nullslast" -> {
                        if (nullsFirst != null) throw in.unexpected("the nulls once");
                        nullsFirst = word.equals("nullsfirst");
                    }
                    default -> throw in.unexpected("asc, desc, nullsfirst or nullslast");
                }
            }
            keys.add(new Order(field, descending, nullsFirst));
        } while (in.take(","));
        in.expectEnd();
        return keys;
    }

    private static RestException notEmbedded(String relation) {
        return new RestException(
                400,
                "PGRST108",
                "'" + RestException.shortened(relation) + "' is not an embedded resource in this request",
                null,
                "Embedding is not available yet.");
    }

    private Condition tree(String name, String value) {
        var in = new Scanner("logic tree", value);
        var group = group(in, name.endsWith("or"), name.startsWith("not."), 1);
        in.expectEnd();
        return group;
    }

    private Group group(Scanner in, boolean any, boolean negated, int depth) {
        if (depth > MAX_DEPTH) throw in.unexpected("at most " + MAX_DEPTH + " levels");
        in.expect("(");
        var parts = new ArrayList<Condition>();
        do {
            parts.add(part(in, depth));
        } while (in.take(","));
        in.expect(")");
        return new Group(any, negated, parts);
    }

    private Condition part(Scanner in, int depth) {
        if (in.take("and(")) return again(in, false, false, depth);
        if (in.take("or(")) return again(in, true, false, depth);
        if (in.take("not.and(")) return again(in, false, true, depth);
        if (in.take("not.or(")) return again(in, true, true, depth);
        var field = in.field();
        in.expect(".");
        return condition(in, field, true);
    }

    private Condition again(Scanner in, boolean any, boolean negated, int depth) {
        in.back(1);
        return group(in, any, negated, depth + 1);
    }

    private Condition filter(String name, String value) {
        var left = new Scanner("filter", name);
        var field = left.field();
        if (left.sees(".")) throw notEmbedded(field.column());
        left.expectEnd();
        return condition(new Scanner("filter", value), field, false);
    }

    /** {@code [not.]op.value}; in a tree the value ends at a comma or bracket, else it is all that follows. */
    private Condition condition(Scanner in, Field field, boolean inTree) {
        if (++conditions > MAX_CONDITIONS) throw in.unexpected("at most " + MAX_CONDITIONS + " conditions");
        var negated = in.take("not.");
        var word = in.word();
        if (word.equals("in")) {
            in.expect(".");
            var values = in.list();
            if (!inTree) in.expectEnd();
            return new In(field, negated, values);
        }
        if (word.equals("is")) {
            in.expect(".");
            return new Is(field, negated, known(in, inTree ? in.value() : in.rest()));
        }
        if (FULL_TEXT.contains(word)) throw RestException.unsupported("full-text search (" + word + ")");
        var operator = operator(in, word);
        var quantifier = quantifier(in, operator);
        in.expect(".");
        return new Compare(field, negated, operator, quantifier, inTree ? in.value() : in.rest());
    }

    private static Operator operator(Scanner in, String word) {
        var operator = OPERATORS.get(word);
        if (operator == null)
            throw in.unexpected("an operator (" + new java.util.TreeSet<>(OPERATORS.keySet())
                    + ", in, is), perhaps after \"not.\"");
        return operator;
    }

    private static Quantifier quantifier(Scanner in, Operator operator) {
        if (!in.sees("(") || !operator.quantifiable()) return Quantifier.ONE;
        if (in.take("(any)")) return Quantifier.ANY;
        if (in.take("(all)")) return Quantifier.ALL;
        throw in.unexpected("(any) or (all)");
    }

    private static Known known(Scanner in, String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "null" -> Known.NULL;
            case "not_null" -> Known.NOT_NULL;
            case "true" -> Known.TRUE;
            case "false" -> Known.FALSE;
            case "unknown" -> Known.UNKNOWN;
            default -> throw in.unexpected("null, not_null, true, false or unknown");
        };
    }

    /** The filter of that text on that column, or null when it is none: then it may be an argument. */
    static @Nullable String whyNoFilter(String name, String value) {
        try {
            new QueryParser().filter(name, value);
            return null;
        } catch (RestException e) {
            return e.text();
        }
    }
}
