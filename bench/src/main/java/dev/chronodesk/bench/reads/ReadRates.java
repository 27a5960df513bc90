package dev.chronodesk.bench.reads;

import dev.chronodesk.bench.ClosedLoop;
import dev.chronodesk.bench.Figures;
import dev.chronodesk.bench.Server;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.PostgresEventLog;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.query.QuerySettings;
import dev.chronodesk.query.ReadTables;
import dev.chronodesk.query.fold.FoldRunner;
import dev.chronodesk.query.rest.RestController;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/**
 * A list of 50 tickets of 100,000, as the service answers it: beside the same SQL through JDBC, one caller; then as
 * many as the service answers a second, with the client on the same processors.
 */
final class ReadRates {

    private static final int TICKETS = 100_000;
    private static final int TURNS = 2_000;
    private static final int WARM_UP = 2_000;

    private static final String COLUMNS =
            "id,number,subject,status,priority,requester_id,assignee_id,team_id,created_at,updated_at";
    private static final String QUERY = "select=" + COLUMNS + "&order=updated_at.desc,id.desc&limit=50";
    private static final String PATH = "/rest/v1/tickets?" + QUERY;

    private final Caller.Known caller = new Caller.Known(new UUID(0, 7), Role.ADMIN);
    private final int seconds;
    private final int repetitions;

    private ReadRates(int seconds, int repetitions) {
        this.seconds = seconds;
        this.repetitions = repetitions;
    }

    /** @param arguments seconds of each measurement of rates (5) and how many of each (5) */
    public static void main(String[] arguments) throws Exception {
        var seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        var repetitions = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        new ReadRates(seconds, repetitions).run();
    }

    private void run() throws Exception {
        try (var server = new Server()) {
            System.out.printf(
                    "PostgreSQL %s, %d processors%n",
                    server.version(), Runtime.getRuntime().availableProcessors());
            Filled.make(server, TICKETS, 2);
            try (var service = Service.start(server)) {
                var token = service.token();
                overhead(server, service, token);
                rates(service, token);
            }
        }
    }

    /** A way to the same 50 rows. */
    @FunctionalInterface
    private interface Way {
        void go() throws Exception;
    }

    private void overhead(Server server, Service service, String token) throws Exception {
        var read = server.database().read();
        try (var log = new PostgresEventLog(server.database().write(), new EventCodec());
                var idle = new FoldRunner(server.database().fold(), log, ReadTables.model(new EventCodec()), 1);
                var session = read.getConnection();
                var http = new KeptAlive(service.port(), PATH, token)) {
            var controller = new RestController(read, idle, log, QuerySettings.defaults());
            var made = overheard(read, idle, log);
            var ways = new LinkedHashMap<String, Way>();
            become(session);
            ways.put("JDBC, the rows, prepared in a session of that role", () -> rows(session, plain()));
            ways.put("JDBC, the service's statement, the same", () -> rows(session, made));
            ways.put("JDBC, the rows, with role and claims for it alone", () -> alone(read, plain()));
            ways.put("JDBC, the service's statement, the same way", () -> alone(read, made));
            ways.put("the service without HTTP", () -> answer(controller));
            ways.put("the service with HTTP, sign-in and rights, in its process", () -> http.get());
            compared(ways);
        }
    }

    private static String plain() {
        return "select " + COLUMNS.replace(",", ", ") + " from api.tickets order by updated_at desc, id desc limit 50";
    }

    private static void become(Connection session) throws SQLException {
        try (var statement = session.createStatement()) {
            statement.execute("set role chronodesk_admin");
            statement.execute("set request.jwt.claims to '{\"sub\":\"" + new UUID(0, 7) + "\"}'");
        }
    }

    private static void rows(Connection connection, String sql) throws SQLException {
        try (var statement = connection.prepareStatement(sql);
                var rows = statement.executeQuery()) {
            var columns = rows.getMetaData().getColumnCount();
            while (rows.next()) for (var column = 1; column <= columns; column++) rows.getString(column);
        }
    }

