package dev.chronodesk.query.rest;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.port.Figures;
import dev.chronodesk.query.QuerySettings;
import dev.chronodesk.query.QueryText;
import dev.chronodesk.query.QueryText.Parameter;
import dev.chronodesk.query.fold.AsOf;
import dev.chronodesk.query.fold.Json;
import dev.chronodesk.query.fold.LiveViews;
import dev.chronodesk.query.rest.Catalogue.Relation;
import dev.chronodesk.query.rest.Catalogue.Result;
import dev.chronodesk.query.rest.Catalogue.Routine;
import dev.chronodesk.query.rest.Preferences.Count;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
import tools.jackson.databind.node.StringNode;

/** {@code /rest/v1}: reads for clients that speak PostgREST. Errors leave in its shape, from here. */
@Controller
public final class RestController {

    private static final Logger LOG = LoggerFactory.getLogger(RestController.class);
    private static final int MAX_BODY = 65_536;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    /**
     * Rows of a kind, asked in a way.
     *
     * @param of the relation whose rows they are, or null
     * @param result as which they are answered
     */
    record Asked(Catalogue catalogue, Relation relation, @Nullable String of, Result result, Sql source, Query query) {

        /** A value has no name of its own for its column. */
        boolean columned() {
            return result == Result.VALUE || result == Result.VALUES || result == Result.NOTHING;
        }
    }

    /** What clients call the schema of the live views, which has a name of its own in each version. */
    private static final String VIEWS = "api";

    /** The first is what clients call public, and mean when they say nothing. */
    private final List<String> schemas;

    private final DataSource read;
    private final LiveViews live;
    private final Map<Shown, Catalogue> catalogues = new ConcurrentHashMap<>();

    /** A schema, beside the live views that say where answers stand. */
    private record Shown(String schema, String views) {}

    private final Reads reads;
    private final @Nullable Past past;
    private final Freshness freshness;
    private final QuerySettings settings;
    private final Writes writes;
    private final Changing changing;

    /** Reads only. */
    public RestController(DataSource read, LiveViews live, EventLog log, QuerySettings settings) {
        this(read, live, log, settings, List.of(VIEWS), null, Writes.NONE);
    }

    /** @param asOf what answers {@code Chronodesk-As-Of} */
    public RestController(
            DataSource read, LiveViews live, EventLog log, QuerySettings settings, AsOf asOf, Writes writes) {
        this(
                read,
                live,
                log,
                settings,
                Stream.concat(Stream.of(VIEWS), settings.schemas().stream()).toList(),
                new Past(read, asOf, log),
                writes);
    }

    /**
     * @param schemas what is exposed; the first is what clients call public
     * @param past what answers {@code Chronodesk-As-Of}, or null when nothing does
     */
    RestController(
            DataSource read,
            LiveViews live,
            EventLog log,
            QuerySettings settings,
            List<String> schemas,
            @Nullable Past past,
            Writes writes) {
        this.past = past;
        this.schemas = List.copyOf(schemas);
        this.read = read;
        this.live = live;
        this.reads = new Reads(read, settings.statementTimeout());
        this.freshness = new Freshness(live, log);
        this.settings = settings;
        this.writes = writes;
        this.changing = new Changing(writes, reads, freshness, settings);
    }

    /** What there is for the caller, as OpenAPI. */
    @RequestMapping({"/rest/v1", "/rest/v1/"})
    public void description(Caller caller, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        answering(caller, response, () -> {
            if (!isRead(request))
                throw new RestException(405, "PGRST117", "Unsupported HTTP method: " + request.getMethod(), null, null);
            var asker = asker(caller, request);
            var body = OpenApi.of(
                            asker.catalogue(),
                            asker.as().role(),
                            isOurs(asker) && caller instanceof Caller.Known ? writes : Writes.NONE)
                    .getBytes(StandardCharsets.UTF_8);
            write(response, MediaTypes.OPENAPI + "; charset=utf-8", body, request.getMethod());
        });
    }

    @RequestMapping("/rest/v1/{view}")
    public void view(
            @PathVariable("view") String view, Caller caller, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        answering(caller, response, () -> {
            if (!isRead(request)) notThePast(request);
            var asker = asker(caller, request);
            var parameters = QueryText.parameters(request.getQueryString(), settings.maxQueryLength());
            if (!isRead(request)) {
                if (!isOurs(asker))
                    throw new RestException(
                            405, "PGRST117", "Unsupported HTTP method: " + request.getMethod(), null, READ_ONLY);
                changing.change(asker.catalogue(), view, parameters, caller, request, response);
                return;
            }
            answer(asker.as(), request, response, () -> viewed(asker.catalogue(), view, parameters));
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
            if (changing.has(function)) notThePast(request);
            var asker = asker(caller, request);
            var parameters = QueryText.parameters(request.getQueryString(), settings.maxQueryLength());
            if (changing.has(function) && isOurs(asker)) {
                changing.call(asker.catalogue(), function, parameters, caller, request, response);
                return;
            }
            if (!isRead(request) && !request.getMethod().equals("POST"))
                throw new RestException(
                        405, "PGRST101", "Cannot use the " + request.getMethod() + " method on RPC", null, null);
            var body = isRead(request) ? null : arguments(request);
            answer(asker.as(), request, response, () -> called(asker.catalogue(), function, parameters, body));
        });
    }

