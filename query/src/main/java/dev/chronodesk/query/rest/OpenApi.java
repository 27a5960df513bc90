package dev.chronodesk.query.rest;

import dev.chronodesk.query.fold.Json;
import dev.chronodesk.query.rest.Catalogue.Argument;
import dev.chronodesk.query.rest.Catalogue.Column;
import dev.chronodesk.query.rest.Catalogue.Relation;
import dev.chronodesk.query.rest.Catalogue.Routine;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The exposed schema as OpenAPI 2.0, as far as one role may read it. */
final class OpenApi {

    private static final List<String> OF_ROWS = List.of("select", "order", "limit", "offset");

    private OpenApi() {}

    static String of(Catalogue catalogue, String role) throws SQLException {
        var paths = new LinkedHashMap<String, Object>();
        var definitions = new LinkedHashMap<String, Object>();
        for (var relation : catalogue.relations()) {
            if (!relation.readers().contains(role)) continue;
            paths.put("/" + relation.name(), Map.of("get", read(relation)));
            definitions.put(relation.name(), definition(relation));
        }
        for (var same : catalogue.routines()) {
            var routine = same.getFirst();
            if (routine.rows().readers().contains(role)) paths.put("/rpc/" + routine.name(), call(routine));
        }
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
        relation.columns()
                .forEach((name, column) -> parameters.add(ordered(
                        "name", name, "in", "query", "type", "string", "format", column.type(), "required", false)));
        for (var name : OF_ROWS)
            parameters.add(ordered("name", name, "in", "query", "type", "string", "required", false));
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

    private static Map<String, Object> call(Routine routine) {
        var byGet = new ArrayList<Object>();
        var properties = new LinkedHashMap<String, Object>();
        var required = new ArrayList<String>();
        routine.arguments().forEach((name, argument) -> {
            byGet.add(argument(name, argument));
            properties.put(name, property(new Column(argument.type(), null)));
            if (!argument.optional()) required.add(name);
        });
        var schema = ordered("type", "object");
        if (!required.isEmpty()) schema.put("required", required);
        schema.put("properties", properties);
        var byPost = List.of(ordered("name", "args", "in", "body", "required", true, "schema", schema));
        return ordered("get", operation(routine, byGet), "post", operation(routine, byPost));
    }

    private static Map<String, Object> argument(String name, Argument argument) {
        return ordered(
                "name",
                name,
                "in",
                "query",
                "type",
                "string",
                "format",
                argument.type(),
                "required",
                !argument.optional());
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