    /** As every request must: rights for one transaction, which leaves the connection to the next one. */
    private static void alone(DataSource read, String sql) throws SQLException {
        try (var connection = read.getConnection()) {
            connection.setAutoCommit(false);
            try (var statement = connection.prepareStatement(
                    "select set_config('role', ?, true), set_config('request.jwt.claims', ?, true)")) {
                statement.setString(1, "chronodesk_admin");
                statement.setString(2, "{\"sub\":\"" + new UUID(0, 7) + "\"}");
                statement.execute();
            }
            rows(connection, sql);
            connection.rollback();
        }
    }

    private void answer(RestController controller) throws Exception {
        var request = new MockHttpServletRequest("GET", "/rest/v1/tickets");
        request.setQueryString(QUERY);
        var response = new MockHttpServletResponse();
        controller.view("tickets", caller, request, response);
        if (response.getStatus() != 200) throw new IllegalStateException(response.getContentAsString());
    }

    /** The statement that the service makes of the request. It has no parameters: nothing is filtered. */
    private String overheard(DataSource read, FoldRunner live, PostgresEventLog log) throws Exception {
        var statements = new ArrayList<String>();
        var listening = new DelegatingDataSource(read) {
            @Override
            public Connection getConnection() throws SQLException {
                var connection = super.getConnection();
                return (Connection) Proxy.newProxyInstance(
                        ReadRates.class.getClassLoader(),
                        new Class<?>[] {Connection.class},
                        (proxy, method, values) -> {
                            if (method.getName().equals("prepareStatement")) statements.add((String) values[0]);
                            try {
                                return method.invoke(connection, values);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
            }
        };
        answer(new RestController(listening, live, log, QuerySettings.defaults()));
        // begin, becoming the caller, the statement, the end
        return statements.getLast().split(";\n", -1)[2];
    }

    /** In turns; medians. */
    private static void compared(java.util.Map<String, Way> ways) throws Exception {
        var times = new LinkedHashMap<String, List<Double>>();
        for (var turn = -WARM_UP; turn < TURNS; turn++)
            for (var way : ways.entrySet()) {
                var from = System.nanoTime();
                way.getValue().go();
                var millis = (System.nanoTime() - from) / 1e6;
                if (turn >= 0)
                    times.computeIfAbsent(way.getKey(), unseen -> new ArrayList<>())
                            .add(millis);
            }
        System.out.printf("%n%-64s %8s %8s%n", "one caller, 50 of " + TICKETS + " tickets, ms", "p50", "p99");
        times.forEach((way, millis) ->
                System.out.printf("%-64s %8.3f %8.3f%n", way, Figures.median(millis), Figures.at(0.99, millis)));
    }

    private void rates(Service service, String token) throws Exception {
        System.out.printf("%n%-64s %8s %8s %8s%n", "lists of 50 over HTTP", "per s", "p50 ms", "p99 ms");
        for (var callers : List.of(1, 4, 16, 64)) {
            var connections = new ArrayList<KeptAlive>();
            for (var i = 0; i < callers; i++) connections.add(new KeptAlive(service.port(), PATH, token));
            var rates = new ArrayList<Double>();
            var p50 = new ArrayList<Double>();
            var p99 = new ArrayList<Double>();
            for (var i = -1; i < repetitions; i++) {
                var result = ClosedLoop.run(callers, Duration.ofSeconds(seconds), caller -> connections
                        .get(caller)
                        .get());
                if (i < 0) continue;
                rates.add(result.perSecond());
                p50.add(result.p50Micros() / 1e3);
                p99.add(result.p99Micros() / 1e3);
            }
            for (var connection : connections) connection.close();
            System.out.printf(
                    "%-64s %,8.0f %8.2f %8.2f%n",
                    callers + " callers", Figures.median(rates), Figures.median(p50), Figures.median(p99));
        }
    }
}
