package dev.chronodesk.query.rest;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.port.LiveTables;
import dev.chronodesk.query.QuerySettings;
import dev.chronodesk.query.QueryText;
import dev.chronodesk.query.QueryText.Parameter;
import dev.chronodesk.query.fold.Json;
import dev.chronodesk.query.rest.Catalogue.Relation;
import dev.chronodesk.query.rest.Catalogue.Routine;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code /rest/v1}: reads for clients that speak PostgREST. Errors leave in its shape, from here. */
@Controller
public final class RestController {

    private static final Logger LOG = LoggerFactory.getLogger(RestController.class);
    private static final int MAX_BODY = 65_536;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Rows of a kind, asked in a way. */
    private record Asked(Relation relation, Sql source, Query query) {}

    private final Catalogue catalogue;
    private final Reads reads;
    private final Freshness freshness;
    private final QuerySettings settings;

    public RestController(DataSource read, LiveTables live, EventLog log, QuerySettings settings) {
        this.catalogue = new Catalogue(read);
        this.reads = new Reads(read, settings.statementTimeout());
        this.freshness = new Freshness(live, log);
        this.settings = settings;
    }

    @RequestMapping("/rest/v1/{view}")
    public void view(
            @PathVariable("view") String view, Caller caller, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        answering(caller, response, () -> {
            if (!isRead(request))
                throw new RestException(
                        405,
                        "PGRST117",
                        "Unsupported HTTP method: " + request.getMethod(),
                        null,
                        "Read tables are folded from the log. Change them with commands: POST /commands/{Command}.");
            exposed(request);
            var parameters = QueryText.parameters(request.getQueryString(), settings.maxQueryLength());
            answer(caller, request, response, () -> viewed(view, parameters));
        });
    }

    @RequestMapping("/rest/v1/rpc/{function}")
    public void function(
            @PathVariable("function") String function,
            Caller caller,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        answering(caller, response, () -> {
            if (!isRead(request) && !request.getMethod().equals("POST"))
                throw new RestException(
                        405, "PGRST101", "Cannot use the " + request.getMethod() + " method on RPC", null, null);
            exposed(request);
            var parameters = QueryText.parameters(request.getQueryString(), settings.maxQueryLength());
            var body = isRead(request) ? null : arguments(request);
            answer(caller, request, response, () -> called(function, parameters, body));
        });
    }

    @RequestMapping({"/rest/v1", "/rest/v1/", "/rest/v1/**"})
    public void elsewhere(Caller caller, HttpServletResponse response) throws IOException {
        answering(caller, response, () -> {
            throw new RestException(404, "PGRST125", "Invalid path specified in request URL", null, null);
        });
    }

    private static boolean isRead(HttpServletRequest request) {
        return request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    }

    /** What clients call public is our schema of views; no other is there. */
    private static void exposed(HttpServletRequest request) {
        for (var header : List.of("Accept-Profile", "Content-Profile")) {
            var profile = request.getHeader(header);
            if (profile != null && !profile.equals("public") && !profile.equals(Catalogue.SCHEMA))
                throw new RestException(
                        406,
                        "PGRST106",
                        "Invalid schema: " + RestException.shortened(profile),
                        null,
                        "Only the following schemas are exposed: public");
        }
        if (request.getHeader("Chronodesk-As-Of") != null)
            throw new RestException(
                    400, "CD400", "Chronodesk-As-Of is not available for reads yet", null, "See GET /audit/tickets.");
    }

    private Asked viewed(String view, List<Parameter> parameters) throws SQLException {
        QueryText.storable(view);
        var relation = catalogue.relation(view).orElseThrow(() -> RestException.noSuchTable(view));
        return new Asked(relation, new Sql().add(Catalogue.SCHEMA + ".").name(view), QueryParser.parse(parameters));
    }

