package dev.chronodesk.query.audit;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.query.Positions;
import dev.chronodesk.query.Positions.NoPositionException;
import dev.chronodesk.query.fold.AsOf;
import dev.chronodesk.query.fold.AsOf.State;
import dev.chronodesk.query.fold.AsOf.Tables;
import dev.chronodesk.query.fold.Json;
import dev.chronodesk.query.fold.Timestamps;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code /audit/generations}: read tables as of a position, to be read with {@code Chronodesk-As-Of}. */
@Controller
public final class GenerationsController {

    private static final String PATH = "/audit/generations";
    private static final String AS_OF = "asOf";
    private static final int MAX_BODY = 4096;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final AsOf asOf;
    private final Positions positions;

    public GenerationsController(AsOf asOf, EventLog log) {
        this.asOf = asOf;
        this.positions = new Positions(log);
    }

    /** Has them built: 202 until they are there, 200 when they are. */
    @PostMapping(PATH)
    public void ask(Caller caller, HttpServletRequest request, HttpServletResponse response) throws IOException {
        Answers.mayAudit(caller);
        var position = position(AS_OF, wanted(request));
        try {
            var asked = asOf.ask(position);
            response.setStatus(asked.state() == State.READY ? 200 : 202);
            response.setHeader("Location", PATH + "/" + position);
            Answers.json(response, Json.write(shown(asked)));
        } catch (AsOf.TooManyException e) {
            throw ProblemException.conflict(String.valueOf(e.getMessage()));
        }
    }

    private static String wanted(HttpServletRequest request) throws IOException {
        var body = body(request);
        for (var name : body.propertyNames())
            if (!name.equals(AS_OF)) throw ProblemException.malformed(name, "is not known here");
        var said = body.get(AS_OF);
        if (said == null || said.isNull()) throw ProblemException.malformed(AS_OF, "is required");
        if (!said.isString() && !said.isIntegralNumber())
            throw ProblemException.malformed(AS_OF, "must be a position or a moment like 2026-01-31T12:00:00Z");
        return said.asString();
    }

    private static ObjectNode body(HttpServletRequest request) throws IOException {
        var bytes = request.getInputStream().readNBytes(MAX_BODY + 1);
        if (bytes.length > MAX_BODY)
            throw ProblemException.unreadable("the body is longer than " + MAX_BODY + " bytes");
        JsonNode read;
        try {
            read = JSON.readTree(bytes);
        } catch (JacksonException e) {
            throw ProblemException.unreadable("the body is not JSON");
        }
        if (read instanceof ObjectNode object) return object;
        throw ProblemException.unreadable("the body must be a JSON object with " + AS_OF);
    }

    private long position(String field, String text) {
        try {
            return positions.of(text);
        } catch (NoPositionException e) {
            throw ProblemException.malformed(field, e.rule());
        }
    }

    /** All that there are, and those that are waited for. */
    @GetMapping(PATH)
    public void all(Caller caller, HttpServletResponse response) throws IOException {
        Answers.mayAudit(caller);
        Answers.json(
                response,
                Json.write(asOf.all().stream().map(GenerationsController::shown).toList()));
    }

    @GetMapping(PATH + "/{position}")
    public void one(@PathVariable("position") String position, Caller caller, HttpServletResponse response)
            throws IOException {
        Answers.mayAudit(caller);
        var found = asOf.find(position("position", position)).orElseThrow(GenerationsController::none);
        Answers.json(response, Json.write(shown(found)));
    }

    @DeleteMapping(PATH + "/{position}")
    public void drop(@PathVariable("position") String position, Caller caller, HttpServletResponse response) {
        Answers.mayAudit(caller);
        if (!asOf.drop(position("position", position))) throw none();
        response.setStatus(204);
    }

    private static ProblemException none() {
        return ProblemException.notFound("There are no read tables as of that position.");
    }

    private static Map<String, @Nullable Object> shown(Tables tables) {
        var shown = new LinkedHashMap<String, @Nullable Object>();
        shown.put("position", tables.position());
        shown.put("state", tables.state().name().toLowerCase(Locale.ROOT));
        shown.put("at", tables.at());
        shown.put("bytes", tables.bytes());
        shown.put("failure", tables.failure());
        shown.put("usedAt", tables.usedAt() == null ? null : Timestamps.text(tables.usedAt()));
        return shown;
    }

    @ExceptionHandler(ProblemException.class)
    void refuse(ProblemException e, HttpServletResponse response) throws IOException {
        Answers.refuse(response, e);
    }
}
