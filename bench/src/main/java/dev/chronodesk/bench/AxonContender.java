package dev.chronodesk.bench;

import dev.chronodesk.bench.axonjdbc.AxonJdbc;
import dev.chronodesk.events.Uuids;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** Axon's own JDBC engine as a contender. */
final class AxonContender implements Contender {

    private final AxonJdbc axon;
    private final String name;
    private List<String> tickets = List.of();

    AxonContender(Server server, int connections) throws Exception {
        var url = server.create("axon_jdbc");
        name = "Axon's JDBC engine, " + connections + " connections";
        try (var admin = server.pool(url, 1)) {
            axon = new AxonJdbc(admin, url, server.username(), server.password(), connections);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void create() {
        axon.create(id(), id(), Texts.SUBJECT, Texts.DESCRIPTION);
    }

    @Override
    public void comment(int ticket) {
        axon.comment(tickets.get(ticket), id(), id(), Texts.BODY);
    }

    @Override
    public void open(int count) throws Exception {
        tickets = Stream.generate(AxonContender::id).limit(count).toList();
        Opening.all(tickets, ticket -> axon.create(ticket, id(), Texts.SUBJECT, Texts.DESCRIPTION));
    }

    private static String id() {
        return Uuids.v7(Instant.now(), ThreadLocalRandom.current()).toString();
    }

    @Override
    public void close() {
        axon.close();
    }
}