    /** Parameters with an argument's name are arguments, all others are about the rows. */
    private Asked called(String name, List<Parameter> parameters, @Nullable Map<String, @Nullable String> body)
            throws SQLException {
        QueryText.storable(name);
        var routine = catalogue.routine(name).orElseThrow(() -> noSuchFunction(name, List.of(), null));
        var given = new LinkedHashMap<String, @Nullable String>();
        var rest = new ArrayList<Parameter>();
        if (body != null) given.putAll(body);
        for (var parameter : parameters) {
            if (body == null && routine.arguments().containsKey(parameter.name()))
                given.put(parameter.name(), parameter.value());
            else if (body == null
                    && !QueryParser.isReserved(parameter.name())
                    && QueryParser.whyNoFilter(parameter.name(), parameter.value()) != null)
                given.put(parameter.name(), parameter.value());
            else rest.add(parameter);
        }
        if (!routine.takes(given.keySet())) throw noSuchFunction(name, List.copyOf(given.keySet()), routine);
        return new Asked(routine.rows(), call(routine, given), QueryParser.parse(rest));
    }

    private static Sql call(Routine routine, Map<String, @Nullable String> given) {
        var call = new Sql().add(Catalogue.SCHEMA + ".").name(routine.name()).add("(");
        var first = true;
        for (var argument : given.entrySet()) {
            if (!first) call.add(", ");
            first = false;
            call.name(argument.getKey()).add(" => ").value(argument.getValue());
        }
        return call.add(")");
    }

    private static RestException noSuchFunction(String name, List<String> given, @Nullable Routine routine) {
        var with = given.isEmpty()
                ? "without parameters"
                : given.stream().map(RestException::shortened).collect(Collectors.joining(", ", "(", ")"));
        return new RestException(
                404,
                "PGRST202",
                "Could not find the function public." + RestException.shortened(name) + (given.isEmpty() ? " " : "")
                        + with + " in the schema cache",
                null,
                routine == null
                        ? null
                        : "Perhaps you meant to call the function public." + routine.name() + "("
                                + String.join(", ", routine.arguments().keySet()) + ")");
    }

    private static Map<String, @Nullable String> arguments(HttpServletRequest request) throws IOException {
        var bytes = request.getInputStream().readNBytes(MAX_BODY + 1);
        if (bytes.length > MAX_BODY)
            throw new RestException(413, "PGRST102", "the body is longer than " + MAX_BODY + " bytes", null, null);
        var given = new LinkedHashMap<String, @Nullable String>();
        if (bytes.length == 0) return given;
        for (var property : object(bytes).properties())
            given.put(QueryText.storable(property.getKey()), argument(property.getValue()));
        return given;
    }

    private static ObjectNode object(byte[] bytes) {
        try {
            // decoded here, since the parser would guess other encodings
            if (JSON.readTree(strict(bytes)) instanceof ObjectNode object) return object;
        } catch (JacksonException e) {
            LOG.debug("unreadable arguments", e);
        }
        throw new RestException(400, "PGRST102", "Empty or invalid json", "The body must be a JSON object.", null);
    }

