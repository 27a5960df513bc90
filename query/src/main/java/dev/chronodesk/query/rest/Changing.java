package dev.chronodesk.query.rest;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.query.QuerySettings;
import dev.chronodesk.query.QueryText.Parameter;
import dev.chronodesk.query.fold.ArrayText;
import dev.chronodesk.query.rest.Catalogue.Relation;
import dev.chronodesk.query.rest.Catalogue.Result;
import dev.chronodesk.query.rest.Preferences.Count;
import dev.chronodesk.query.rest.Query.Selected;
import dev.chronodesk.query.rest.Writes.Change;
import dev.chronodesk.query.rest.Writes.Target;
import dev.chronodesk.query.rest.Writes.Written;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests that change something: what they say is checked, who may be told what is wrong is told, then it is done as a
 * whole, and the rows it was about are read back where it can be seen.
 */
final class Changing {

    /** A request that changes something, as far as it is about the answer. */
    private record Asked(
            Catalogue catalogue, Relation relation, Query query, MediaTypes media, Preferences preferences) {

        boolean one() {
            return media.form() == Plan.Form.OBJECT;
        }
    }

    private final Writes writes;
    private final Reads reads;
    private final Freshness freshness;
    private final QuerySettings settings;

    Changing(Writes writes, Reads reads, Freshness freshness, QuerySettings settings) {
        this.writes = writes;
        this.reads = reads;
        this.freshness = freshness;
        this.settings = settings;
    }

    boolean has(String function) {
        return writes.functions().containsKey(function);
    }

