package dev.chronodesk.query.audit;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.StoredEvent;
import dev.chronodesk.events.Metadata;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.events.codec.UndecodableEventException;
import dev.chronodesk.query.Positions;
import dev.chronodesk.query.Positions.NoPositionException;
import dev.chronodesk.query.fold.Json;
import dev.chronodesk.query.history.History;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import tools.jackson.databind.JsonNode;

/** {@code /audit}: history for auditors and administrators. Nothing here can change anything. */
@Controller
public final class AuditController {

    private static final int BATCH = 500;

    private final EventLog log;
    private final EventCodec codec;
    private final Positions positions;
    private final History history;
    private final TicketsThen tickets;

    public AuditController(EventLog log, EventCodec codec) {
        this.log = log;
        this.codec = codec;
        this.positions = new Positions(log);
        this.history = new History(log, codec);
        this.tickets = new TicketsThen(log, codec);
    }

    /** The log as NDJSON, as long as it was when it was asked for. */
    @GetMapping("/audit/events")
    public void events(Caller caller, HttpServletRequest request, HttpServletResponse response) throws IOException {
        Answers.mayAudit(caller);
        var arguments = new Arguments(request);
        var after = or(arguments.count("after"), 0L);
        var limit = or(arguments.count("limit"), Long.MAX_VALUE);
        var wanted = new Wanted(arguments.id("stream"), arguments.text("type"), arguments.id("actor"));
        var from = arguments.moment("from");
        var to = arguments.moment("to");
        // [from, to) by recorded time: the last position before each
        var first = from == null ? after : Math.max(after, lastBefore(from));
        var last = to == null ? log.head().position() : lastBefore(to);

        response.setContentType("application/x-ndjson; charset=utf-8");
        response.setHeader("Chronodesk-Position", Long.toString(last));
        if (request.getMethod().equals("HEAD")) return;
        var out = response.getOutputStream();
        var position = first;
        var left = limit;
        while (position < last && left > 0) {
            var batch = log.storedAfter(position, (int) Math.min(BATCH, last - position));
            if (batch.isEmpty()) return;
            for (var stored : batch) {
                position = stored.position();
                var metadata = metadata(stored);
                if (!wanted.is(stored, metadata)) continue;
                out.write(line(stored, metadata));
                if (--left == 0) break;
            }
            out.flush();
        }
    }

    /** Which events are asked for. */
    private record Wanted(@Nullable UUID stream, @Nullable String type, @Nullable UUID actor) {
        boolean is(StoredEvent stored, @Nullable Metadata metadata) {
            return (stream == null || stream.equals(stored.streamId()))
                    && (type == null || type.equals(stored.type()))
                    && (actor == null || (metadata != null && actor.equals(metadata.actor())));
        }
    }

    private static long or(@Nullable Long value, long otherwise) {
        return value == null ? otherwise : value;
    }

    private long lastBefore(Instant moment) {
        var before = moment.minus(Duration.ofNanos(1000));
        return before.isAfter(Instant.now()) ? log.head().position() : positions.at(before);
    }

    private @Nullable Metadata metadata(StoredEvent stored) {
        try {
            return codec.decodeMetadata(stored.metadata());
        } catch (UndecodableEventException e) {
            return null;
        }
    }

    private byte[] line(StoredEvent stored, @Nullable Metadata metadata) {
        var line = new LinkedHashMap<String, @Nullable Object>();
        line.put("position", stored.position());
        line.put("stream", stored.streamId());
        line.put("streamType", stored.streamType());
        line.put("seq", stored.seq());
        line.put("type", stored.type());
        line.put("revision", stored.revision());
        line.put("recordedAt", stored.recordedAt());
        line.put("occurredAt", stored.occurredAt());
        line.put("actor", metadata == null ? null : metadata.actor());
        line.put("sentBy", metadata == null ? null : metadata.sentBy());
        line.put("command", metadata == null ? null : metadata.command());
        line.put("key", metadata == null ? null : metadata.key());
        line.put("cause", metadata == null ? null : metadata.cause());
        line.put("payload", payload(stored));
        return (Json.write(line) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** What is stored, opened, also of an event that this version does not know; null when it is no JSON at all. */
    private @Nullable JsonNode payload(StoredEvent stored) {
        try {
            return codec.readable(stored.type(), stored.streamId(), stored.payload());
        } catch (UndecodableEventException e) {
            return null;
        }
    }

    /** What happened to a ticket, up to a moment or position or until now. */
    @GetMapping("/audit/tickets/{id}/history")
    public void history(
            @PathVariable("id") String id, Caller caller, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Answers.mayAudit(caller);
        var ticket = Arguments.id("id", id);
        var position = asOf(new Arguments(request));
        if (tickets.at(ticket, position).isEmpty()) throw noTicket();
        write(response, position, Json.write(history.until(ticket, position)));
    }

    /** The ticket as it was at a moment or position, in the shape of its read table, with what had been said. */
    @GetMapping("/audit/tickets/{id}")
    public void ticket(
            @PathVariable("id") String id, Caller caller, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Answers.mayAudit(caller);
        var ticket = Arguments.id("id", id);
        var position = asOf(new Arguments(request));
        var then = tickets.at(ticket, position).orElseThrow(AuditController::noTicket);
        write(response, position, Json.write(then));
    }

    private static ProblemException noTicket() {
        return ProblemException.notFound("There was no such ticket at that time.");
    }

    /** A position, or a moment by recorded time; the head without it. */
    private long asOf(Arguments arguments) {
        var value = arguments.text("asOf");
        if (value == null) return log.head().position();
        try {
            return positions.of(value);
        } catch (NoPositionException e) {
            throw ProblemException.malformed("asOf", e.rule());
        }
    }

    private static void write(HttpServletResponse response, long position, String json) throws IOException {
        response.setHeader("Chronodesk-Position", Long.toString(position));
        Answers.json(response, json);
    }

    @ExceptionHandler(ProblemException.class)
    void refuse(ProblemException e, HttpServletResponse response) throws IOException {
        Answers.refuse(response, e);
    }
}
