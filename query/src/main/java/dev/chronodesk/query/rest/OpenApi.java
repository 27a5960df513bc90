package dev.chronodesk.query.rest;

import dev.chronodesk.query.fold.Json;
import dev.chronodesk.query.rest.Catalogue.Column;
import dev.chronodesk.query.rest.Catalogue.Relation;
import dev.chronodesk.query.rest.Catalogue.Routine;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The exposed schema as OpenAPI 2.0, as far as one role may read it. */
final class OpenApi {

    private static final List<String> OF_ROWS = List.of("select", "order", "limit", "offset");

    private OpenApi() {}

    /** @param writes what can be changed in that schema, beside what is read */
    static String of(Catalogue catalogue, String role, Writes writes) throws SQLException {
        var paths = new LinkedHashMap<String, Object>();
        var definitions = new LinkedHashMap<String, Object>();
        for (var relation : catalogue.relations()) {
            if (!relation.readers().contains(role)) continue;
            var methods = ordered("get", read(relation));
            writes.target(relation.name()).ifPresent(target -> {
                methods.put("post", made(relation, target));
                if (!target.changed().isEmpty()) methods.put("patch", changed(relation, target));
            });
            paths.put("/" + relation.name(), methods);
            definitions.put(relation.name(), definition(relation));
        }
        for (var same : catalogue.routines()) {
            var routine = same.getFirst();
            if (routine.rows().readers().contains(role)) paths.put("/rpc/" + routine.name(), call(same));
        }
        for (var function : writes.functions().keySet())
            paths.put("/rpc/" + function, Map.of("post", command(function, writes.schema(function))));
        var document = ordered("swagger", "2.0");
        document.put("info", ordered("title", "Chronodesk", "version", "1"));
        document.put("basePath", "/rest/v1");
        document.put("produces", List.of("application/json", "application/vnd.pgrst.object+json", "text/csv"));
        document.put("paths", paths);
        document.put("definitions", definitions);
        return Json.write(document);
    }

    private static Map<String, Object> read(Relation relation) {
        var parameters = new ArrayList<Object>();
        relation.columns().forEach((name, column) -> parameters.add(filter(name, column)));
        for (var name : OF_ROWS) parameters.add(parameter(name));
        var read = ordered("tags", List.of(relation.name()));
        if (relation.comment() != null) read.put("summary", relation.comment());
        read.put("parameters", parameters);
        read.put(
                "responses",
                Map.of(
                        "200",
                        ordered(
                                "description",
                                "OK",
                                "schema",
                                ordered(
                                        "type",
                                        "array",
                                        "items",
                                        Map.of("$ref", "#/definitions/" + relation.name())))));
        return read;
    }

    /** A new row, or several of them. */
    private static Map<String, Object> made(Relation relation, Writes.Target target) {
        var parameters =
                List.of(body(relation.name(), columns(relation, target.made())), preferred(), parameter("select"));
        return changing(relation, parameters, "201", "Created");
    }

    private static Map<String, Object> changed(Relation relation, Writes.Target target) {
        var parameters = new ArrayList<Object>();
        parameters.add(body(relation.name(), columns(relation, target.changed())));
        relation.columns().forEach((name, column) -> parameters.add(filter(name, column)));
        for (var name : OF_ROWS) parameters.add(parameter(name));
        parameters.add(preferred());
        return changing(relation, parameters, "204", "No Content");
    }

    private static Map<String, Object> changing(
            Relation relation, List<?> parameters, String status, String description) {
        return ordered(
                "tags",
                List.of(relation.name()),
                "parameters",
                parameters,
                "responses",
                Map.of(status, Map.of("description", description)));
    }

    private static Map<String, Object> columns(Relation relation, List<String> names) {
        var properties = new LinkedHashMap<String, Object>();
        for (var name : names) {
            var column = relation.columns().get(name);
            if (column != null) properties.put(name, property(column));
        }
        return ordered("type", "object", "properties", properties);
    }

    private static Map<String, Object> body(String name, Object schema) {
        return ordered("name", name, "in", "body", "required", true, "schema", schema);
    }

