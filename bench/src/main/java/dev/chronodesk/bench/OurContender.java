package dev.chronodesk.bench;

import dev.chronodesk.command.CommandConfiguration;
import dev.chronodesk.command.door.Commands;
import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.profile.RegisterProfile;
import dev.chronodesk.command.ticket.AddComment;
import dev.chronodesk.command.ticket.CreateTicket;
import dev.chronodesk.db.Secrets;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.keys.KeySettings;
import dev.chronodesk.db.keys.PersonKeys;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.PostgresEventLog;
import dev.chronodesk.events.Metadata;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.Visibility;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

/**
 * The write side as it is: the gateway with rights, receipts, aggregates in memory and the log; no read side beside it.
 */
final class OurContender implements Contender {

    private final PersonKeys keys;
    private final AnnotationConfigApplicationContext context;
    private final Commands commands;
    private Caller.Known customer;
    private final int remembered;
    private final boolean encrypted;
    private List<TicketId> tickets = List.of();

    OurContender(Server server) {
        this(server, 50_000);
    }

    /** @param remembered how many aggregates are kept in memory */
    OurContender(Server server, int remembered) {
        this(server, remembered, true);
    }

    private OurContender(Server server, int remembered, boolean encrypted) {
        this.encrypted = encrypted;
        var database = server.database();
        this.remembered = remembered;
        keys = PersonKeys.open(database.keys(), new KeySettings(null, server.keys()));
        var codec = encrypted ? new EventCodec(keys) : new EventCodec();
        context = new AnnotationConfigApplicationContext();
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "bench", Map.of("chronodesk.command.remembered-aggregates", String.valueOf(remembered))));
        context.registerBean(EventLog.class, () -> new PostgresEventLog(database.write(), codec));
        context.registerBean(Secrets.class, () -> new Secrets(database.write()));
        context.register(CommandConfiguration.class);
        context.refresh();
        commands = context.getBean(Commands.class);
        customer = new Caller.Known(id(), Role.CUSTOMER);
        commands.send(
                new RegisterProfile(new ProfileId(customer.id()), "A customer", null), Senders.SYSTEM, Terms.PLAIN);
    }

    /** The same with a codec that seals nothing, to compare with. */
    static OurContender unencrypted(Server server) {
        return new OurContender(server, 50_000, false);
    }

    @Override
    public String name() {
        return (remembered > 1 ? "Chronodesk" : "Chronodesk, nothing in memory") + (encrypted ? "" : ", not encrypted");
    }

    @Override
    public void create() {
        create(new TicketId(id()));
    }

    private void create(TicketId ticket) {
        commands.send(
                new CreateTicket(ticket, Texts.SUBJECT, Texts.DESCRIPTION, null, null, null, null, null),
                customer,
                Terms.PLAIN);
    }

    @Override
    public void comment(int ticket) {
        commands.send(new AddComment(tickets.get(ticket), null, Texts.BODY, Visibility.PUBLIC), customer, Terms.PLAIN);
    }

    @Override
    public void open(int count) throws Exception {
        tickets = Stream.generate(() -> new TicketId(id())).limit(count).toList();
        Opening.all(tickets, this::create);
    }

    /** Goes on with the tickets of another one, as the same customer. */
    void take(OurContender other) {
        customer = other.customer;
        tickets = other.tickets;
    }

    /** Touches every ticket, so that it is in memory. */
    void warm() throws Exception {
        Opening.all(IntStream.range(0, tickets.size()).boxed().toList(), this::comment);
    }

    EventLog log() {
        return context.getBean(EventLog.class);
    }

    /** So many people who are registered. */
    List<ProfileId> people(int count) throws Exception {
        var people = Stream.generate(() -> new ProfileId(id())).limit(count).toList();
        Opening.all(
                people,
                person -> commands.send(new RegisterProfile(person, "A customer", null), Senders.SYSTEM, Terms.PLAIN));
        return people;
    }

    /** The payload of one of our events, for baselines that store the same bytes. */
    static byte[] payload() {
        return new EventCodec()
                .encode(new TicketCreated(
                        new TicketId(id()),
                        new ProfileId(id()),
                        Personal.of(Texts.SUBJECT),
                        Personal.of(Texts.DESCRIPTION),
                        Priority.NORMAL,
                        null,
                        List.of(),
                        null))
                .payload();
    }

    /** The metadata of one of our events. */
    static byte[] metadata() {
        var actor = id();
        return new EventCodec()
                .encode(new Metadata(actor, Role.CUSTOMER, actor, false, "CreateTicket", id().toString(), null));
    }

    private static UUID id() {
        return Uuids.v7(Instant.now(), ThreadLocalRandom.current());
    }

    @Override
    public void close() {
        context.close();
        keys.close();
    }
}