    /** A report's bytes as they were published. They never change, so whoever has them need not fetch them again. */
    @RequestMapping("/rest/v1/reports/{id}")
    public void report(
            @PathVariable("id") String id, Caller caller, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        answering(caller, response, () -> {
            if (!isRead(request))
                throw new RestException(405, "PGRST117", "Unsupported HTTP method: " + request.getMethod(), null, null);
            notThePast(request);
            freshness.await(
                    Freshness.wanted(request.getHeader(Freshness.MIN_POSITION)),
                    Preferences.of(request).patience());
            var catalogue = shown(VIEWS);
            var statement = new Sql()
                    .add("select " + catalogue.schema() + ".report_content(")
                    .value(id)
                    .add("), 1::bigint, null::bigint, (select position from " + catalogue.generation() + "._position)");
            var answer = reads.run(SqlRoles.as(caller), statement);
            if (answer.body() == null) throw new RestException(404, "CD404", "there is no such report", null, null);
            var tag = '"' + sha256(answer.body()) + '"';
            response.setHeader(Freshness.POSITION, Long.toString(answer.position()));
            response.setHeader("ETag", tag);
            response.setHeader("Cache-Control", "private, max-age=31536000, immutable");
            if (tag.equals(request.getHeader("If-None-Match"))) response.setStatus(304);
            else write(response, Figures.CONTENT_TYPE, answer.body(), request.getMethod());
        });
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** What reports are made of. */
    public Figures figures() {
        return new ReportFigures(() -> shown(VIEWS), reads, freshness, settings);
    }

    @RequestMapping("/rest/v1/**")
    public void elsewhere(Caller caller, HttpServletResponse response) throws IOException {
        answering(caller, response, () -> {
            throw new RestException(404, "PGRST125", "Invalid path specified in request URL", null, null);
        });
    }

    private static final String READ_ONLY = "Only tickets and comments of the schema public can be changed.";

    /** Commands belong to our own views; what else is exposed is read. */
    private boolean isOurs(Asker asker) {
        return asker.catalogue().schema().equals(live.views());
    }

    private static void notThePast(HttpServletRequest request) {
        if (request.getHeader(Past.AS_OF) != null)
            throw new RestException(400, "CD400", Past.AS_OF + " is for reads: what was cannot be changed", null, null);
    }

    private static boolean isRead(HttpServletRequest request) {
        return request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    }

    private Asker asker(Caller caller, HttpServletRequest request) {
        if (request.getHeader(Past.AS_OF) == null) return new Asker(caller, exposed(request), SqlRoles.as(caller));
        if (past == null) throw new RestException(404, "CD404", "there are no read tables of the past", null, null);
        var profile = profile(request);
        if (profile != null && !profile.equals("public") && !profile.equals(VIEWS))
            throw new RestException(400, "CD400", Past.AS_OF + " is for the schema public", null, null);
        return past.asker(caller, request);
    }

    /** The schema that is meant: of a read by what is accepted, of a call by what is sent. */
    private Catalogue exposed(HttpServletRequest request) {
        var profile = profile(request);
        if (profile == null || profile.equals("public")) return shown(schemas.getFirst());
        if (schemas.contains(profile)) return shown(profile);
        throw new RestException(
                406,
                "PGRST106",
                "Invalid schema: " + RestException.shortened(profile),
                null,
                "Only the following schemas are exposed: " + String.join(", ", names()));
    }

    private static @Nullable String profile(HttpServletRequest request) {
        var sent = isRead(request) ? null : request.getHeader("Content-Profile");
        return sent == null ? request.getHeader("Accept-Profile") : sent;
    }

    private Catalogue shown(String schema) {
        var views = live.views();
        var shown = new Shown(schema.equals(VIEWS) ? views : schema, views);
        return catalogues.computeIfAbsent(shown, which -> new Catalogue(read, which.schema(), which.views()));
    }

    /** What clients call them. */
    private List<String> names() {
        return Stream.concat(Stream.of("public"), schemas.stream().skip(1)).toList();
    }

    /** The view of that name. */
    static Relation relation(Catalogue catalogue, String view) throws SQLException {
        QueryText.storable(view);
        var found = catalogue.relation(view);
        if (found.isEmpty())
            throw RestException.noSuchTable(
                    view,
                    Similar.to(
                            view,
                            catalogue.relations().stream().map(Relation::name).toList()));
        return found.get();
    }

    private static Asked viewed(Catalogue catalogue, String view, List<Parameter> parameters) throws SQLException {
        var query = QueryParser.parse(parameters);
        var source = new Sql().add(catalogue.schema() + ".").name(view);
        return new Asked(catalogue, relation(catalogue, view), view, Result.ROWS, source, query);
    }

    /** Parameters with an argument's name are arguments, all others are about the rows. */
    static Asked called(
            Catalogue catalogue, String name, List<Parameter> parameters, @Nullable Map<String, JsonNode> body)
            throws SQLException {
        QueryText.storable(name);
        var routines = catalogue.routines(name);
        var given = new LinkedHashMap<String, JsonNode>();
        var rest = new ArrayList<Parameter>();
        if (body != null) given.putAll(body);
        for (var parameter : parameters) {
            if (body == null && isArgument(parameter, routines))
                given.put(parameter.name(), StringNode.valueOf(parameter.value()));
            else rest.add(parameter);
        }
        var fitting = routines.stream()
                .filter(routine -> routine.takes(given.keySet()))
                .toList();
        if (fitting.isEmpty()) throw noSuchFunction(catalogue, name, given.keySet(), routines);
        if (fitting.size() > 1) throw severalFunctions(fitting);
        var routine = fitting.getFirst();
        return new Asked(
                catalogue,
                routine.rows(),
                routine.of(),
                routine.result(),
                call(catalogue, routine, given),
                QueryParser.parse(rest));
    }

    private static boolean isArgument(Parameter parameter, List<Routine> routines) {
        if (routines.stream().anyMatch(routine -> routine.arguments().containsKey(parameter.name()))) return true;
        return !QueryParser.isReserved(parameter.name())
                && !parameter.name().contains(".")
                && QueryParser.whyNoFilter(parameter.name(), parameter.value()) != null;
    }

    private static Sql call(Catalogue catalogue, Routine routine, Map<String, JsonNode> given) {
        var call = new Sql().add(catalogue.schema() + ".").name(routine.name()).add("(");
        var first = true;
        // in the order of the arguments: a list of all that remain must come last
        for (var argument : routine.arguments().entrySet()) {
            var value = given.get(argument.getKey());
            if (value == null) continue;
            if (!first) call.add(", ");
            first = false;
            if (argument.getValue().variadic()) call.add("variadic ");
            call.name(argument.getKey())
                    .add(" => ")
                    .value(ArgumentText.of(value, argument.getValue().type()));
        }
        return call.add(")");
    }

    private static RestException noSuchFunction(
            Catalogue catalogue, String name, Collection<String> given, List<Routine> routines) throws SQLException {
        var with = given.isEmpty()
                ? " without parameters"
                : given.stream().map(RestException::shortened).collect(Collectors.joining(", ", "(", ")"));
        var near = routines.isEmpty()
                ? Similar.to(
                        name,
                        catalogue.routines().stream()
                                .map(same -> same.getFirst().name())
                                .toList())
                : signature(routines.getFirst());
        return RestException.noSuchFunction(name, with, near);
    }

    private static String signature(Routine routine) {
        return routine.name() + "(" + String.join(", ", routine.arguments().keySet()) + ")";
    }

    private static RestException severalFunctions(List<Routine> fitting) {
        var candidates = fitting.stream()
                .map(routine -> routine.arguments().entrySet().stream()
                        .map(argument ->
                                argument.getKey() + " => " + argument.getValue().type())
                        .collect(Collectors.joining(", ", "public." + routine.name() + "(", ")")))
                .collect(Collectors.joining(", "));
        return new RestException(
                300,
                "PGRST203",
                "Could not choose the best candidate function between: " + candidates,
                null,
                "Try renaming the parameters or the function itself in the database so function overloading can be"
                        + " resolved");
    }

    private static Map<String, JsonNode> arguments(HttpServletRequest request) throws IOException {
        var given = new LinkedHashMap<String, JsonNode>();
        if (request.getContentLengthLong() == 0) return given;
        if (!(tree(request, MAX_BODY) instanceof ObjectNode object))
            throw unreadable("The body must be a JSON object.");
        for (var property : object.properties()) given.put(QueryText.storable(property.getKey()), property.getValue());
        return given;
    }

    /** The body as JSON, of so many bytes at most; nothing at all is an empty object. */
    static JsonNode tree(HttpServletRequest request, int limit) throws IOException {
        // decoded here, since the parser would guess other encodings
        var text = text(request, limit);
        if (text.isEmpty()) return JSON.createObjectNode();
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            LOG.debug("unreadable arguments", e);
            throw unreadable("The body must be JSON.");
        }
    }

