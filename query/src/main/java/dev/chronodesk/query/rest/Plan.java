package dev.chronodesk.query.rest;

import dev.chronodesk.query.fold.ArrayText;
import dev.chronodesk.query.rest.Catalogue.Relation;
import dev.chronodesk.query.rest.Condition.Compare;
import dev.chronodesk.query.rest.Condition.Group;
import dev.chronodesk.query.rest.Condition.In;
import dev.chronodesk.query.rest.Condition.Is;
import dev.chronodesk.query.rest.Condition.Known;
import dev.chronodesk.query.rest.Condition.Search;
import dev.chronodesk.query.rest.Query.Order;
import dev.chronodesk.query.rest.Query.Selected;
import dev.chronodesk.query.rest.Relationship.Computed;
import dev.chronodesk.query.rest.Relationship.Keys;
import dev.chronodesk.query.rest.Relationship.Through;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes one statement of a query: the rows as JSON or CSV, how many, of how many, and where the tables stand. What is
 * embedded is a lateral join that answers one row: the JSON {@code j}, how many rows {@code n}, and what the level
 * above needs of it.
 */
final class Plan {

    /** How rows are written. */
    enum Form {
        ARRAY,
        OBJECT,
        CSV
    }

    /** What is read, and what may be embedded in it: everything that a plan needs to know of the schema. */
    private final Catalogue catalogue;

    private final Relationships relationships;
    private final int cap;
    private final Level root;
    private int aliases;

    /**
     * @param relation what the rows are of
     * @param of the relation whose relationships they have; null for none
     * @param source what follows {@code from}, without a name
     * @param columned whether the source's columns must be given their names
     * @param cap how many rows an embedding has at most
     * @throws RestException when the query names something that does not exist
     */
    Plan(
            Catalogue catalogue,
            Relation relation,
            @Nullable String of,
            Sql source,
            boolean columned,
            Query query,
            int cap)
            throws SQLException {
        this.catalogue = catalogue;
        this.relationships = new Relationships(catalogue);
        this.cap = cap;
        this.root = new Level(relation, of, source, query);
        if (columned)
            root.from
                    .add(" (")
                    .name(relation.columns().keySet().iterator().next())
                    .add(")");
    }

    /** One embedding: how its rows are found, and under which name its join can be named. */
    private record Joined(Selected.Embed embed, Relationship relationship, Level level, String alias) {}

    /**
     * One column of a level's answer.
     *
     * @param key by what rows are put together when there are totals: null for its place, empty for a total
     */
    private record Item(String name, Sql sql, @Nullable String key) {
        Item(String name, Sql sql) {
            this(name, sql, null);
        }
    }

    /** One relation of the statement, with what is embedded in it. */
    private final class Level {
        private final Relation relation;
        private final Query query;
        private final String alias = "_t" + aliases++;
        private final Sql from;
        private final List<Joined> joined = new ArrayList<>();

        Level(Relation relation, @Nullable String of, Sql source, Query query) throws SQLException {
            this.relation = relation;
            this.query = query;
            this.from = new Sql().add(source).add(" as " + alias);
            for (var embed : query.embeds()) {
                if (of == null) throw noRelations(relation.name(), embed.target());
                var relationship = relationships.find(of, embed);
                var target = catalogue
                        .relation(relationship.target())
                        .orElseThrow(() -> RestException.noSuchTable(relationship.target(), null));
                var its = relationship instanceof Computed computed
                        ? new Sql()
                                .add(catalogue.schema() + ".")
                                .name(computed.name())
                                .add("(" + alias + ")")
                        : new Sql().add(catalogue.schema() + ".").name(target.name());
                var level = new Level(target, target.name(), its, embed.query());
                if (embed.spread() && embed.query().isAggregated())
                    throw new RestException(
                            400,
                            "PGRST127",
                            "Feature not implemented",
                            "Aggregates are not available in a spread ('" + embed.name() + "').",
                            null);
                joined.add(new Joined(embed, relationship, level, "_e" + aliases++));
            }
            conditions(query.where());
        }

