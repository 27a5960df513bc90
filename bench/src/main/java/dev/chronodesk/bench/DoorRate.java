package dev.chronodesk.bench;

import dev.chronodesk.db.Database;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.ExternalSettings;
import dev.chronodesk.identity.session.CallerAuthentication;
import dev.chronodesk.identity.session.Device;
import dev.chronodesk.identity.session.Sessions;
import dev.chronodesk.identity.token.AccessTokens;
import dev.chronodesk.identity.token.SigningKeys;
import dev.chronodesk.identity.token.TokenSubject;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.AbstractSecurityWebApplicationInitializer;

/**
 * What the door does for a request with an access token, by one thread: the signature when it is new, the signature
 * when it is remembered, that together with asking the database how the person stands now, and the whole chain of
 * filters of the running service with a request that ends behind it.
 */
final class DoorRate {

    private static final int PEOPLE = 1_000;
    private static final int ROUNDS = 7;
    private static final Duration TURN = Duration.ofSeconds(2);

    private DoorRate() {}

    private record Token(UUID person, UUID session, String text) {}

    private interface Way {
        void admit(Token token) throws Exception;
    }

    /** @param cpuMicros of this thread, for one request */
    private record Turn(double perSecond, double cpuMicros) {}

    public static void main(String[] arguments) throws Exception {
        try (var server = new Server();
                var service = service(server)) {
            var sessions = service.getBean(Sessions.class);
            var tokens = service.getBean(AccessTokens.class);
            var people =
                    people(JdbcClient.create(service.getBean(Database.class).identity()), sessions, tokens);
            var fresh = new AccessTokens[] {tokens};
            var ways = new LinkedHashMap<String, Way>();
            ways.put("signature, each one new", token -> fresh[0].verify(token.text()));
            ways.put("signature, remembered", token -> tokens.verify(token.text()));
            ways.put("remembered, and how they stand now", token -> {
                var read = tokens.verify(token.text());
                if (sessions.standing(read.subject(), read.session()).isEmpty())
                    throw new IllegalStateException("nobody");
            });
            var chain = service.getBean(AbstractSecurityWebApplicationInitializer.DEFAULT_FILTER_NAME, Filter.class);
            ways.put("the whole chain of filters", token -> through(chain, token));
            var turns = new LinkedHashMap<String, List<Turn>>();
            for (var round = 0; round < ROUNDS; round++)
                for (var way : ways.entrySet()) {
                    Runnable again = way.getKey().endsWith("new")
                            ? () -> fresh[0] = new AccessTokens(
                                    service.getBean(SigningKeys.class),
                                    service.getBean(ExternalSettings.class).issuer(),
                                    Duration.ofHours(1),
                                    Clock.systemUTC())
                            : () -> {};
                    var turn = turn(people, way.getValue(), again);
                    // the first round warms up
                    if (round > 0)
                        turns.computeIfAbsent(way.getKey(), unused -> new ArrayList<>())
                                .add(turn);
                }
            turns.forEach((way, all) -> {
                var cpu = Figures.median(all.stream().map(Turn::cpuMicros).toList());
                System.out.printf(
                        "%-36s %,10.0f/s by one thread, %6.1f us of a core each: %,10.0f/s a core%n",
                        way, Figures.median(all.stream().map(Turn::perSecond).toList()), cpu, 1e6 / cpu);
            });
        }
    }

    private static ConfigurableApplicationContext service(Server server) throws ClassNotFoundException, SQLException {
        return SpringApplication.run(
                Class.forName("dev.chronodesk.app.Desk"),
                "--server.port=0",
                "--management.server.port=0",
                "--chronodesk.database.url=" + server.create("door_rate"),
                "--chronodesk.keys.directory=" + server.keys(),
                "--chronodesk.database.username=" + server.username(),
                "--chronodesk.database.password=" + server.password());
    }

    /** A request as a client makes it, up to where a controller would answer. */
    private static void through(Filter chain, Token token) throws IOException, ServletException {
        var request = new MockHttpServletRequest("GET", "/rest/v1/tickets");
        request.setQueryString("select=*");
        request.addHeader("Authorization", "Bearer " + token.text());
        request.addHeader("Accept", "application/json");
        request.addHeader("User-Agent", "bench");
        var reached = new boolean[1];
        chain.doFilter(
                request,
                new MockHttpServletResponse(),
                (inner, answer) -> reached[0] =
                        SecurityContextHolder.getContext().getAuthentication() instanceof CallerAuthentication known
                                && token.session().equals(known.session()));
        if (!reached[0]) throw new IllegalStateException("refused at the door");
    }

    private static List<Token> people(JdbcClient jdbc, Sessions sessions, AccessTokens tokens) {
        var random = new SecureRandom();
        var people = new ArrayList<Token>();
        for (var i = 0; i < PEOPLE; i++) {
            var person = Uuids.v7(Clock.systemUTC().instant(), random);
            jdbc.sql("insert into identity.principal (id, role, role_position) values (?, 'agent', 1)")
                    .param(person)
                    .update();
            jdbc.sql("insert into identity.account (id, email, state) values (?, ?, 'active')")
                    .param(person)
                    .param(person + "@example.org")
                    .update();
            var session = sessions.open(person, "password", Device.NONE);
            var token = tokens.issue(new TokenSubject(
                    person,
                    session.id(),
                    session.aal(),
                    session.proofs(),
                    Role.AGENT,
                    person + "@example.org",
                    false,
                    List.of("email"),
                    Map.of(),
                    Map.of("display_name", "Ada")));
            people.add(new Token(person, session.id(), token.token()));
        }
        return people;
    }

    private static Turn turn(List<Token> people, Way way, Runnable again) throws Exception {
        var thread = ManagementFactory.getThreadMXBean();
        var requests = 0L;
        var from = System.nanoTime();
        var cpu = thread.getCurrentThreadCpuTime();
        while (System.nanoTime() - from < TURN.toNanos()) {
            again.run();
            for (var token : people) {
                way.admit(token);
                requests++;
                if (System.nanoTime() - from >= TURN.toNanos()) break;
            }
        }
        var seconds = (System.nanoTime() - from) / 1e9;
        return new Turn(requests / seconds, (thread.getCurrentThreadCpuTime() - cpu) / 1e3 / requests);
    }
}