    private static String strict(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(java.nio.ByteBuffer.wrap(bytes))
                    .toString();
        } catch (java.nio.charset.CharacterCodingException e) {
            throw new RestException(400, "PGRST102", "Empty or invalid json", "The body is not UTF-8.", null);
        }
    }

    private static @Nullable String argument(JsonNode value) {
        if (value.isNull()) return null;
        return QueryText.storable(value.isString() ? value.stringValue() : value.toString());
    }

    @FunctionalInterface
    private interface Asking {
        Asked ask() throws SQLException;
    }

    @FunctionalInterface
    private interface Answering {
        void run() throws IOException, SQLException, InterruptedException;
    }

    private void answer(Caller caller, HttpServletRequest request, HttpServletResponse response, Asking asking)
            throws IOException, SQLException, InterruptedException {
        var media = MediaTypes.of(request);
        var preferences = Preferences.of(request);
        var wanted = Freshness.wanted(request.getHeader(Freshness.MIN_POSITION));
        var asked = asking.ask();
        var window = Window.of(asked.query(), request, settings.maxRows());
        var plan = new Plan(asked.relation(), asked.source(), asked.query());
        var statement =
                plan.statement(media.form(), media.stripNulls(), preferences.count(), window.limit(), window.offset());
        freshness.await(wanted, preferences.patience());
        var answer = fresh(caller, statement, Math.max(wanted, freshness.known()), preferences.patience());

        response.setHeader(Freshness.POSITION, Long.toString(answer.position()));
        response.setHeader("Content-Range", window.contentRange(answer.page(), answer.total()));
        if (!preferences.applied().isEmpty())
            response.setHeader("Preference-Applied", String.join(", ", preferences.applied()));
        var status = window.status(answer.page(), answer.total());
        if (media.form() == Plan.Form.OBJECT && answer.page() != 1)
            throw new RestException(
                    406,
                    "PGRST116",
                    "Cannot coerce the result to a single JSON object",
                    "The result contains " + answer.page() + " rows",
                    null);
        response.setStatus(status);
        write(response, media.contentType(), body(media, plan, answer), request.getMethod());
    }

    /**
     * Reads, again if need be: while tables are replaced by rebuilt ones, a snapshot from just before may show less
     * than this node has already told.
     */
    private Reads.Answer fresh(Caller caller, Sql statement, long least, Duration patience)
            throws SQLException, InterruptedException {
        var until = Instant.now().plus(patience);
        while (true) {
            var answer = reads.run(caller, statement);
            if (answer.position() >= least) return answer;
            if (Instant.now().isAfter(until))
                throw new RestException(
                        503, "CD503", "the read tables do not include position " + least + " yet", null, null);
            Thread.sleep(20);
        }
    }

    private static byte[] body(MediaTypes media, Plan plan, Reads.Answer answer) {
        var body = answer.body() == null ? new byte[0] : answer.body();
        if (media.form() != Plan.Form.CSV) return body;
        var head = (plan.csvHead() + (body.length == 0 ? "" : "\n")).getBytes(StandardCharsets.UTF_8);
        var whole = java.util.Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        return whole;
    }

    private static void write(HttpServletResponse response, String contentType, byte[] body, String method)
            throws IOException {
        response.setContentType(contentType);
        response.setContentLength(body.length);
        if (!method.equals("HEAD")) response.getOutputStream().write(body);
    }

    private void answering(Caller caller, HttpServletResponse response, Answering work) throws IOException {
        try {
            work.run();
        } catch (RestException e) {
            refuse(response, e);
        } catch (QueryText.UnreadableRequestException e) {
            refuse(response, new RestException(400, "PGRST100", String.valueOf(e.getMessage()), null, null));
        } catch (SQLException e) {
            // what we believed of the schema may be over: ask again next time
            catalogue.forget();
            var refusal = SqlErrors.answer(e, caller);
            if (refusal.status() >= 500) LOG.warn("A read failed with {}", refusal.code(), e);
            refuse(response, refusal);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            refuse(response, new RestException(503, "CD503", "the service is stopping", null, null));
        }
    }

    private static void refuse(HttpServletResponse response, RestException e) throws IOException {
        var body = new LinkedHashMap<String, @Nullable Object>();
        body.put("code", e.code());
        body.put("message", e.text());
        body.put("details", e.details());
        body.put("hint", e.hint());
        response.setStatus(e.status());
        response.setHeader("Proxy-Status", "PostgREST; error=" + e.code());
        if (e.status() == 401) response.setHeader("WWW-Authenticate", "Bearer");
        if (e.status() == 503 || e.status() == 504) response.setHeader("Retry-After", "1");
        if (e.status() == 405) response.setHeader("Allow", "GET, HEAD");
        var bytes = Json.write(body).getBytes(StandardCharsets.UTF_8);
        response.setContentType("application/json; charset=utf-8");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}