        /** What a condition on an embedding asks is only whether there are rows. */
        private void conditions(List<Condition> conditions) {
            for (var condition : conditions) {
                switch (condition) {
                    case Group group -> conditions(group.parts());
                    case Is is when isNullTest(is) -> {}
                    case Is is -> known(is.field());
                    case Compare compare -> known(compare.field());
                    case In in -> known(in.field());
                    case Search search -> known(search.field());
                }
            }
        }

        private void known(Field field) {
            var embed = embedded(field);
            if (embed != null && !relation.columns().containsKey(field.column()))
                throw new RestException(
                        400,
                        "PGRST120",
                        "Bad operator on the '" + embed.embed().name() + "' embedded resource",
                        "Only is null or not is null filters are allowed on embedded resources",
                        null);
        }

        private @Nullable Joined embedded(Field field) {
            return field.path().isEmpty() ? called(field.column()) : null;
        }

        private @Nullable Joined called(@Nullable String name) {
            for (var one : joined) if (name != null && one.embed().isCalled(name)) return one;
            return null;
        }

        private boolean isNullTest(Is is) {
            return (is.known() == Known.NULL || is.known() == Known.NOT_NULL) && embedded(is.field()) != null;
        }

        /** What the answer has, in order; totals are computed over everything else. */
        List<Item> items() {
            var grouped = query.isAggregated();
            var items = new ArrayList<Item>();
            for (var selected : query.select()) {
                switch (selected) {
                    case Selected.All _ ->
                        relation.columns()
                                .keySet()
                                .forEach(column -> items.add(new Item(
                                        column, new Sql().add(alias + ".").name(column))));
                    case Selected.One one -> {
                        var sql = new Sql().add("(");
                        field(sql, one.field());
                        sql.add(")");
                        if (one.cast() != null) sql.add("::" + one.cast());
                        items.add(new Item(one.name(), sql));
                    }
                    case Selected.Total total -> items.add(new Item(total.name(), total(total), ""));
                    case Selected.Embed embed -> {
                        var one = joined.stream()
                                .filter(each -> each.embed().equals(embed))
                                .findFirst()
                                .orElseThrow();
                        if (embed.spread()) {
                            var inside = one.level().items();
                            for (var i = 0; i < inside.size(); i++)
                                items.add(new Item(inside.get(i).name(), new Sql().add(one.alias() + ".s" + i)));
                        } else if (!embed.query().select().isEmpty()) {
                            // JSON cannot be compared, and its text can
                            var text = one.alias() + ".j::text";
                            items.add(new Item(
                                    embed.name(),
                                    new Sql().add(grouped ? "(" + text + ")::json" : one.alias() + ".j"),
                                    text));
                        }
                    }
                }
            }
            return items;
        }

        private Sql total(Selected.Total total) {
            var sql = new Sql();
            if (total.field() == null) {
                sql.add("count(*)");
            } else {
                sql.add(total.aggregate().word() + "((");
                field(sql, total.field());
                sql.add(")");
                if (total.cast() != null) sql.add("::" + total.cast());
                sql.add(")");
            }
            if (total.castAfter() != null) sql.add("::" + total.castAfter());
            return sql;
        }

        /**
         * {@code select … from … where … group by … order by … limit …}, where items are named by the given function.
         */
        Sql rows(List<Item> items, Naming naming, @Nullable Relationship relationship, @Nullable Level above) {
            var sql = new Sql().add("select ");
            selected(sql, items, naming);
            sql.add(" from ");
            joins(sql, relationship, true);
            where(sql, relationship, above);
            if (query.isAggregated()) {
                var keys = new ArrayList<String>();
                for (var i = 0; i < items.size(); i++) {
                    var key = items.get(i).key();
                    if (key == null) keys.add(Integer.toString(i + 1));
                    else if (!key.isEmpty()) keys.add(key);
                }
                if (!keys.isEmpty()) sql.add(" group by " + String.join(", ", keys));
            }
            order(sql);
            return sql;
        }

