package dev.chronodesk.bench.faults.seeded;

import dev.chronodesk.command.authorization.Access;
import dev.chronodesk.command.decision.Aggregates;
import dev.chronodesk.command.gateway.Admission;
import dev.chronodesk.command.gateway.Gateway;
import dev.chronodesk.command.gateway.Measures;
import dev.chronodesk.command.profile.AddressBook;
import dev.chronodesk.command.profile.Profiles;
import dev.chronodesk.command.team.Teams;
import dev.chronodesk.command.ticket.Tickets;
import dev.chronodesk.db.log.PostgresEventLog;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.codec.EventCodec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** The write side of one node, with a memory and a writer of its own, in this process. */
final class InProcessNode implements AutoCloseable {

    private static final byte[] SECRET = new byte[32];
    private static final int REMEMBERED = 1000;
    static final Supplier<UUID> IDS = () -> Uuids.v7(Instant.now(), ThreadLocalRandom.current());

    private final PostgresEventLog log;
    private final Aggregates aggregates;
    private final Gateway gateway;

    InProcessNode(DataSource write) {
        log = new PostgresEventLog(write, new EventCodec());
        aggregates = new Aggregates(log, IDS, REMEMBERED);
        Tickets.join(aggregates);
        Teams.join(aggregates);
        Profiles.join(aggregates, new AddressBook(SECRET));
        gateway = new Gateway(
                log,
                aggregates,
                Access.load(),
                SECRET,
                InstantSource.system(),
                IDS,
                List::of,
                new Measures(null),
                new Admission(10_000),
                Optional::empty);
    }

    Gateway gateway() {
        return gateway;
    }

    PostgresEventLog log() {
        return log;
    }

    @Override
    public void close() {
        aggregates.close();
        log.close();
    }
}
