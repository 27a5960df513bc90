package dev.chronodesk.command;

import dev.chronodesk.command.authorization.Access;
import dev.chronodesk.command.decision.Aggregates;
import dev.chronodesk.command.door.Outcome;
import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.gateway.Admission;
import dev.chronodesk.command.gateway.Gateway;
import dev.chronodesk.command.gateway.Measures;
import dev.chronodesk.command.metric.Metrics;
import dev.chronodesk.command.profile.AddressBook;
import dev.chronodesk.command.profile.AssignRole;
import dev.chronodesk.command.profile.Profiles;
import dev.chronodesk.command.profile.RegisterProfile;
import dev.chronodesk.command.report.Reports;
import dev.chronodesk.command.schedule.Schedules;
import dev.chronodesk.command.team.Teams;
import dev.chronodesk.command.ticket.CreateTicket;
import dev.chronodesk.command.ticket.Tickets;
import dev.chronodesk.db.Secrets;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.port.BeforeAcknowledging;
import dev.chronodesk.db.port.Figures;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.ticket.TicketId;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A node of the write side on a database, and people on it. */
public final class Desk implements AutoCloseable {

    private @Nullable Figures figures;

    private static final SecureRandom RANDOM = new SecureRandom();
    public static final Supplier<UUID> IDS =
            () -> Uuids.v7(InstantSource.system().instant(), RANDOM);

    public final EventLog log;
    public final Aggregates aggregates;
    public final Gateway gateway;
    public final List<BeforeAcknowledging> before = new CopyOnWriteArrayList<>();

    public Desk(TestDatabase database) {
        this(database, database.log(), null);
    }

    public Desk(TestDatabase database, EventLog log, MeterRegistry registry) {
        this.log = log;
        var secrets = new Secrets(database.database().write());
        aggregates = new Aggregates(log, IDS, 1_000);
        Tickets.join(aggregates);
        Teams.join(aggregates);
        Schedules.join(aggregates);
        Metrics.join(aggregates);
        Reports.join(aggregates);
        Profiles.join(aggregates, new AddressBook(secrets.secret("address")));
        gateway = new Gateway(
                log,
                aggregates,
                Access.load(),
                secrets.secret("fingerprint"),
                InstantSource.system(),
                IDS,
                () -> List.copyOf(before),
                new Measures(registry),
                new Admission(10_000),
                () -> Optional.ofNullable(figures));
    }

    /** Numbers are computed like this from now on. */
    public void computing(Figures figures) {
        this.figures = figures;
    }

    public Outcome send(Object command, Caller.Known sender) {
        return gateway.send(command, sender, Terms.PLAIN);
    }

    /** A person of that role, known to the log. */
    public Caller.Known person(Role role) {
        var id = new ProfileId(IDS.get());
        send(new RegisterProfile(id, role + " " + id, null), Senders.SYSTEM);
        if (role != Role.CUSTOMER && role != Role.SERVICE) send(new AssignRole(id, role), Senders.SYSTEM);
        return new Caller.Known(id.value(), role);
    }

    /** A ticket that the person opened. */
    public TicketId ticket(Caller.Known requester) {
        var id = new TicketId(IDS.get());
        send(new CreateTicket(id, "Printer on fire", "It really is", null, null, null, null, null), requester);
        return id;
    }

    public static ProfileId id(Caller.Known person) {
        return new ProfileId(person.id());
    }

    @Override
    public void close() {
        aggregates.close();
    }
}