        /** The relation and what is joined to it. */
        void joins(Sql sql, @Nullable Relationship relationship, boolean all) {
            sql.add(from);
            if (relationship instanceof Through through)
                sql.add(" cross join ")
                        .add(catalogue.schema() + ".")
                        .name(through.junction())
                        .add(" as " + alias + "_via");
            for (var one : joined) {
                if (!all && !one.embed().inner() && !isTested(query.where(), one)) continue;
                sql.add(one.embed().inner() ? " join lateral (" : " left join lateral (");
                lateral(sql, one);
                sql.add(") as " + one.alias() + " on ");
                sql.add(one.embed().inner() ? one.alias() + ".n > 0" : "true");
            }
        }

        private boolean isTested(List<Condition> conditions, Joined joined) {
            return conditions.stream().anyMatch(condition -> switch (condition) {
                case Group group -> isTested(group.parts(), joined);
                case Is is -> isNullTest(is) && joined.equals(embedded(is.field()));
                case Compare _, In _, Search _ -> false;
            });
        }

        /** One row for each row of this level; for what is at most one and is not there, none. */
        private void lateral(Sql sql, Joined one) {
            var level = one.level();
            var items = level.items();
            var limit = level.query.limit() == null ? cap : Math.min(level.query.limit(), cap);
            var spread = one.embed().spread();
            var naming = spread ? placed("s") : BY_NAME;
            if (one.relationship().toOne() && !level.query.isAggregated()) {
                sql.add("select 1 as n");
                if (!items.isEmpty()) {
                    sql.add(spread ? ", " : ", (select row_to_json(_r) from (select ");
                    selected(sql, items, naming);
                    if (!spread) sql.add(") as _r) as j");
                }
                for (var i = 0; i < query.order().size(); i++) {
                    if (one.equals(called(query.order().get(i).embed()))) {
                        sql.add(", ");
                        level.field(sql, query.order().get(i).field());
                        sql.add(" as o" + i);
                    }
                }
                sql.add(" from ");
                level.joins(sql, one.relationship(), true);
                level.where(sql, one.relationship(), this);
                sql.add(" limit " + Math.min(limit, 1) + " offset " + level.query.offset());
                return;
            }
            if (spread) {
                sql.add("select count(*) as n");
                for (var i = 0; i < items.size(); i++) sql.add(", coalesce(json_agg(_r.s" + i + "), '[]') as s" + i);
            } else if (one.relationship().toOne()) {
                sql.add("select 1 as n, row_to_json(_r) as j");
            } else {
                sql.add("select coalesce(json_agg(row_to_json(_r)), '[]') as j, count(*) as n");
            }
            sql.add(" from (").add(level.rows(items, naming, one.relationship(), this));
            sql.add(" limit " + limit + " offset " + level.query.offset() + ") as _r");
        }

        void where(Sql sql, @Nullable Relationship relationship, @Nullable Level above) {
            var conditions = new ArrayList<Sql>();
            if (relationship != null && above != null) {
                switch (relationship) {
                    case Keys keys -> equal(conditions, above.alias, keys.columns(), alias, keys.targetColumns());
                    case Through through -> {
                        var via = alias + "_via";
                        equal(
                                conditions,
                                above.alias,
                                through.near().targetColumns(),
                                via,
                                through.near().columns());
                        equal(
                                conditions,
                                alias,
                                through.far().targetColumns(),
                                via,
                                through.far().columns());
                    }
                    case Computed _ -> {} // the function has the row
                }
            }
            for (var condition : query.where()) {
                var one = new Sql();
                condition(one, condition);
                conditions.add(one);
            }
            for (var i = 0; i < conditions.size(); i++)
                sql.add(i == 0 ? " where " : " and ").add(conditions.get(i));
        }