    /** Calls a function; the answer is the row that it was about. */
    void call(
            Catalogue catalogue,
            String function,
            List<Parameter> parameters,
            Caller caller,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException, SQLException, InterruptedException {
        if (!request.getMethod().equals("POST")) {
            response.setHeader("Allow", "POST");
            throw new RestException(
                    405,
                    "PGRST101",
                    "Cannot use the " + request.getMethod() + " method on RPC",
                    null,
                    function + " changes something: call it with POST.");
        }
        var sender = known(caller, "function " + function);
        var media = MediaTypes.of(request);
        var preferences = Preferences.of(request);
        var query = QueryParser.parse(parameters);
        undoable(preferences, !preferences.minimal());
        if (!(body(request) instanceof ObjectNode arguments))
            throw RestController.unreadable("The body must be a JSON object.");
        var known = writes.functions().getOrDefault(function, List.of());
        if (!known.containsAll(arguments.propertyNames())) throw noSuchArguments(function, arguments, known);
        var written = writes.write(
                List.of(new Writes.Call(function, arguments)),
                sender,
                request,
                preferences.changes().rollback());
        said(response, written);
        if (preferences.minimal()) {
            applied(response, preferences);
            response.setStatus(204);
            return;
        }
        var relation = RestController.relation(catalogue, written.view());
        var asked = new Asked(catalogue, relation, query, media, preferences);
        var answer = readBack(caller, asked, written, Result.ROW);
        response.setHeader("Content-Range", answer.page() == 0 ? "*/*" : "0-0/*");
        if (asked.one() && answer.page() != 1) throw RestException.notOne(answer.page());
        applied(response, preferences);
        response.setStatus(200);
        RestController.write(response, media.contentType(), answered(asked, written, answer), request.getMethod());
    }

    /** Makes or changes rows of a view. */
    void change(
            Catalogue catalogue,
            String view,
            List<Parameter> parameters,
            Caller caller,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException, SQLException, InterruptedException {
        var relation = RestController.relation(catalogue, view);
        var target = target(relation, request, response);
        var sender = known(caller, "table " + view);
        var query = QueryParser.parse(parameters);
        var asked = new Asked(catalogue, relation, query, MediaTypes.of(request), Preferences.of(request));
        var wanted = asked.preferences().changes();
        undoable(asked.preferences(), wanted.representation());
        if (wanted.representation())
            // what is wrong with the answer that is wanted is told before anything is done
            plan(asked, new Sql().add(catalogue.schema() + ".").name(view), query)
                    .statement(asked.media().form(), false, Result.ROWS, false, 0, 0);
        var making = request.getMethod().equals("POST");
        var body = making && isCsv(request)
                ? CsvRows.of(RestController.text(request, writes.limits().bytes()), relation)
                : body(request);
        var changes = making
                ? inserts(asked, target, parameters, body, caller, request)
                : updates(asked, target, body, caller, request);
        if (changes.size() > writes.limits().rows())
            throw new RestException(
                    400,
                    "CD400",
                    "at most " + writes.limits().rows() + " rows are changed by one request",
                    null,
                    "Send fewer at a time.");
        if (wanted.atMost() != null && !making && changes.size() > wanted.atMost())
            throw new RestException(
                    400,
                    "PGRST124",
                    "Query result exceeds max-affected preference constraint",
                    "The query affects " + changes.size() + " rows",
                    null);
        if (wanted.representation() && asked.one() && changes.size() != 1) throw RestException.notOne(changes.size());
        var written = changes.stream().anyMatch(Changing::changesSomething)
                ? writes.write(changes, sender, request, wanted.rollback())
                : new Written(view, found(changes), freshness.known(), false, null);
        said(response, written);
        var made = changes.isEmpty() ? making : changes.stream().anyMatch(Writes.Insert.class::isInstance);
        var rows = changes.size();
        var page = making || rows == 0 ? "*" : "0-" + (rows - 1);
        response.setHeader("Content-Range", page + "/" + (asked.preferences().count() == Count.NONE ? "*" : rows));
        applied(response, asked.preferences());
        if (!wanted.representation()) {
            freshness.reached(written.position(), asked.preferences().patience());
            if (wanted.headersOnly() && making && written.keys().size() == 1)
                response.setHeader(
                        "Location", "/" + view + "?" + address(written.keys().getFirst()));
            response.setStatus(made ? 201 : making ? 200 : 204);
            return;
        }
        var answer = readBack(caller, asked, written, Result.ROWS);
        response.setStatus(made ? 201 : 200);
        RestController.write(
                response, asked.media().contentType(), answered(asked, written, answer), request.getMethod());
    }

    /** Rows that are as they shall be need no command. */
    private static boolean changesSomething(Change change) {
        return !(change instanceof Writes.Update update) || !update.values().isEmpty();
    }

    private static List<Map<String, String>> found(List<Change> changes) {
        return changes.stream()
                .filter(Writes.Update.class::isInstance)
                .map(change -> ((Writes.Update) change).key())
                .toList();
    }

    private static boolean isCsv(HttpServletRequest request) {
        var type = request.getContentType();
        return type != null && type.toLowerCase(Locale.ROOT).startsWith("text/csv");
    }

    private Target target(Relation relation, HttpServletRequest request, HttpServletResponse response) {
        var target = writes.target(relation.name());
        var method = request.getMethod();
        if (target.isPresent() && target.get().methods().contains(method)) return target.get();
        var allowed = new ArrayList<>(List.of("GET", "HEAD"));
        target.ifPresent(some -> some.methods().stream().sorted().forEach(allowed::add));
        response.setHeader("Allow", String.join(", ", allowed));
        throw new RestException(
                405,
                "PGRST117",
                "Unsupported HTTP method: " + method,
                null,
                method.equals("DELETE")
                        ? "Nothing is deleted: the log keeps what has happened."
                        : "Read tables are folded from the log. Change them with commands: POST /commands/{Command}.");
    }

    private static Caller.Known known(Caller caller, String what) {
        if (caller instanceof Caller.Known known) return known;
        throw new RestException(401, "42501", "permission denied for " + RestException.shortened(what), null, null);
    }

    /** What is not done cannot be seen. */
    private static void undoable(Preferences preferences, boolean rows) {
        if (preferences.changes().rollback() && rows)
            throw new RestException(
                    400,
                    "CD400",
                    "Prefer: tx=rollback needs return=minimal",
                    "Rows of what is not done cannot be read.",
                    null);
    }

    private JsonNode body(HttpServletRequest request) throws IOException {
        var type = request.getContentType();
        if (type != null && !type.toLowerCase(Locale.ROOT).startsWith("application/json"))
            throw new RestException(
                    400,
                    "PGRST102",
                    "Content-Type not acceptable: " + RestException.shortened(type),
                    null,
                    "Send application/json; new rows also as text/csv.");
        return RestController.tree(request, writes.limits().bytes());
    }

    private List<Change> inserts(
            Asked asked,
            Target target,
            List<Parameter> parameters,
            JsonNode body,
            Caller caller,
            HttpServletRequest request)
            throws SQLException, InterruptedException {
        var inserts = inserts(asked.relation(), parameters, body);
        var wanted = asked.preferences().changes();
        if (!wanted.merged() && !wanted.ignored()) return List.copyOf(inserts);
        return resolved(asked, target, parameters, inserts, caller, request);
    }

    /**
     * Rows that are there already, as far as the caller may see them, are changed or passed over; those that others
     * make at the same time are refused.
     */
    private List<Change> resolved(
            Asked asked,
            Target target,
            List<Parameter> parameters,
            List<Writes.Insert> inserts,
            Caller caller,
            HttpServletRequest request)
            throws SQLException, InterruptedException {
        var id = target.key().getFirst();
        for (var parameter : parameters)
            if (parameter.name().equals("on_conflict")
                    && !parameter.value().strip().equals(id))
                throw new RestException(
                        400,
                        "42P10",
                        "there is no unique or exclusion constraint matching the ON CONFLICT specification",
                        null,
                        "Rows of " + asked.relation().name() + " are the same when they have the same " + id + ".");
        var merged = asked.preferences().changes().merged();
        var ids = new LinkedHashSet<String>();
        var first = new ArrayList<Writes.Insert>();
        for (var insert : inserts) {
            var said = said(insert, id);
            if (said == null || ids.add(said)) first.add(insert);
            else if (merged)
                throw new RestException(
                        400, "21000", "ON CONFLICT DO UPDATE command cannot affect row a second time", null, null);
        }
        var there = ids.isEmpty() ? Map.<String, ObjectNode>of() : there(asked, target, first, ids, caller, request);
        var changes = new ArrayList<Change>();
        for (var insert : first) {
            var said = said(insert, id);
            var row = said == null ? null : there.get(said);
            if (row == null) changes.add(insert);
            else if (merged) changes.add(merged(target, insert, row));
        }
        return changes;
    }

    /**
     * Which row it says it is, as it is answered; null when it does not, or not with a text, which the command refuses.
     */
    private static @Nullable String said(Writes.Insert insert, String id) {
        var value = insert.row().get(id);
        return value == null || !value.isString() ? null : value.asString().toLowerCase(Locale.ROOT);
    }

    /** Those of the rows that the caller sees, by their id, with the columns that the new ones have. */
    private Map<String, ObjectNode> there(
            Asked asked,
            Target target,
            List<Writes.Insert> inserts,
            Set<String> ids,
            Caller caller,
            HttpServletRequest request)
            throws SQLException, InterruptedException {
        var columns = new LinkedHashSet<>(target.key());
        for (var insert : inserts) columns.addAll(insert.row().propertyNames());
        var selected = new ArrayList<Selected>();
        for (var column : columns) selected.add(new Selected.One(new Field(column, List.of()), column, null));
        var patience = asked.preferences().patience();
        freshness.await(Freshness.wanted(request.getHeader(Freshness.MIN_POSITION)), patience);
        var least = freshness.awaitHead(patience);
        var id = target.key().getFirst();
        var source = rows(
                asked.catalogue(),
                asked.relation(),
                ids.stream().map(value -> Map.of(id, value)).toList());
        var statement = plan(asked, source, new Query(selected, List.of(), List.of(), null, 0))
                .statement(Plan.Form.ARRAY, false, Result.ROWS, false, ids.size(), 0);
        var found = new LinkedHashMap<String, ObjectNode>();
        for (var row : RestController.rows(
                reads.fresh(SqlRoles.as(caller), statement, least, patience).body()))
            if (row instanceof ObjectNode object) found.put(object.get(id).asString(), object);
        return found;
    }

    /** What of the row shall be another; what nothing can change must be as it is, or not be said. */
    private Change merged(Target target, Writes.Insert insert, ObjectNode row) {
        var values = insert.row().objectNode();
        for (var column : insert.row().properties()) {
            var name = column.getKey();
            if (name.equals(target.key().getFirst()) || column.getValue().equals(row.get(name))) continue;
            if (target.changed().contains(name)) values.set(name, column.getValue());
            else if (!column.getValue().isNull()) writes.changeable(insert.view(), Set.of(name));
        }
        var key = new LinkedHashMap<String, String>();
        for (var column : target.key()) key.put(column, row.get(column).asString());
        return new Writes.Update(insert.view(), key, values);
    }

    private static List<Writes.Insert> inserts(Relation relation, List<Parameter> parameters, JsonNode body) {
        var rows = body instanceof ArrayNode several ? several.values() : List.of(body);
        var columns = columns(parameters);
        if (columns != null) known(relation, columns);
        var changes = new ArrayList<Writes.Insert>();
        Set<String> first = null;
        for (var row : rows) {
            if (!(row instanceof ObjectNode object)) throw RestController.unreadable("A row must be a JSON object.");
            var names = new LinkedHashSet<>(object.propertyNames());
            if (columns == null) {
                known(relation, names);
                if (first != null && !first.equals(names))
                    throw new RestException(400, "PGRST102", "All object keys must match", null, null);
                first = names;
            } else {
                object.retain(columns);
            }
            changes.add(new Writes.Insert(relation.name(), object));
        }
        return changes;
    }

    /** The columns that are meant, when the request says so: {@code "subject","description"}. */
    private static @Nullable Set<String> columns(List<Parameter> parameters) {
        for (var parameter : parameters) {
            if (!parameter.name().equals("columns")) continue;
            var names = new LinkedHashSet<String>();
            for (var name : parameter.value().split(",", -1)) {
                var bare = name.strip();
                var quoted = bare.length() > 1 && bare.startsWith("\"") && bare.endsWith("\"");
                names.add(quoted ? bare.substring(1, bare.length() - 1) : bare);
            }
            return names;
        }
        return null;
    }

    private static void known(Relation relation, Set<String> columns) {
        for (var column : columns)
            if (!relation.columns().containsKey(column))
                throw new RestException(
                        400,
                        "PGRST204",
                        "Could not find the '" + RestException.shortened(column) + "' column of '" + relation.name()
                                + "' in the schema cache",
                        null,
                        null);
    }

    /** The rows that the filter finds, as the caller may see them, each with the values that it shall have. */
    private List<Change> updates(Asked asked, Target target, JsonNode body, Caller caller, HttpServletRequest request)
            throws SQLException, InterruptedException {
        if (!(body instanceof ObjectNode values)) throw RestController.unreadable("The body must be a JSON object.");
        var relation = asked.relation();
        var columns = new LinkedHashSet<>(values.propertyNames());
        known(relation, columns);
        writes.changeable(relation.name(), columns);
        var query = asked.query();
        if (query.where().isEmpty())
            throw new RestException(400, "21000", "UPDATE requires a WHERE clause", null, "Say which rows: ?id=eq.…");
        if (values.isEmpty()) return List.of();
        var selected = new ArrayList<Selected>();
        target.key()
                .forEach(column -> selected.add(new Selected.One(new Field(column, List.of()), "_" + column, null)));
        selected.addAll(query.embeds());
        var keys = new Query(selected, query.where(), query.order(), query.limit(), query.offset());
        var wanted = Freshness.wanted(request.getHeader(Freshness.MIN_POSITION));
        var patience = asked.preferences().patience();
        freshness.await(wanted, patience);
        var least = freshness.awaitHead(patience);
        var window = Window.of(keys, request, writes.limits().rows() + 1);
        var source = new Sql().add(asked.catalogue().schema() + ".").name(relation.name());
        var statement = plan(asked, source, keys)
                .statement(Plan.Form.ARRAY, false, Result.ROWS, false, window.limit(), window.offset());
        var found = reads.fresh(SqlRoles.as(caller), statement, least, patience);
        var changes = new ArrayList<Change>();
        for (var row : RestController.rows(found.body())) {
            var key = new LinkedHashMap<String, String>();
            for (var column : target.key())
                key.put(column, row.get("_" + column).asString());
            changes.add(new Writes.Update(relation.name(), key, values));
        }
        return changes;
    }

    private Plan plan(Asked asked, Sql source, Query query) throws SQLException {
        return new Plan(
                asked.catalogue(), asked.relation(), asked.relation().name(), source, false, query, settings.maxRows());
    }

    /** The rows of those keys in that order; a filter has done its work, except on what a function answers. */
    private Plan plan(Asked asked, Written written, Result result) throws SQLException {
        var query = asked.query();
        return plan(
                asked,
                rows(asked.catalogue(), asked.relation(), written.keys()),
                result == Result.ROW ? query : new Query(query.select(), List.of(), query.order(), null, 0));
    }

    private static Sql rows(Catalogue catalogue, Relation relation, List<Map<String, String>> keys) {
        var columns = keys.isEmpty()
                ? List.of(relation.columns().keySet().iterator().next())
                : List.copyOf(keys.getFirst().keySet());
        var sql = new Sql().add("(select ");
        var first = true;
        for (var column : relation.columns().keySet()) {
            sql.add(first ? "_v." : ", _v.").name(column);
            first = false;
        }
        sql.add(" from rows from (");
        for (var i = 0; i < columns.size(); i++) {
            var column = columns.get(i);
            sql.add(i == 0 ? "unnest(" : ", unnest(")
                    .value(ArrayText.of(keys.stream()
                            .map(key -> String.valueOf(key.get(column)))
                            .toList()))
                    .add("::" + relation.type(column) + "[])");
        }
        sql.add(") with ordinality as _k(");
        for (var i = 0; i < columns.size(); i++) sql.add("k" + i + ", ");
        sql.add("n) join " + catalogue.schema() + ".").name(relation.name()).add(" as _v on ");
        for (var i = 0; i < columns.size(); i++)
            sql.add(i == 0 ? "_v." : " and _v.").name(columns.get(i)).add(" = _k.k" + i);
        return sql.add(" order by _k.n)");
    }

    private Reads.Answer readBack(Caller caller, Asked asked, Written written, Result result)
            throws SQLException, InterruptedException {
        var patience = asked.preferences().patience();
        if (!freshness.reached(written.position(), patience))
            throw new RestException(
                    503,
                    "CD503",
                    "it is done, but the read tables do not include position " + written.position() + " yet",
                    null,
                    "Read it with Chronodesk-Min-Position; sent again without an Idempotency-Key it is done twice.");
        var statement = plan(asked, written, result)
                .statement(
                        asked.media().form(),
                        asked.media().stripNulls(),
                        result,
                        false,
                        writes.limits().rows(),
                        0);
        return reads.fresh(SqlRoles.as(caller), statement, written.position(), patience);
    }

    private byte[] answered(Asked asked, Written written, Reads.Answer answer) throws SQLException {
        return RestController.body(asked.media(), plan(asked, written, Result.ROWS), answer);
    }

    private static void said(HttpServletResponse response, Written written) {
        response.setHeader(Freshness.POSITION, Long.toString(written.position()));
        if (written.replayed()) response.setHeader("Idempotent-Replayed", "true");
        if (written.version() != null) response.setHeader("ETag", "\"" + written.version() + "\"");
    }

    private static void applied(HttpServletResponse response, Preferences preferences) {
        var applied = new ArrayList<>(preferences.applied());
        applied.addAll(preferences.changes().applied());
        if (!applied.isEmpty()) response.setHeader("Preference-Applied", String.join(", ", applied));
    }

    private static String address(Map<String, String> key) {
        return key.entrySet().stream()
                .map(column -> column.getKey() + "=eq." + URLEncoder.encode(column.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static RestException noSuchArguments(String function, ObjectNode arguments, List<String> known) {
        var with = arguments.propertyNames().stream()
                .map(RestException::shortened)
                .collect(Collectors.joining(", ", "(", ")"));
        return RestException.noSuchFunction(function, with, function + "(" + String.join(", ", known) + ")");
    }
}
