package dev.chronodesk.command.decision;

import dev.chronodesk.command.authorization.Act;
import dev.chronodesk.db.log.Append;
import dev.chronodesk.db.log.Appended;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.NewEvent;
import dev.chronodesk.events.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.jspecify.annotations.Nullable;

/**
 * What is going on while commands are decided together, in one root unit of work on one thread: what was read from
 * memory, what is applied, what was appended.
 */
final class Decision {

    private static final ThreadLocal<@Nullable Decision> CURRENT = new ThreadLocal<>();

    private final Drafting receipt;
    private final boolean fresh;
    private final boolean alone;
    private final Supplier<UUID> ids;
    private final List<Integer> until = new ArrayList<>();
    private final List<Change> applied = new ArrayList<>();
    private final Map<UUID, Integer> remembered = new HashMap<>();
    private final Set<UUID> touched = new HashSet<>();
    private @Nullable Appended appended;

    /**
     * @param fresh whether memory is neither asked nor told
     * @param alone whether it is one command, which is decided when its events are appended
     */
    Decision(Drafting receipt, boolean fresh, boolean alone, Supplier<UUID> ids) {
        this.fresh = fresh;
        this.alone = alone;
        this.receipt = receipt;
        this.ids = ids;
    }

    /** The one that this thread is about. */
    static Decision current() {
        return Objects.requireNonNull(CURRENT.get(), "commands are decided one after the other, here");
    }

    void begin() {
        if (CURRENT.get() != null) throw new IllegalStateException("this thread decides something else");
        CURRENT.set(this);
    }

    void end() {
        CURRENT.remove();
    }

    /** A stream's state is used; {@code version} when it came from memory, so that the log may know better. */
    void uses(UUID stream, @Nullable Integer version) {
        touched.add(stream);
        if (version != null) remembered.put(stream, version);
    }

    void applied(List<? extends EventMessage<?>> messages) {
        for (var message : messages) {
            var seq = domain(message).getSequenceNumber();
            applied.add(new Change((Event) message.getPayload(), Math.toIntExact(seq + 1)));
        }
    }

    /** Appends everything at once; a second call would be a second append, which one command never makes. */
    void append(List<? extends EventMessage<?>> messages, EventLog log) {
        if (appended != null) throw new IllegalStateException("one root unit of work makes one append");
        if (alone) next();
        var events = messages.stream().map(this::event).toList();
        appended = log.append(new Append(events, receipt.draft(applied(), until())));
    }

    private NewEvent event(EventMessage<?> message) {
        var domain = domain(message);
        var act = (Act) Objects.requireNonNull(
                domain.getMetaData().get(Act.NAME), "every event is applied with the act that caused it");
        return new NewEvent(
                Math.toIntExact(domain.getSequenceNumber()),
                ids.get(),
                act.occurredAt(),
                (Event) domain.getPayload(),
                act.recorded());
    }

    private static DomainEventMessage<?> domain(EventMessage<?> message) {
        if (message instanceof DomainEventMessage<?> domain) return domain;
        throw new IllegalStateException("only aggregates apply events");
    }

    List<Change> applied() {
        return List.copyOf(applied);
    }

    /** One of the commands is decided. */
    void next() {
        until.add(applied.size());
    }

    List<Integer> until() {
        return List.copyOf(until);
    }

    /** Whether memory is neither asked nor told. */
    boolean fresh() {
        return fresh;
    }

    Map<UUID, Integer> remembered() {
        return Map.copyOf(remembered);
    }

    Set<UUID> touched() {
        return Set.copyOf(touched);
    }

    @Nullable
    Appended appended() {
        return appended;
    }
}
