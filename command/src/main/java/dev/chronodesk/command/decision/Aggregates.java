package dev.chronodesk.command.decision;

import dev.chronodesk.command.authorization.Act;
import dev.chronodesk.command.authorization.Facts;
import dev.chronodesk.command.door.Command;
import dev.chronodesk.db.log.AppendConflictException;
import dev.chronodesk.db.log.Appended;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.ReceiptExistsException;
import dev.chronodesk.events.StreamType;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.axonframework.commandhandling.AnnotationCommandHandlerAdapter;
import org.axonframework.commandhandling.CommandBus;
import org.axonframework.commandhandling.CommandMessage;
import org.axonframework.commandhandling.DuplicateCommandHandlerResolution;
import org.axonframework.commandhandling.GenericCommandMessage;
import org.axonframework.commandhandling.SimpleCommandBus;
import org.axonframework.common.transaction.NoTransactionManager;
import org.axonframework.messaging.unitofwork.DefaultUnitOfWork;
import org.axonframework.messaging.unitofwork.RollbackConfigurationType;
import org.axonframework.modelling.command.AggregateAnnotationCommandHandler;
import org.axonframework.modelling.command.Repository;
import org.jspecify.annotations.Nullable;

/**
 * The write side on Axon: a command bus on the caller's thread, repositories over the log, and one append for
 * everything that is decided in one go. Nothing here is found by annotation scanning or made by Axon's configuration.
 */
public final class Aggregates implements AutoCloseable {

    /** One command with its circumstances. */
    public record Sent(Command command, Act act, Facts facts) {}

    /**
     * What was decided.
     *
     * @param changes of all commands, in order
     * @param until how many of them there were after each command
     * @param appended where they are in the log; null when nothing was appended
     * @param remembered the streams whose state came from memory, with the versions that memory had
     */
    public record Decided(
            List<Change> changes, List<Integer> until, @Nullable Appended appended, Map<UUID, Integer> remembered) {}

    /** Ends a dry run without a trace. */
    private static final class DryRun extends RuntimeException {
        private static final long serialVersionUID = 1L;

        DryRun() {
            super("a dry run", null, false, false);
        }
    }

    private final EventLog log;
    private final Supplier<UUID> ids;
    private final Recent recent;
    private final LogEventStore store;
    private final SimpleCommandBus bus;

    /**
     * @param ids makes the events' ids
     * @param limit how many aggregates are kept in memory
     */
    public Aggregates(EventLog log, Supplier<UUID> ids, int limit) {
        this.log = log;
        this.ids = ids;
        recent = new Recent(limit);
        store = new LogEventStore(new LogStorageEngine(log));
        bus = SimpleCommandBus.builder()
                .transactionManager(NoTransactionManager.instance())
                .rollbackConfiguration(RollbackConfigurationType.ANY_THROWABLE)
                .duplicateCommandHandlerResolver(DuplicateCommandHandlerResolution.rejectDuplicates())
                .build();
    }

    /** Streams of a kind, whose aggregate handles commands by itself. */
    public <T> Repository<T> deciding(StreamType stream, Class<T> type, Supplier<T> bare) {
        var repository = beside(stream, type, bare);
        AggregateAnnotationCommandHandler.<T>builder()
                .aggregateType(type)
                .repository(repository)
                .creationPolicyAggregateFactory(id -> bare.get())
                .build()
                .subscribe(bus);
        return repository;
    }

    /** Streams of a kind that only take part in what others decide. */
    public <T> Repository<T> beside(StreamType stream, Class<T> type, Supplier<T> bare) {
        return new RememberingRepository<>(stream, type, bare, store, recent);
    }

    /** An object whose methods handle commands that concern several streams. */
    public void handler(Object handler) {
        new AnnotationCommandHandlerAdapter<>(handler).subscribe(bus);
    }

    /** The bus, for whoever looks what it is. */
    public CommandBus bus() {
        return bus;
    }

    /**
     * Decides all of them, and appends what they changed at once, with the receipt; or nothing at all.
     *
     * @param receipt made when the events are known
     * @param dryRun append nothing, and neither ask nor tell memory
     * @throws Undecided when one is refused or fails, with the reason as the cause
     * @throws dev.chronodesk.db.log.AppendConflictException when another append was first on one of the streams
     */
    public Decided decide(List<Sent> all, Drafting receipt, boolean dryRun) {
        recent.of(log.incarnation());
        var alone = all.size() == 1 && !dryRun;
        var decision = new Decision(receipt, dryRun, alone, ids);
        var durable = false;
        decision.begin();
        try {
            if (alone) alone(all.getFirst(), decision);
            else together(all, dryRun, decision);
            durable = !dryRun;
            return new Decided(decision.applied(), decision.until(), decision.appended(), decision.remembered());
        } finally {
            decision.end();
            if (!durable) forget(decision.touched());
        }
    }

    /** The bus makes a unit of work for each command; for one command that is all it takes. */
    private void alone(Sent sent, Decision decision) {
        var thrown = dispatch(sent);
        if (thrown instanceof AppendConflictException conflict) throw conflict;
        if (thrown instanceof ReceiptExistsException exists) throw exists;
        if (thrown != null) throw new Undecided(thrown, 0, decision.remembered());
        if (decision.appended() == null) decision.next();
    }

    private void together(List<Sent> all, boolean dryRun, Decision decision) {
        var root = DefaultUnitOfWork.<CommandMessage<?>>startAndGet(message(all.getFirst()));
        try {
            for (var sent : all) {
                var thrown = dispatch(sent);
                if (thrown != null) throw new Undecided(thrown, decision.until().size(), decision.remembered());
                decision.next();
            }
            if (dryRun) root.rollback(new DryRun());
            else root.commit();
        } finally {
            if (root.isActive()) root.rollback(new IllegalStateException("undecided"));
        }
    }

    /** Why it was not carried out, or null. */
    private @Nullable Throwable dispatch(Sent sent) {
        var failure = new AtomicReference<@Nullable Throwable>();
        bus.dispatch(message(sent), (command, result) -> {
            if (result.isExceptional()) failure.set(result.exceptionResult());
        });
        var thrown = failure.get();
        if (thrown instanceof Error error) throw error;
        return thrown;
    }

    private static CommandMessage<?> message(Sent sent) {
        return new GenericCommandMessage<>(sent.command(), Map.of(Act.NAME, sent.act(), Facts.NAME, sent.facts()));
    }

    /** Lets go of what is remembered of these streams. */
    public void forget(Iterable<UUID> streams) {
        for (var stream : streams) recent.remove(stream);
    }

    /** How many aggregates are remembered. */
    public int remembered() {
        return recent.size();
    }

    @Override
    public void close() {
        store.shutDown();
    }
}
