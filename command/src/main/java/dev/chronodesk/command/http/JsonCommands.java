package dev.chronodesk.command.http;

import dev.chronodesk.command.door.Command;
import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.door.DoorRefusal.VersionMismatch;
import dev.chronodesk.command.door.FieldError;
import dev.chronodesk.command.door.MalformedException;
import dev.chronodesk.command.door.Outcome;
import dev.chronodesk.command.door.Problem;
import dev.chronodesk.command.door.Refusal;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.gateway.Catalogue;
import dev.chronodesk.command.gateway.Gateway;
import dev.chronodesk.command.gateway.ItemRefusedException;
import dev.chronodesk.command.http.Binding.Bound;
import dev.chronodesk.command.http.Requests.TooLargeException;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.LogUnavailableException;
import dev.chronodesk.db.port.VisibleHistory;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Commands that come as JSON, on whatever address: read, sent and refused in one way. */
public final class JsonCommands {

    /** An item of a batch: a tree, or what was wrong with its line. */
    record Line(@Nullable JsonNode tree, @Nullable MalformedException wrong) {}

    /** An item that could be read. */
    record Ready(Command command, Terms terms) {}

    private static final Logger LOG = LoggerFactory.getLogger(JsonCommands.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Set<String> ITEM_FIELDS = Set.of("command", "key", "ifMatch", "body");

    private final Gateway gateway;
    private final Catalogue catalogue;
    private final Binding binding = new Binding();
    private final Supplier<Optional<VisibleHistory>> history;

    /** @param history what a 412 lists, when there is a read side */
    public JsonCommands(Gateway gateway, Catalogue catalogue, Supplier<Optional<VisibleHistory>> history) {
        this.gateway = gateway;
        this.catalogue = catalogue;
        this.history = history;
    }

    /** The fields of a command as a JSON schema, as {@code /openapi.json} has it. */
    public static ObjectNode schema(Class<? extends Command> command) {
        var schema = JsonNodeFactory.instance.objectNode();
        OpenApi.schema(schema, command);
        return schema;
    }

    /**
     * What another address makes of its request: all of it or nothing, in one append, under the request's
     * {@code Idempotency-Key}; {@code If-Match} speaks of the first item's stream.
     *
     * @param items each with {@code command} and {@code body}
     * @param dryRun decide, and append nothing
     * @throws ProblemException when it came to nothing
     */
    public List<Outcome> send(List<ObjectNode> items, Caller.Known sender, HttpServletRequest request, boolean dryRun) {
        var outcomes = new ArrayList<Outcome>();
        problem(sender, () -> {
                    var version = Requests.ifMatch(request);
                    if (version != null) items.getFirst().put("ifMatch", version);
                    var lines = items.stream().map(item -> new Line(item, null)).toList();
                    var key = Requests.key(request);
                    if (lines.size() == 1) {
                        var only = ready(lines.getFirst(), false, dryRun);
                        var terms = key == null ? only.terms() : only.terms().withKey(key);
                        outcomes.add(gateway.send(only.command(), sender, terms));
                    } else {
                        outcomes.addAll(together(lines, sender, key, dryRun));
                    }
                })
                .ifPresent(problem -> {
                    throw new ProblemException(problem);
                });
        return outcomes;
    }

    /** Sends all of them or none. */
    List<Outcome> together(List<Line> lines, Caller.Known sender, @Nullable String key, boolean dryRun) {
        var items = new ArrayList<Gateway.Item>();
        for (var i = 0; i < lines.size(); i++) {
            try {
                var ready = ready(lines.get(i), false, dryRun);
                items.add(new Gateway.Item(ready.command(), ready.terms()));
            } catch (MalformedException e) {
                var at = "[" + i + "]";
                throw new MalformedException(e.errors().stream()
                        .map(error -> new FieldError(
                                error.field().isEmpty() ? at : at + "." + error.field(), error.rule(), error.message()))
                        .toList());
            }
        }
        return gateway.sendTogether(items, sender, key, dryRun);
    }

    /** The command of that kind that the tree says. */
    Bound bind(Class<? extends Command> type, JsonNode tree) {
        return binding.bind(type, tree);
    }

    /** The command that the line says, with its terms. */
    Ready ready(Line line, boolean keyed, boolean dryRun) {
        if (line.wrong() != null) throw line.wrong();
        if (!(line.tree() instanceof ObjectNode item))
            throw new MalformedException("", "type", "an item must be a JSON object");
        var errors = new ArrayList<FieldError>();
        for (var name : item.propertyNames())
            if (!ITEM_FIELDS.contains(name))
                errors.add(new FieldError(Json.shown(name), "unknown", "is no field of an item"));
        var name = item.get("command");
        if (name == null || !name.isString()) errors.add(new FieldError("command", "required", "must be a text"));
        else if (catalogue.find(name.stringValue()).isEmpty())
            errors.add(new FieldError("command", "value", "no command has that name; see /openapi.json"));
        var key = item.get("key");
        if (key != null && !key.isNull() && !keyed)
            errors.add(new FieldError("key", "unknown", "the items of an atomic batch have one key, Idempotency-Key"));
        else if (key != null && !key.isNull() && (!key.isString() || !Requests.keyLike(key.stringValue())))
            errors.add(new FieldError("key", "format", "must have 1 to 255 printable ASCII characters"));
        var ifMatch = item.get("ifMatch");
        if (ifMatch != null && !ifMatch.isNull() && !(ifMatch.isInt() && ifMatch.intValue() >= 0))
            errors.add(new FieldError("ifMatch", "type", "must be a version, 0 or more"));
        var body = item.get("body");
        if (body == null) errors.add(new FieldError("body", "required", "is required"));
        if (!errors.isEmpty() || name == null || body == null) throw new MalformedException(errors);
        var bound = binding.bind(catalogue.find(name.stringValue()).orElseThrow(), body);
        return new Ready(
                bound.command(),
                new Terms(
                        key == null || key.isNull() ? null : key.stringValue(),
                        ifMatch == null || ifMatch.isNull() ? null : ifMatch.intValue(),
                        bound.occurredAt(),
                        bound.onBehalfOf(),
                        false,
                        dryRun));
    }

    /** Does it, and tells what it was refused for. What is nobody's mistake but ours passes. */
    Optional<Problem> problem(Caller.Known sender, Runnable work) {
        try {
            work.run();
            return Optional.empty();
        } catch (MalformedException e) {
            return Optional.of(Problem.malformed(e.errors()));
        } catch (CommandRefusedException e) {
            return Optional.of(problem(sender, e.reason()));
        } catch (ItemRefusedException e) {
            return Optional.of(problem(sender, e.refusal().reason()).with("item", e.index()));
        } catch (TooLargeException e) {
            return Optional.of(Problem.tooLarge(e.limit()));
        } catch (LogUnavailableException e) {
            // without a cause it was refused before anything was done, and there may be very many of those
            if (e.getCause() != null) LOG.warn("A command cannot be confirmed now: {}", e.getMessage());
            return Optional.of(Problem.unavailable("the outcome may be unknown; the same key finds out", RETRY));
        }
    }

    private Problem problem(Caller.Known sender, Refusal reason) {
        var problem = Problem.of(reason);
        if (!(reason instanceof VersionMismatch mismatch)) return problem;
        return history.get()
                .map(visible -> problem.with("missed", visible.visible(sender, mismatch.stream(), mismatch.expected())))
                .orElse(problem)
                .with("version", mismatch.actual());
    }
}
