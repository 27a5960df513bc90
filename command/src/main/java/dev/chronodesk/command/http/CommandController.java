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
import dev.chronodesk.command.http.Requests.TooLargeException;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.LogUnavailableException;
import dev.chronodesk.db.port.LiveTables;
import dev.chronodesk.db.port.VisibleHistory;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The one controller for every command. Binding, headers and answers; what may happen is decided behind it. */
@RestController
public final class CommandController {

    /** Bytes of one command. */
    public static final int COMMAND_LIMIT = 1 << 20;

    /** Bytes of a batch. */
    public static final int BATCH_LIMIT = 32 << 20;

    /** Commands of a batch. */
    public static final int BATCH_ITEMS = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(CommandController.class);
    private static final MediaType NDJSON = MediaType.valueOf("application/x-ndjson");
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Set<String> ITEM_FIELDS = Set.of("command", "key", "ifMatch", "body");

    private final Gateway gateway;
    private final Catalogue catalogue;
    private final Binding binding = new Binding();
    private final Supplier<Optional<VisibleHistory>> history;
    private final Supplier<Optional<LiveTables>> tables;

    /**
     * @param history what a 412 lists, when there is a read side
     * @param tables what a sender may wait for, when there is a read side
     */
    public CommandController(
            Gateway gateway,
            Catalogue catalogue,
            Supplier<Optional<VisibleHistory>> history,
            Supplier<Optional<LiveTables>> tables) {
        this.gateway = gateway;
        this.catalogue = catalogue;
        this.history = history;
        this.tables = tables;
    }

    /** One command. */
    @PostMapping("/commands/{command}")
    public ResponseEntity<byte[]> send(@PathVariable String command, Caller caller, HttpServletRequest request) {
        if (!(caller instanceof Caller.Known sender))
            return Problem.unauthenticated().response();
        var type = catalogue.find(command);
        if (type.isEmpty()) return Problem.unknownCommand().response();
        if (!Requests.is(request, MediaType.APPLICATION_JSON))
            return Problem.unsupportedMediaType("application/json").response();
        return answered(sender, () -> {
            var bound = binding.bind(type.get(), Json.tree(Requests.body(request, COMMAND_LIMIT)));
            var terms = new Terms(
                    Requests.key(request),
                    Requests.ifMatch(request),
                    bound.occurredAt(),
                    bound.onBehalfOf(),
                    false,
                    Requests.flag(request, "dryRun"));
            var outcome = gateway.send(bound.command(), sender, terms);
            var answer = ResponseEntity.ok()
                    .contentType(MediaType.APPLICATION_JSON)
                    .header(HttpHeaders.CACHE_CONTROL, "no-store");
            if (!terms.dryRun())
                answer.header(
                        HttpHeaders.ETAG, "\"" + outcome.streams().getFirst().version() + "\"");
            if (outcome.replayed()) answer.header("Idempotent-Replayed", "true");
            awaited(request, terms.dryRun() ? 0 : outcome.position())
                    .ifPresent(seconds -> answer.header("Preference-Applied", "wait=" + seconds));
            return answer.header("Chronodesk-Position", Long.toString(outcome.position()))
                    .body(Json.MAPPER.writeValueAsBytes(body(outcome, terms.dryRun())));
        });
    }

    /** Many commands, one after another, each with its own answer; or all or nothing with {@code atomic=true}. */
    @PostMapping("/commands")
    public ResponseEntity<byte[]> batch(Caller caller, HttpServletRequest request) {
        if (!(caller instanceof Caller.Known sender))
            return Problem.unauthenticated().response();
        var lines = Requests.is(request, NDJSON);
        if (!lines && !Requests.is(request, MediaType.APPLICATION_JSON))
            return Problem.unsupportedMediaType("application/json or application/x-ndjson")
                    .response();
        return answered(sender, () -> {
            var dryRun = Requests.flag(request, "dryRun");
            var atomic = Requests.flag(request, "atomic");
            var body = Requests.body(request, BATCH_LIMIT);
            var items = lines ? lines(body) : elements(body);
            if (items.isEmpty() || items.size() > BATCH_ITEMS)
                throw new MalformedException("", "length", "a batch has 1 to " + BATCH_ITEMS + " commands");
            var answers = atomic ? together(items, sender, request, dryRun) : each(items, sender, request, dryRun);
            var last = 0L;
            for (var answer : answers)
                if (answer.get("position") instanceof Long position) last = Math.max(last, position);
            var response = ResponseEntity.ok()
                    .contentType(lines ? NDJSON : MediaType.APPLICATION_JSON)
                    .header(HttpHeaders.CACHE_CONTROL, "no-store");
            if (last > 0) response.header("Chronodesk-Position", Long.toString(last));
            awaited(request, dryRun ? 0 : last)
                    .ifPresent(seconds -> response.header("Preference-Applied", "wait=" + seconds));
            return response.body(lines ? ndjson(answers) : Json.MAPPER.writeValueAsBytes(answers));
        });
    }

