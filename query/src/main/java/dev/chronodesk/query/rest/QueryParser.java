package dev.chronodesk.query.rest;

import dev.chronodesk.query.QueryText.Parameter;
import dev.chronodesk.query.rest.Condition.Compare;
import dev.chronodesk.query.rest.Condition.Group;
import dev.chronodesk.query.rest.Condition.In;
import dev.chronodesk.query.rest.Condition.Is;
import dev.chronodesk.query.rest.Condition.Known;
import dev.chronodesk.query.rest.Condition.Matching;
import dev.chronodesk.query.rest.Condition.Operator;
import dev.chronodesk.query.rest.Condition.Quantifier;
import dev.chronodesk.query.rest.Condition.Search;
import dev.chronodesk.query.rest.Query.Aggregate;
import dev.chronodesk.query.rest.Query.Order;
import dev.chronodesk.query.rest.Query.Selected;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** PostgREST's grammar of query strings. What exists is the plan's question, and what is true PostgreSQL's. */
final class QueryParser {

    /** Names that are no columns here. */
    private static final Set<String> RESERVED =
            Set.of("select", "order", "limit", "offset", "and", "or", "not.and", "not.or", "columns", "on_conflict");

    private static final Map<String, Operator> OPERATORS =
            Arrays.stream(Operator.values()).collect(Collectors.toMap(Operator::word, Function.identity()));

    private static final Map<String, Matching> MATCHINGS = Arrays.stream(Matching.values())
            .collect(Collectors.toMap(matching -> matching.name().toLowerCase(Locale.ROOT), Function.identity()));

    private static final Map<String, Aggregate> AGGREGATES =
            Arrays.stream(Aggregate.values()).collect(Collectors.toMap(Aggregate::word, Function.identity()));

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
    private static final int MAX_EMBEDS = 20;
    private static final int MAX_EMBED_DEPTH = 5;

    private int conditions;
    private int selected;
    private int embeds;

    private QueryParser() {}

    static Query parse(List<Parameter> parameters) {
        return new QueryParser().query(parameters);
    }

    /** A query while parameters add to it; embedded ones have their own. */
    private static final class Level {
        private final List<Selected> select = new ArrayList<>();
        private final IdentityHashMap<Selected.Embed, Level> inside = new IdentityHashMap<>();
        private final List<Condition> where = new ArrayList<>();
        private List<Order> order = List.of();
        private @Nullable Long limit;
        private long offset;

        Level inside(String name) {
            for (var one : select)
                if (one instanceof Selected.Embed embed && embed.isCalled(name))
                    return Objects.requireNonNull(inside.get(embed));
            throw notEmbedded(name);
        }

        Query query() {
            var selected = new ArrayList<Selected>();
            for (var one : select) {
                if (one instanceof Selected.Embed embed)
                    selected.add(new Selected.Embed(
                            embed.target(),
                            embed.alias(),
                            embed.hint(),
                            embed.inner(),
                            embed.spread(),
                            Objects.requireNonNull(inside.get(embed)).query()));
                else selected.add(one);
            }
            return new Query(selected, where, order, limit, offset);
        }
    }

    private Query query(List<Parameter> parameters) {
        var root = new Level();
        for (var parameter : parameters)
            if (parameter.name().equals("select") && !parameter.value().isBlank()) {
                root.select.clear();
                root.inside.clear();
                select(new Scanner("select parameter", parameter.value()), root);
            }
        if (root.select.isEmpty()) root.select.add(new Selected.All());
        for (var parameter : parameters) {
            switch (parameter.name()) {
                case "select", "columns", "on_conflict" -> {} // the latter concern writes, and clients send them along
                default -> add(root, parameter.name(), parameter.value());
            }
        }
        return root.query();
    }