    /** The body, of so many bytes at most. */
    static String text(HttpServletRequest request, int limit) throws IOException {
        var bytes = request.getInputStream().readNBytes(limit + 1);
        if (bytes.length > limit)
            throw new RestException(413, "PGRST102", "the body is longer than " + limit + " bytes", null, null);
        return strict(bytes);
    }

    static RestException unreadable(String why) {
        return new RestException(400, "PGRST102", "Empty or invalid json", why, null);
    }

    /** Rows as PostgreSQL has written them. */
    static Iterable<JsonNode> rows(byte @Nullable [] body) {
        return body == null ? List.of() : JSON.readTree(body).values();
    }

    private static String strict(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(java.nio.ByteBuffer.wrap(bytes))
                    .toString();
        } catch (java.nio.charset.CharacterCodingException e) {
            throw unreadable("The body is not UTF-8.");
        }
    }

    @FunctionalInterface
    private interface Asking {
        Asked ask() throws SQLException;
    }

    @FunctionalInterface
    private interface Answering {
        void run() throws IOException, SQLException, InterruptedException;
    }

    private void answer(SqlRoles.As as, HttpServletRequest request, HttpServletResponse response, Asking asking)
            throws IOException, SQLException, InterruptedException {
        var media = MediaTypes.of(request);
        var preferences = Preferences.of(request);
        var wanted = Freshness.wanted(request.getHeader(Freshness.MIN_POSITION));
        var asked = asking.ask();
        var window = Window.of(asked.query(), request, settings.maxRows());
        var plan = new Plan(
                asked.catalogue(),
                asked.relation(),
                asked.of(),
                asked.source(),
                asked.columned(),
                asked.query(),
                settings.maxRows());
        var then = asked.catalogue().isThen();
        if (!then) freshness.await(wanted, preferences.patience());
        var estimate = estimate(as, plan, preferences.count());
        var statement = plan.statement(
                media.form(),
                media.stripNulls(),
                asked.result(),
                preferences.count() != Count.NONE && estimate == null,
                window.limit(),
                window.offset());
        var answer = reads.fresh(as, statement, then ? 0 : Math.max(wanted, freshness.known()), preferences.patience());

        // a guess may not say that there are fewer than there are
        Long total =
                estimate == null ? answer.total() : Long.valueOf(Math.max(estimate, window.offset() + answer.page()));
        response.setHeader(Freshness.POSITION, Long.toString(answer.position()));
        response.setHeader("Content-Range", window.contentRange(answer.page(), total));
        if (!preferences.applied().isEmpty())
            response.setHeader("Preference-Applied", String.join(", ", preferences.applied()));
        var status = window.status(answer.page(), total);
        if (media.form() == Plan.Form.OBJECT && asked.result() != Result.VALUE && answer.page() != 1)
            throw RestException.notOne(answer.page());
        if (asked.result() == Result.NOTHING
                || (preferences.minimal() && request.getMethod().equals("POST"))) {
            response.setStatus(204);
            return;
        }
        response.setStatus(status);
        write(response, media.contentType(), body(media, plan, answer), request.getMethod());
    }

    /** What the planner thinks; null when it was not asked, or when so few can be counted. */
    private @Nullable Long estimate(SqlRoles.As as, Plan plan, Count count) throws SQLException {
        if (count != Count.PLANNED && count != Count.ESTIMATED) return null;
        var estimate = reads.estimate(as, plan.counted("1"));
        return count == Count.ESTIMATED && estimate <= settings.maxRows() ? null : Long.valueOf(estimate);
    }

    static byte[] body(MediaTypes media, Plan plan, Reads.Answer answer) {
        var body = answer.body() == null ? new byte[0] : answer.body();
        if (media.form() != Plan.Form.CSV) return body;
        var head = (plan.csvHead() + (body.length == 0 ? "" : "\n")).getBytes(StandardCharsets.UTF_8);
        var whole = java.util.Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        return whole;
    }

    static void write(HttpServletResponse response, String contentType, byte[] body, String method) throws IOException {
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
            catalogues.values().forEach(Catalogue::forget);
            if (past != null) past.forget();
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
        if (e.status() == 405 && response.getHeader("Allow") == null) response.setHeader("Allow", "GET, HEAD");
        var bytes = Json.write(body).getBytes(StandardCharsets.UTF_8);
        response.setContentType("application/json; charset=utf-8");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}