        private static void equal(
                List<Sql> conditions, String one, List<String> columns, String other, List<String> otherColumns) {
            for (var i = 0; i < columns.size(); i++)
                conditions.add(new Sql()
                        .add(one + ".")
                        .name(columns.get(i))
                        .add(" = " + other + ".")
                        .name(otherColumns.get(i)));
        }

        private void condition(Sql sql, Condition condition) {
            switch (condition) {
                case Group group -> {
                    sql.add(group.negated() ? "not (" : "(");
                    for (var i = 0; i < group.parts().size(); i++) {
                        if (i > 0) sql.add(group.any() ? " or " : " and ");
                        condition(sql, group.parts().get(i));
                    }
                    sql.add(")");
                }
                case Compare compare -> {
                    sql.add(compare.negated() ? "not ((" : "((");
                    field(sql, compare.field());
                    sql.add(") ").add(compare.operator().sql()).add(" ");
                    var value = compare.operator().isPattern() ? compare.value().replace('*', '%') : compare.value();
                    switch (compare.quantifier()) {
                        case ONE -> sql.value(value);
                        case ANY -> sql.add("any (").value(value).add(")");
                        case ALL -> sql.add("all (").value(value).add(")");
                    }
                    sql.add(")");
                }
                case In in -> {
                    sql.add(in.negated() ? "not ((" : "((");
                    field(sql, in.field());
                    sql.add(") = any (").value(ArrayText.of(in.values())).add("))");
                }
                case Is is
                when isNullTest(is) -> {
                    var one = Objects.requireNonNull(embedded(is.field()));
                    var absent = (is.known() == Known.NULL) != is.negated();
                    sql.add("coalesce(" + one.alias() + ".n, 0) " + (absent ? "= 0" : "> 0"));
                }
                case Is is -> {
                    sql.add(is.negated() ? "not ((" : "((");
                    field(sql, is.field());
                    sql.add(") is ").add(is.known().sql()).add(")");
                }
                case Search search -> {
                    sql.add(search.negated() ? "not (" : "(");
                    words(sql, search);
                    sql.add(" @@ " + search.matching().function() + "(");
                    if (search.language() != null) sql.value(search.language()).add("::regconfig, ");
                    sql.value(search.value()).add("))");
                }
            }
        }

        private void words(Sql sql, Search search) {
            var made = search.field().path().isEmpty()
                    && "tsvector".equals(relation.type(search.field().column()));
            if (!made) sql.add("to_tsvector(");
            if (!made && search.language() != null) sql.value(search.language()).add("::regconfig, ");
            sql.add("(");
            field(sql, search.field());
            sql.add(made ? ")" : "))");
        }

        private void order(Sql sql) {
            for (var i = 0; i < query.order().size(); i++) {
                var key = query.order().get(i);
                sql.add(i == 0 ? " order by " : ", ");
                if (key.embed() == null) field(sql, key.field());
                else sql.add(ordering(key) + ".o" + i);
                sql.add(key.descending() ? " desc" : " asc");
                if (key.nullsFirst() != null) sql.add(key.nullsFirst() ? " nulls first" : " nulls last");
            }
        }

        /** The join that has the other row's field. */
        private String ordering(Order key) {
            var name = Objects.requireNonNull(key.embed());
            var one = called(name);
            if (one == null) throw QueryParser.notEmbedded(name);
            if (one.relationship().toOne() && !one.level().query.isAggregated() && !query.isAggregated())
                return one.alias();
            throw new RestException(
                    400,
                    "PGRST118",
                    "A related order on '" + name + "' is not possible",
                    "'" + relation.name() + "' and '" + name + "' do not form a many-to-one or one-to-one relationship",
                    null);
        }

