package dev.chronodesk.command.http;

import dev.chronodesk.command.door.MalformedException;
import dev.chronodesk.command.door.Outcome;
import dev.chronodesk.command.door.Problem;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.gateway.Catalogue;
import dev.chronodesk.command.gateway.Gateway;
import dev.chronodesk.command.http.JsonCommands.Line;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.port.LiveTables;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ArrayNode;

/** The one controller for every command. Binding, headers and answers; what may happen is decided behind it. */
@RestController
public final class CommandController {

    /** Bytes of one command. */
    public static final int COMMAND_LIMIT = 1 << 20;

    /** Bytes of a batch. */
    public static final int BATCH_LIMIT = 32 << 20;

    /** Commands of a batch. */
    public static final int BATCH_ITEMS = 1_000;

    private static final MediaType NDJSON = MediaType.valueOf("application/x-ndjson");

    private final Gateway gateway;
    private final Catalogue catalogue;
    private final JsonCommands json;
    private final Supplier<Optional<LiveTables>> tables;

    /** @param tables what a sender may wait for, when there is a read side */
    public CommandController(
            Gateway gateway, Catalogue catalogue, JsonCommands json, Supplier<Optional<LiveTables>> tables) {
        this.gateway = gateway;
        this.catalogue = catalogue;
        this.json = json;
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
            var bound = json.bind(type.get(), Json.tree(Requests.body(request, COMMAND_LIMIT)));
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
            var answers = atomic
                    ? json.together(items, sender, Requests.key(request), dryRun).stream()
                            .map(outcome -> item(outcome, dryRun))
                            .toList()
                    : each(items, sender, request, dryRun);
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

    private List<Map<String, Object>> each(
            List<Line> items, Caller.Known sender, HttpServletRequest request, boolean dryRun) {
        if (Requests.key(request) != null)
            throw new MalformedException(
                    "Idempotency-Key", "unknown", "a batch has a key per item, unless it is atomic");
        var answers = new ArrayList<Map<String, Object>>();
        for (var item : items) {
            var problem = json.problem(sender, () -> {
                var ready = json.ready(item, true, dryRun);
                answers.add(item(gateway.send(ready.command(), sender, ready.terms()), dryRun));
            });
            problem.ifPresent(p -> answers.add(p.body()));
        }
        return answers;
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
        return json.problem(sender, () -> answer.add(work.get()))
                .map(Problem::response)
                .orElseGet(answer::getFirst);
    }
}