    /** An item of a batch: a tree, or what was wrong with its line. */
    private record Line(@Nullable JsonNode tree, @Nullable MalformedException wrong) {}

    /** An item that could be read. */
    private record Ready(Command command, Terms terms) {}

    private List<Map<String, Object>> each(
            List<Line> items, Caller.Known sender, HttpServletRequest request, boolean dryRun) {
        if (Requests.key(request) != null)
            throw new MalformedException(
                    "Idempotency-Key", "unknown", "a batch has a key per item, unless it is atomic");
        var answers = new ArrayList<Map<String, Object>>();
        for (var item : items) {
            var problem = problem(sender, () -> {
                var ready = ready(item, true, dryRun);
                answers.add(item(gateway.send(ready.command(), sender, ready.terms()), dryRun));
            });
            problem.ifPresent(p -> answers.add(p.body()));
        }
        return answers;
    }

    private List<Map<String, Object>> together(
            List<Line> items, Caller.Known sender, HttpServletRequest request, boolean dryRun) {
        var ready = new ArrayList<Gateway.Item>();
        for (var i = 0; i < items.size(); i++) {
            try {
                var item = ready(items.get(i), false, dryRun);
                ready.add(new Gateway.Item(item.command(), item.terms()));
            } catch (MalformedException e) {
                var at = "[" + i + "]";
                throw new MalformedException(e.errors().stream()
                        .map(error -> new FieldError(
                                error.field().isEmpty() ? at : at + "." + error.field(), error.rule(), error.message()))
                        .toList());
            }
        }
        return gateway.sendTogether(ready, sender, Requests.key(request), dryRun).stream()
                .map(outcome -> item(outcome, dryRun))
                .toList();
    }

    private Ready ready(Line line, boolean keyed, boolean dryRun) {
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

    private static List<Line> elements(byte[] body) {
        if (!(Json.tree(body) instanceof ArrayNode array))
            throw new MalformedException("", "type", "a batch is a JSON array, or NDJSON");
        var items = new ArrayList<Line>();
        for (var element : array) items.add(new Line(element, null));
        return items;
    }

    private static List<Line> lines(byte[] body) {
        var items = new ArrayList<Line>();
        for (var line : new String(body, StandardCharsets.UTF_8).split("\n", -1)) {
            if (line.isBlank()) continue;
            if (items.size() > BATCH_ITEMS) break;
            try {
                items.add(new Line(Json.tree(line.getBytes(StandardCharsets.UTF_8)), null));
            } catch (MalformedException e) {
                items.add(new Line(null, e));
            }
        }
        return items;
    }

    private static byte[] ndjson(List<Map<String, Object>> answers) {
        var out = new ByteArrayOutputStream();
        for (var answer : answers) {
            out.writeBytes(Json.MAPPER.writeValueAsBytes(answer));
            out.write('\n');
        }
        return out.toByteArray();
    }

    private static Map<String, Object> body(Outcome outcome, boolean dryRun) {
        var body = new LinkedHashMap<String, Object>();
        body.put("command", outcome.command());
        body.put("key", outcome.key());
        body.put("position", outcome.position());
        body.put("streams", outcome.streams());
        body.put("result", outcome.result());
        if (outcome.unchanged()) body.put("unchanged", true);
        if (dryRun) body.put("dryRun", true);
        return body;
    }

    /** The same as one of a batch's answers, which must say for itself how it went. */
    private static Map<String, Object> item(Outcome outcome, boolean dryRun) {
        var item = new LinkedHashMap<String, Object>();
        item.put("status", 200);
        item.putAll(body(outcome, dryRun));
        if (outcome.replayed()) item.put("replayed", true);
        return item;
    }

    /** Waits for the read tables when the sender asked for it; the seconds, when they stand there now. */
    private Optional<Integer> awaited(HttpServletRequest request, long position) {
        var seconds = Requests.wait(request);
        var live = tables.get();
        if (seconds.isEmpty() || live.isEmpty() || position == 0) return Optional.empty();
        try {
            return live.get().await(position, Duration.ofSeconds(seconds.get())) ? seconds : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private ResponseEntity<byte[]> answered(Caller.Known sender, Supplier<ResponseEntity<byte[]>> work) {
        var answer = new ArrayList<ResponseEntity<byte[]>>(1);
        return problem(sender, () -> answer.add(work.get()))
                .map(Problem::response)
                .orElseGet(answer::getFirst);
    }

    /** Does it, and tells what it was refused for. What is nobody's mistake but ours passes. */
    private Optional<Problem> problem(Caller.Known sender, Runnable work) {
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