        private void field(Sql sql, Field field) {
            if (!relation.columns().containsKey(field.column()))
                throw RestException.noSuchColumn(relation.name(), field.column());
            if (field.path().isEmpty()) {
                sql.add(alias + ".").name(field.column());
                return;
            }
            // arrows go into JSON; anything else is made JSON first, so that an array's elements can be named too
            if (relation.isJson(field.column())) sql.add(alias + ".").name(field.column());
            else sql.add("to_jsonb(" + alias + ".").name(field.column()).add(")");
            for (var step : field.path()) {
                sql.add(step.asText() ? "->>" : "->");
                if (step.isIndex()) sql.add("(" + Integer.parseInt(step.key()) + ")");
                else sql.value(step.key()).add("::text");
            }
        }
    }

    /** What the columns of an answer are called. */
    @FunctionalInterface
    private interface Naming {
        void name(Sql sql, int place, String name);
    }

    private static final Naming BY_NAME = (sql, place, name) -> sql.name(name);

    private static Naming placed(String prefix) {
        return (sql, place, name) -> sql.add(prefix + place);
    }

    private static void selected(Sql sql, List<Item> items, Naming naming) {
        for (var i = 0; i < items.size(); i++) {
            if (i > 0) sql.add(", ");
            sql.add(items.get(i).sql()).add(" as ");
            naming.name(sql, i, items.get(i).name());
        }
    }

    private static RestException noRelations(String origin, String target) {
        return new RestException(
                400,
                "PGRST200",
                "Could not find a relationship between '" + origin + "' and '" + RestException.shortened(target)
                        + "' in the schema cache",
                "What '" + origin + "' answers is not the rows of a table or view.",
                null);
    }

    /** One row of {@code body, page, total, position}; total is null when nobody asked. */
    Sql statement(Form form, boolean stripNulls, Catalogue.Result result, boolean count, long limit, long offset) {
        var items = root.items();
        var page = new Sql().add("with _page as (");
        page.add(root.rows(items, form == Form.CSV ? placed("_") : BY_NAME, null, null));
        page.add(" limit " + limit + " offset " + offset).add(") select ");
        var isValue = result == Catalogue.Result.VALUE || result == Catalogue.Result.VALUES;
        var row = isValue && items.size() == 1 && form != Form.CSV
                ? "to_json(_p." + new Sql().name(items.getFirst().name()).text() + ")"
                : "row_to_json(_p)";
        if (stripNulls) row = "json_strip_nulls(" + row + ")";
        if (form == Form.CSV) {
            page.add("(select coalesce(string_agg(" + csvRow(items) + ", E'\\n'), '') from _page _p)");
        } else if (form == Form.OBJECT || result == Catalogue.Result.VALUE || result == Catalogue.Result.ROW) {
            page.add("(select coalesce(" + row + ", 'null')::text from _page _p limit 1)");
        } else {
            page.add("(select coalesce(json_agg(" + row + "), '[]')::text from _page _p)");
        }
        page.add(" as body, (select count(*) from _page) as page, ");
        if (count) page.add("(").add(counted("count(*)")).add(")");
        else page.add("null::bigint");
        return page.add(" as total, (select position from " + catalogue.generation() + "._position) as position");
    }

    /** All rows that the page is a part of, to be counted or estimated. */
    Sql counted(String what) {
        if (root.query.isAggregated())
            return new Sql()
                    .add("select " + what + " from (")
                    .add(root.rows(root.items(), placed("_"), null, null))
                    .add(") as _c");
        var sql = new Sql().add("select " + what + " from ");
        root.joins(sql, null, false);
        root.where(sql, null, null);
        return sql;
    }

    /** Column names, as the first line of CSV. */
    String csvHead() {
        return root.items().stream().map(Item::name).map(Plan::csvCell).collect(Collectors.joining(","));
    }

    private static String csvCell(String text) {
        return text.matches("[A-Za-z0-9_ ]+") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    private static String csvRow(List<Item> items) {
        var cells = new ArrayList<String>();
        for (var i = 0; i < items.size(); i++)
            cells.add("coalesce('\"' || replace(_p._" + i + "::text, '\"', '\"\"') || '\"', '')");
        return cells.isEmpty() ? "''" : String.join(" || ',' || ", cells);
    }
}
