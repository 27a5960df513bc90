package dev.chronodesk.query.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.Visibility;
import dev.chronodesk.query.Desk;
import dev.chronodesk.query.Histories;
import dev.chronodesk.query.Http;
import dev.chronodesk.query.QuerySettings;
import dev.chronodesk.query.rest.RestController;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Fifty customers share five connections that are killed at random moments, and nobody ever gets a row of another one.
 * {@code -Dforeign.requests=100000} asks that often, {@code -Dforeign.seed} begins with that seed.
 */
class ForeignRowsSpec {

    private static final int PEOPLE = 50;
    private static final int CONNECTIONS = 5;
    private static final int THREADS = 12;
    private static final int REQUESTS = Integer.getInteger("foreign.requests", 3_000);

    private record Person(ProfileId id, Set<String> tickets) {}

    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger rows = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    @Test
    void nobody_gets_a_row_of_somebody_else() throws Exception {
        var seed = Long.getLong("foreign.seed", System.nanoTime());
        System.out.println("ForeignRowsSpec -Dforeign.seed=" + seed + ", " + REQUESTS + " requests");
        try (var desk = new Desk().start();
                var node = desk.database().node()) {
            var people = people(desk);
            desk.caughtUp();
            var read = node.read();
            read.unwrap(HikariDataSource.class).setMaximumPoolSize(CONNECTIONS);
            var controller = new RestController(read, desk.runner(), desk.log(), QuerySettings.defaults());
            var done = new AtomicBoolean();
            try (var threads =
                    Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
                var killing = threads.submit(() -> kill(desk, new Random(seed), done));
                var asking = new ArrayList<Future<Void>>();
                for (var number = 0; number < THREADS; number++) {
                    var random = new Random(seed + 1 + number);
                    asking.add(threads.submit(() -> ask(new Http(controller), people, random)));
                }
                for (var each : asking) each.get();
                done.set(true);
                assertThat(killing.get()).as("killed connections").isPositive();
            }
        }
        System.out.printf(
                "ForeignRowsSpec: %d answered with %d rows, %d failed with their connection%n",
                answered.get(), rows.get(), failed.get());
        assertThat(answered.get()).isGreaterThan(REQUESTS * 8 / 10);
        assertThat(rows.get()).isGreaterThan(answered.get());
    }

    private static List<Person> people(Desk desk) {
        var histories = new Histories(desk.log());
        var people = new ArrayList<Person>();
        var agent = histories.person("Ada", Role.AGENT);
        for (var number = 0; number < PEOPLE; number++) {
            var id = histories.person("Customer " + number, Role.CUSTOMER);
            var tickets = new HashSet<String>();
            for (var ticket = 0; ticket < 3; ticket++) {
                TicketId made = histories.by(id).ticket(id, "Ticket " + ticket + " of " + number);
                tickets.add(made.toString());
                histories.by(agent).comment(made, agent, "To " + number, Visibility.PUBLIC);
            }
            people.add(new Person(id, tickets));
        }
        return people;
    }

    private Void ask(Http http, List<Person> people, Random random) {
        for (var i = 0; i < REQUESTS / THREADS; i++) {
            var person = people.get(random.nextInt(PEOPLE));
            var other = people.get(random.nextInt(PEOPLE));
            var asked = http.as(new Caller.Known(person.id().value(), Role.CUSTOMER));
            var paths = Map.of(
                    0, "tickets?select=id,requester_id",
                    1, "ticket_comments?select=id,ticket_id",
                    2, "ticket_events?select=position,ticket_id&order=position.desc&limit=5",
                    3, "tickets?select=id,requester_id&requester_id=eq." + other.id(),
                    4, "profiles?select=id,email");
            var kind = random.nextInt(paths.size());
            var reply = asked.get("/rest/v1/" + paths.get(kind));
            if (reply.status() != 200) {
                // its connection was killed: an error, and no row
                assertThat(reply.status()).as(reply.body()).isGreaterThanOrEqualTo(500);
                assertThat(reply.json().isArray()).as(reply.body()).isFalse();
                failed.incrementAndGet();
                continue;
            }
            answered.incrementAndGet();
            for (var row : reply.json()) {
                rows.incrementAndGet();
                var cells = new HashMap<String, String>();
                row.properties()
                        .forEach(
                                cell -> cells.put(cell.getKey(), cell.getValue().asString()));
                if (cells.containsKey("requester_id"))
                    assertThat(cells).containsEntry("requester_id", person.id().toString());
                if (cells.containsKey("ticket_id")) assertThat(person.tickets()).contains(cells.get("ticket_id"));
                // of the agent on their tickets they know that there is one
                if (cells.containsKey("email")
                        && !cells.get("id").equals(person.id().toString()))
                    assertThat(row.path("email").isNull()).isTrue();
            }
        }
        return null;
    }

    private static int kill(Desk desk, Random random, AtomicBoolean done) throws Exception {
        var killed = 0;
        try (var connection = desk.database().superuser();
                var statement = connection.createStatement()) {
            while (!done.get()) {
                Thread.sleep(random.nextInt(200));
                try (var row = statement.executeQuery(
                        "select count(pg_terminate_backend(a.pid)) from (select pid from pg_stat_activity where"
                                + " usename = 'chronodesk_read' and datname = current_database() order by random()"
                                + " limit 1) a")) {
                    row.next();
                    killed += row.getInt(1);
                }
            }
        }
        return killed;
    }
}