    /** What a parameter says, of the level that the names before the last one lead to. */
    private void add(Level root, String name, String value) {
        var in = new Scanner("filter", name);
        var path = new ArrayList<String>();
        var field = in.field();
        while (in.take(".")) {
            if (!field.path().isEmpty() || path.size() > MAX_EMBED_DEPTH + 1) throw in.unexpected("the end");
            path.add(field.column());
            field = in.field();
        }
        in.expectEnd();
        var last = field.path().isEmpty() ? field.column() : "";
        var negated = (last.equals("and") || last.equals("or"))
                && !path.isEmpty()
                && path.getLast().equals("not");
        if (negated) path.removeLast();
        var level = root;
        for (var step : path) level = level.inside(step);
        switch (last) {
            case "order" -> level.order = value.isBlank() ? level.order : order(value);
            case "limit" -> level.limit = count("limit", value);
            case "offset" -> level.offset = count("offset", value);
            case "and", "or" -> level.where.add(tree(last.equals("or"), negated, value));
            default -> level.where.add(condition(new Scanner("filter", value), field, false));
        }
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

    private void select(Scanner in, Level level) {
        items(in, level, 0);
        in.expectEnd();
    }

    private void items(Scanner in, Level level, int depth) {
        do {
            if (++selected > MAX_SELECTED) throw in.unexpected("at most " + MAX_SELECTED + " columns");
            level.select.add(item(in, level, depth));
        } while (in.take(","));
    }

    private Selected item(Scanner in, Level level, int depth) {
        if (in.take("*")) return new Selected.All();
        if (in.take("...")) return embed(in, level, in.name(), null, true, depth);
        String alias = null;
        var field = in.field();
        if (in.sees(":") && !in.sees("::")) {
            in.take(":");
            if (!field.path().isEmpty()) throw in.unexpected("an alias without arrows");
            alias = nameable(in, field.column());
            if (in.take("...")) return embed(in, level, in.name(), alias, true, depth);
            field = in.field();
        }
        if (field.path().isEmpty() && field.column().equals("count") && in.take("()"))
            return new Selected.Total(Aggregate.COUNT, null, alias, null, in.take("::") ? cast(in) : null);
        if (field.path().isEmpty() && (in.sees("(") || in.sees("!")))
            return embed(in, level, field.column(), alias, false, depth);
        var cast = in.take("::") ? cast(in) : null;
        if (in.take(".")) {
            var aggregate = AGGREGATES.get(in.word());
            if (aggregate == null) throw in.unexpected("one of the aggregates " + new TreeSet<>(AGGREGATES.keySet()));
            in.expect("()");
            return new Selected.Total(aggregate, field, alias, cast, in.take("::") ? cast(in) : null);
        }
        nameable(in, alias == null ? field.name() : alias);
        return new Selected.One(field, alias, cast);
    }

    private Selected embed(Scanner in, Level level, String target, @Nullable String alias, boolean spread, int depth) {
        if (depth == MAX_EMBED_DEPTH) throw in.unexpected("embedding at most " + MAX_EMBED_DEPTH + " deep");
        if (++embeds > MAX_EMBEDS) throw in.unexpected("at most " + MAX_EMBEDS + " embeddings");
        String hint = null;
        var inner = false;
        while (in.take("!")) {
            var word = in.name();
            if (word.equals("inner")) inner = true;
            else if (!word.equals("left")) hint = word;
        }
        in.expect("(");
        var inside = new Level();
        if (!in.take(")")) {
            items(in, inside, depth + 1);
            in.expect(")");
        }
        var embed = new Selected.Embed(target, nameableOrNull(in, alias), hint, inner, spread, inside.query());
        nameable(in, embed.name());
        level.inside.put(embed, inside);
        return embed;
    }

    private static @Nullable String nameableOrNull(Scanner in, @Nullable String alias) {
        return alias == null ? null : nameable(in, alias);
    }

    /** PostgreSQL cuts longer names without a word. */
    private static String nameable(Scanner in, String name) {
        if (name.getBytes(StandardCharsets.UTF_8).length > 63) throw in.unexpected("names of at most 63 bytes");
        return name;
    }

    private static String cast(Scanner in) {
        var cast = in.name().toLowerCase(Locale.ROOT);
        if (!CASTS.contains(cast)) throw in.unexpected("one of the casts " + new TreeSet<>(CASTS));
        return cast;
    }

    private static List<Order> order(String text) {
        var in = new Scanner("order", text);
        var keys = new ArrayList<Order>();
        do {
            if (keys.size() == 32) throw in.unexpected("at most 32 keys");
            var field = in.field();
            String embed = null;
            if (field.path().isEmpty() && in.take("(")) {
                embed = field.column();
                field = in.field();
                in.expect(")");
            }
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
            keys.add(new Order(embed, field, descending, nullsFirst));
        } while (in.take(","));
        in.expectEnd();
        return keys;
    }

    static RestException notEmbedded(String relation) {
        return new RestException(
                400,
                "PGRST108",
                "'" + RestException.shortened(relation) + "' is not an embedded resource in this request",
                null,
                "Verify that '" + RestException.shortened(relation) + "' is included in the 'select' query parameter.");
    }

    private Condition tree(boolean any, boolean negated, String value) {
        var in = new Scanner("logic tree", value);
        var group = group(in, any, negated, 1);
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
        var matching = MATCHINGS.get(word);
        if (matching != null) {
            var language = in.sees("(") ? in.bracketed() : null;
            in.expect(".");
            return new Search(field, negated, matching, language, inTree ? in.value() : in.rest());
        }
        var operator = operator(in, word);
        var quantifier = quantifier(in, operator);
        in.expect(".");
        return new Compare(field, negated, operator, quantifier, inTree ? in.value() : in.rest());
    }

    private static Operator operator(Scanner in, String word) {
        var operator = OPERATORS.get(word);
        if (operator == null)
            throw in.unexpected(
                    "an operator (" + new TreeSet<>(OPERATORS.keySet()) + ", in, is), perhaps after \"not.\"");
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

    /** Why a parameter cannot be a filter, or null when it can: if not, then it may be an argument. */
    static @Nullable String whyNoFilter(String name, String value) {
        try {
            new Scanner("filter", name).field();
            new QueryParser().condition(new Scanner("filter", value), new Field(name, List.of()), false);
            return null;
        } catch (RestException e) {
            return e.text();
        }
    }
}
