package dev.chronodesk.app.writes;

import dev.chronodesk.command.door.FieldError;
import dev.chronodesk.command.door.Outcome;
import dev.chronodesk.command.door.Problem;
import dev.chronodesk.command.gateway.Catalogue;
import dev.chronodesk.command.http.CommandController;
import dev.chronodesk.command.http.JsonCommands;
import dev.chronodesk.command.http.ProblemException;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.query.rest.RestException;
import dev.chronodesk.query.rest.Writes;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends what {@code /rest/v1} changes as commands, through their own door: a function is a command, a new row is what
 * makes it, and another value of a column is the command that changes it.
 */
public final class CommandWrites implements Writes {

    /**
     * How rows of a view are made.
     *
     * @param command that makes one
     * @param id the command's field that is the column {@code id}
     */
    private record Made(String command, String id, List<String> key, List<Step> changed) {}

    /**
     * What gives a ticket's column another value.
     *
     * @param without the command when the value is null, if there is one
     */
    private record Step(String column, String command, @Nullable String without) {}

    /** In the order in which they are sent; the status last, since nothing changes on a closed ticket. */
    private static final List<Step> STEPS = List.of(
            new Step("team_id", "MoveToTeam", null),
            new Step("assignee_id", "AssignTicket", "UnassignTicket"),
            new Step("priority", "ChangePriority", null),
            new Step("status", "ChangeStatus", null));

    private static final Map<String, Made> MADE = Map.of(
            "tickets",
            new Made("CreateTicket", "ticketId", List.of("id"), STEPS),
            "ticket_comments",
            new Made("AddComment", "commentId", List.of("id", "ticket_id"), List.of()));

    private static final List<String> BESIDE = List.of("occurredAt", "onBehalfOf");
    private static final Pattern ITEM = Pattern.compile("^\\[(\\d+)](?:\\.(?:body\\.)?)?");

    private final JsonCommands commands;

    /** Fields in the order in which they are written, by the command's name. */
    private final Map<String, List<String>> fields = new TreeMap<>();

    /** Commands by the names under which they are called. */
    private final Map<String, String> called = new TreeMap<>();

    private final Map<String, List<String>> functions = new TreeMap<>();
    private final Map<String, ObjectNode> schemas = new TreeMap<>();