    private static Map<String, Object> preferred() {
        return ordered("name", "Prefer", "in", "header", "type", "string", "required", false);
    }

    private static Map<String, Object> parameter(String name) {
        return ordered("name", name, "in", "query", "type", "string", "required", false);
    }

    private static Map<String, Object> filter(String name, Column column) {
        return ordered("name", name, "in", "query", "type", "string", "format", column.type(), "required", false);
    }

    /** What a command takes; OpenAPI 2.0 has one example where JSON schema has a list of them. */
    private static Map<String, Object> command(String function, ObjectNode schema) {
        single(schema);
        schema.get("properties").values().forEach(property -> single((ObjectNode) property));
        return ordered(
                "tags",
                List.of("(rpc) " + function),
                "parameters",
                List.of(body("args", schema), preferred()),
                "responses",
                Map.of("200", Map.of("description", "OK")));
    }

    private static void single(ObjectNode schema) {
        var examples = schema.remove("examples");
        if (examples != null && !examples.isEmpty()) schema.set("example", examples.get(0));
    }

    private static Map<String, Object> definition(Relation relation) {
        var properties = new LinkedHashMap<String, Object>();
        relation.columns().forEach((name, column) -> properties.put(name, property(column)));
        var definition = ordered("type", "object");
        if (relation.comment() != null) definition.put("description", relation.comment());
        definition.put("properties", properties);
        return definition;
    }

    private static Map<String, Object> property(Column column) {
        var property = new LinkedHashMap<String, Object>();
        var type = type(column.type());
        if (type != null) property.put("type", type);
        property.put("format", column.type());
        if ("array".equals(type)) {
            var of = type(column.type().substring(0, column.type().length() - 2));
            property.put("items", of == null ? Map.of() : Map.of("type", of));
        }
        if (column.comment() != null) property.put("description", column.comment());
        return property;
    }

    /** JSON's word for PostgreSQL's type; null when it may be anything. */
    private static @Nullable String type(String type) {
        if (type.endsWith("[]")) return "array";
        return switch (type) {
            case "smallint", "integer", "bigint" -> "integer";
            case "numeric", "real", "double precision" -> "number";
            case "boolean" -> "boolean";
            case "json", "jsonb" -> null;
            default -> "string";
        };
    }

    /** All forms of a function together: an argument that one of them does without may be left out. */
    private static Map<String, Object> call(List<Routine> same) {
        var routine = same.getFirst();
        var byGet = new ArrayList<Object>();
        var properties = new LinkedHashMap<String, Object>();
        var required = new ArrayList<String>();
        for (var form : same)
            form.arguments().forEach((name, argument) -> {
                if (properties.containsKey(name)) return;
                var needed = same.stream().allMatch(each -> {
                    var its = each.arguments().get(name);
                    return its != null && !its.optional();
                });
                byGet.add(argument(name, argument.type(), needed));
                properties.put(name, property(new Column(argument.type(), null)));
                if (needed) required.add(name);
            });
        var schema = ordered("type", "object");
        if (!required.isEmpty()) schema.put("required", required);
        schema.put("properties", properties);
        var byPost = List.of(body("args", schema));
        return ordered("get", operation(routine, byGet), "post", operation(routine, byPost));
    }

    private static Map<String, Object> argument(String name, String type, boolean needed) {
        return ordered("name", name, "in", "query", "type", "string", "format", type, "required", needed);
    }

    private static Map<String, Object> operation(Routine routine, List<?> parameters) {
        var operation = ordered("tags", List.of("(rpc) " + routine.name()));
        if (routine.rows().comment() != null)
            operation.put("summary", routine.rows().comment());
        operation.put("parameters", parameters);
        operation.put("responses", Map.of("200", Map.of("description", "OK")));
        return operation;
    }

    private static Map<String, Object> ordered(Object... pairs) {
        var map = new LinkedHashMap<String, Object>();
        for (var i = 0; i < pairs.length; i += 2) map.put((String) pairs[i], pairs[i + 1]);
        return map;
    }
}
