package dev.chronodesk.query.rest;

import dev.chronodesk.query.rest.Catalogue.Relation;
import dev.chronodesk.query.rest.Condition.Compare;
import dev.chronodesk.query.rest.Condition.Group;
import dev.chronodesk.query.rest.Condition.In;
import dev.chronodesk.query.rest.Condition.Is;
import dev.chronodesk.query.rest.Query.Selected;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Makes one statement of a query: the rows as JSON or CSV, how many, of how many, and where the tables stand. */
final class Plan {

    /** How rows are written. */
    enum Form {
        ARRAY,
        OBJECT,
        CSV
    }

    private final Relation relation;
    private final Sql source;
    private final Query query;
    private final List<Selected.One> columns;

    /**
     * @param source what follows {@code from}, without a name
     * @throws RestException when the query names a column that does not exist
     */
    Plan(Relation relation, Sql source, Query query) {
        this.relation = relation;
        this.source = source;
        this.query = query;
        this.columns = columns(relation, query);
    }

    private static List<Selected.One> columns(Relation relation, Query query) {
        var columns = new ArrayList<Selected.One>();
        for (var selected : query.select()) {
            switch (selected) {
                case Selected.All _ ->
                    relation.columns()
                            .keySet()
                            .forEach(column -> columns.add(new Selected.One(new Field(column, List.of()), null, null)));
                case Selected.One one -> columns.add(one);
            }
        }
        return columns;
    }

    /** One row of {@code body, page, total, position}; total is null when nobody asked. */
    Sql statement(Form form, boolean stripNulls, boolean count, long limit, long offset) {
        var page = new Sql().add("with _page as (select ");
        for (var i = 0; i < columns.size(); i++) {
            if (i > 0) page.add(", ");
            select(page, columns.get(i), i, form);
        }
        page.add(" from ").add(source).add(" as _t");
        where(page);
        order(page);
        page.add(" limit " + limit + " offset " + offset).add(") select ");
        var row = stripNulls ? "json_strip_nulls(row_to_json(_p))" : "row_to_json(_p)";
        page.add(
                switch (form) {
                    case ARRAY -> "(select coalesce(json_agg(" + row + "), '[]')::text from _page _p)";
                    case OBJECT -> "(select " + row + "::text from _page _p limit 1)";
                    case CSV -> "(select coalesce(string_agg(" + csvRow() + ", E'\\n'), '') from _page _p)";
                });
        page.add(" as body, (select count(*) from _page) as page, ");
        if (count) {
            page.add("(select count(*) from ").add(source).add(" as _t");
            where(page);
            page.add(")");
        } else {
            page.add("null::bigint");
        }
        return page.add(" as total, (select position from " + Catalogue.SCHEMA + "._position) as position");
    }

    /** Column names, as the first line of CSV. */
    String csvHead() {
        return columns.stream().map(Selected.One::name).map(Plan::csvCell).collect(Collectors.joining(","));
    }

    private static String csvCell(String text) {
        return text.matches("[A-Za-z0-9_ ]+") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    private String csvRow() {
        var cells = new ArrayList<String>();
        for (var i = 0; i < columns.size(); i++)
            cells.add("coalesce('\"' || replace(_p._" + i + "::text, '\"', '\"\"') || '\"', '')");
        return String.join(" || ',' || ", cells);
    }

    private void select(Sql sql, Selected.One one, int place, Form form) {
        sql.add("(");
        field(sql, one.field());
        sql.add(")");
        if (one.cast() != null) sql.add("::" + one.cast());
        sql.add(" as ");
        if (form == Form.CSV) sql.add("_" + place);
        else sql.name(one.name());
    }

    private void where(Sql sql) {
        if (query.where().isEmpty()) return;
        sql.add(" where ");
        for (var i = 0; i < query.where().size(); i++) {
            if (i > 0) sql.add(" and ");
            condition(sql, query.where().get(i));
        }
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
                sql.add(") = any (").value(arrayLiteral(in.values())).add("))");
            }
            case Is is -> {
                sql.add(is.negated() ? "not ((" : "((");
                field(sql, is.field());
                sql.add(") is ").add(is.known().sql()).add(")");
            }
        }
    }

    private void order(Sql sql) {
        if (query.order().isEmpty()) return;
        sql.add(" order by ");
        for (var i = 0; i < query.order().size(); i++) {
            var key = query.order().get(i);
            if (i > 0) sql.add(", ");
            field(sql, key.field());
            sql.add(key.descending() ? " desc" : " asc");
            if (key.nullsFirst() != null) sql.add(key.nullsFirst() ? " nulls first" : " nulls last");
        }
    }

    private void field(Sql sql, Field field) {
        if (!relation.columns().containsKey(field.column()))
            throw RestException.noSuchColumn(relation.name(), field.column());
        if (field.path().isEmpty()) {
            sql.add("_t.").name(field.column());
            return;
        }
        // arrows go into JSON; anything else is made JSON first, so that an array's elements can be named too
        if (relation.isJson(field.column())) sql.add("_t.").name(field.column());
        else sql.add("to_jsonb(_t.").name(field.column()).add(")");
        for (var step : field.path()) {
            sql.add(step.asText() ? "->>" : "->");
            if (step.isIndex()) sql.add("(" + Integer.parseInt(step.key()) + ")");
            else sql.value(step.key()).add("::text");
        }
    }

    static String arrayLiteral(List<String> values) {
        return values.stream()
                .map(value -> '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(",", "{", "}"));
    }
}