    public CommandWrites(JsonCommands commands, Catalogue catalogue) {
        this.commands = commands;
        catalogue.all().forEach((name, type) -> {
            var names = Stream.concat(
                            Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName), BESIDE.stream())
                    .toList();
            fields.put(name, names);
            called.put(snake(name), name);
            functions.put(snake(name), names.stream().map(CommandWrites::snake).toList());
            schemas.put(snake(name), renamed(JsonCommands.schema(type)));
        });
    }

    @Override
    public Map<String, List<String>> functions() {
        return functions;
    }

    @Override
    public ObjectNode schema(String function) {
        var schema = schemas.get(function);
        if (schema == null) throw new IllegalArgumentException(function + " is no function");
        return schema.deepCopy();
    }

    /** The same with its fields by the names that arguments have. */
    private static ObjectNode renamed(ObjectNode schema) {
        var properties = JsonNodeFactory.instance.objectNode();
        schema.get("properties").properties().forEach(field -> properties.set(snake(field.getKey()), field.getValue()));
        schema.set("properties", properties);
        if (schema.has("required")) {
            var required = JsonNodeFactory.instance.arrayNode();
            schema.get("required").values().forEach(field -> required.add(snake(field.asString())));
            schema.set("required", required);
        }
        return schema;
    }

    @Override
    public Optional<Target> target(String view) {
        return Optional.ofNullable(MADE.get(view))
                .map(made -> new Target(
                        made.key(),
                        fieldsOf(made.command()).stream()
                                .filter(field -> !BESIDE.contains(field))
                                .map(field -> field.equals(made.id()) ? "id" : snake(field))
                                .toList(),
                        made.changed().stream().map(Step::column).toList()));
    }

    @Override
    public Limits limits() {
        return new Limits(CommandController.BATCH_LIMIT, CommandController.BATCH_ITEMS);
    }

    @Override
    public Written write(List<Change> changes, Caller.Known sender, HttpServletRequest request, boolean dryRun) {
        var items = new ArrayList<ObjectNode>();
        var each = new ArrayList<Integer>();
        for (var change : changes) {
            var before = items.size();
            items.addAll(items(change));
            each.add(items.size() - before);
        }
        if (items.size() > CommandController.BATCH_ITEMS)
            throw new RestException(
                    400,
                    "CD400",
                    "at most " + CommandController.BATCH_ITEMS + " commands are sent by one request",
                    "These would be " + items.size() + ".",
                    "Change fewer rows, or fewer columns, at a time.");
        if (request.getHeader("If-Match") != null && changes.size() > 1)
            throw new RestException(400, "CD400", "If-Match speaks of one row, and these are several", null, null);
        try {
            return written(changes, each, commands.send(items, sender, request, dryRun), dryRun);
        } catch (ProblemException e) {
            throw refusal(e.problem(), changes.getFirst());
        }
    }

    private List<ObjectNode> items(Change change) {
        return switch (change) {
            case Call call -> {
                var name = named(call);
                var body = JsonNodeFactory.instance.objectNode();
                for (var field : fieldsOf(name)) put(body, field, call.arguments(), snake(field));
                yield List.of(item(name, body));
            }
            case Insert insert -> {
                var made = made(insert.view());
                var body = JsonNodeFactory.instance.objectNode();
                for (var column : insert.row().propertyNames()) {
                    var field = column.equals("id") ? made.id() : camel(column);
                    if (!column.equals("id") && !settable(made, field)) throw decidedByTheDesk(insert.view(), column);
                    put(body, field, insert.row(), column);
                }
                yield List.of(item(made.command(), body));
            }
            case Update update -> updated(update);
        };
    }

    /** Whether somebody who makes a row may say it; what belongs to commands as such is no column. */
    private boolean settable(Made made, String field) {
        return fieldsOf(made.command()).contains(field) && !BESIDE.contains(field);
    }

    @Override
    public void changeable(String view, Set<String> columns) {
        var rest = new LinkedHashSet<>(columns);
        var changed = made(view).changed();
        for (var step : changed) rest.remove(step.column());
        if (rest.isEmpty()) return;
        throw new RestException(
                400,
                "428C9",
                "column \"" + rest.getFirst() + "\" can only be updated to DEFAULT",
                "No command changes " + String.join(", ", rest) + " of " + view + ".",
                changed.isEmpty()
                        ? null
                        : "These can be changed: "
                                + changed.stream().map(CommandWrites::shown).collect(Collectors.joining(", ")) + ".");
    }

    private static List<ObjectNode> updated(Update update) {
        var items = new ArrayList<ObjectNode>();
        for (var step : STEPS) {
            var value = update.values().get(step.column());
            if (value == null) continue;
            var body = JsonNodeFactory.instance.objectNode();
            body.put("ticketId", update.key().get("id"));
            if (value.isNull() && step.without() != null) {
                items.add(item(step.without(), body));
            } else {
                body.set(camel(step.column()), value);
                items.add(item(step.command(), body));
            }
        }
        return items;
    }

    private static String shown(Step step) {
        return step.column() + " (rpc/" + snake(step.command()) + ")";
    }

    private static RestException decidedByTheDesk(String view, String column) {
        var step = STEPS.stream().filter(each -> each.column().equals(column)).findFirst();
        return new RestException(
                400,
                "428C9",
                "cannot insert a non-DEFAULT value into column \"" + column + "\"",
                "What makes a row of " + view + " does not take " + column + ".",
                step.map(each -> "Change it afterwards: rpc/" + snake(each.command()) + ".")
                        .orElse(null));
    }

    /** @param each how many of the outcomes belong to each change */
    private Written written(List<Change> changes, List<Integer> each, List<Outcome> outcomes, boolean dryRun) {
        var keys = new LinkedHashSet<Map<String, String>>();
        var view = "";
        var next = 0;
        for (var i = 0; i < changes.size(); i++) {
            switch (changes.get(i)) {
                case Call call -> {
                    view = view(outcomes.get(next));
                    keys.add(key(outcomes.get(next), call));
                }
                case Insert insert -> {
                    view = insert.view();
                    keys.add(key(outcomes.get(next), null));
                }
                case Update update -> {
                    view = update.view();
                    keys.add(update.key());
                }
            }
            next += each.get(i);
        }
        var last = outcomes.getLast();
        var position = outcomes.stream().mapToLong(Outcome::position).max().orElseThrow();
        var version = changes.size() == 1 && !dryRun
                ? Integer.valueOf(last.streams().getFirst().version())
                : null;
        return new Written(view, List.copyOf(keys), position, last.replayed(), version);
    }

    /** Where it can be seen what a command did. */
    private static String view(Outcome outcome) {
        if (outcome.result().containsKey("commentId")) return "ticket_comments";
        if (outcome.command().equals("AddTeamMember")) return "team_members";
        return switch (outcome.streams().getFirst().type()) {
            case TICKET -> "tickets";
            case TEAM -> "teams";
            case PROFILE -> "profiles";
            case SCHEDULE -> "schedules";
            case METRIC -> "metric_definitions";
            case REPORT -> "reports";
            case ADDRESS, ROSTER -> throw new IllegalStateException("no command is sent to these");
        };
    }

    /** The row there. */
    private static Map<String, String> key(Outcome outcome, @Nullable Call call) {
        var stream = outcome.streams().getFirst().id().toString();
        var key = new LinkedHashMap<String, String>();
        switch (view(outcome)) {
            case "ticket_comments" -> {
                key.put("id", String.valueOf(outcome.result().get("commentId")));
                key.put("ticket_id", stream);
            }
            case "team_members" -> {
                key.put("team_id", stream);
                if (call != null)
                    key.put("profile_id", call.arguments().get("profile_id").asString());
            }
            case "metric_definitions" -> {
                if (call != null)
                    key.put("definition", call.arguments().get("definition").asString());
            }
            case "schedules" -> {
                key.put("id", stream);
                key.put("version", String.valueOf(outcome.streams().getFirst().version()));
            }
            default -> key.put("id", stream);
        }
        return key;
    }

    /**
     * The problem in PostgREST's shape: its code, its sentence, each field by its name here, what would be possible.
     */
    private RestException refusal(Problem problem, Change change) {
        var details = new ArrayList<String>();
        if (problem.members().get("errors") instanceof Collection<?> errors)
            for (var error : errors) if (error instanceof FieldError field) details.add(shown(field));
        if (problem.members().get("item") instanceof Integer item)
            details.add("[" + item + "] was refused, and so all were");
        if (problem.members().get("version") instanceof Integer version) details.add("the version is " + version);
        var allowed = problem.members().get("allowed") instanceof Collection<?> words
                ? "Allowed: " + words.stream().map(String::valueOf).collect(Collectors.joining(", "))
                : null;
        var code = problem.code() == null ? problem.slug() : problem.code();
        var detail = problem.detail() == null ? problem.title() : problem.detail();
        return new RestException(
                problem.status(),
                code,
                renamed(ITEM.matcher(detail).replaceFirst(""), change),
                details.isEmpty() ? null : renamed(String.join("; ", details), change),
                allowed);
    }

    private static String shown(FieldError error) {
        var field = ITEM.matcher(error.field()).replaceFirst("");
        return field.isEmpty() ? error.message() : field + ": " + error.message();
    }

    /** Fields by the names that columns and arguments have. */
    private String renamed(String text, Change change) {
        var said = text;
        if (change instanceof Insert insert)
            said = word(said, made(insert.view()).id(), "id");
        if (change instanceof Update) said = word(said, "ticketId", "id");
        for (var names : fields.values()) for (var field : names) said = word(said, field, snake(field));
        return said;
    }

    private static String word(String text, String from, String to) {
        return from.equals(to) ? text : text.replaceAll("\\b" + from + "\\b", Matcher.quoteReplacement(to));
    }

    private String named(Call call) {
        var name = called.get(call.function());
        if (name == null) throw new IllegalArgumentException(call.function() + " is no function");
        return name;
    }

    private List<String> fieldsOf(String command) {
        return fields.getOrDefault(command, List.of());
    }

    private static Made made(String view) {
        var made = MADE.get(view);
        if (made == null) throw new IllegalArgumentException("nothing makes rows of " + view);
        return made;
    }

    private static ObjectNode item(String command, ObjectNode body) {
        var item = JsonNodeFactory.instance.objectNode();
        item.put("command", command);
        item.set("body", body);
        return item;
    }

    private static void put(ObjectNode body, String field, ObjectNode from, String name) {
        var value = from.get(name);
        if (value != null) body.set(field, value);
    }

    static String snake(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    private static String camel(String name) {
        return Pattern.compile("_([a-z])").matcher(name).replaceAll(match -> match.group(1)
                .toUpperCase(Locale.ROOT));
    }
}
