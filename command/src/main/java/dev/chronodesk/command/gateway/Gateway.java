package dev.chronodesk.command.gateway;

import dev.chronodesk.command.authorization.Access;
import dev.chronodesk.command.authorization.Act;
import dev.chronodesk.command.authorization.Facts;
import dev.chronodesk.command.authorization.StaleStateException;
import dev.chronodesk.command.decision.Aggregates;
import dev.chronodesk.command.decision.Aggregates.Decided;
import dev.chronodesk.command.decision.Aggregates.Sent;
import dev.chronodesk.command.decision.Change;
import dev.chronodesk.command.decision.Undecided;
import dev.chronodesk.command.door.Command;
import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.door.Commands;
import dev.chronodesk.command.door.DoorRefusal.AlreadyExists;
import dev.chronodesk.command.door.DoorRefusal.ConflictingWriters;
import dev.chronodesk.command.door.DoorRefusal.Forbidden;
import dev.chronodesk.command.door.DoorRefusal.IdempotencyKeyReused;
import dev.chronodesk.command.door.DoorRefusal.InactivePerson;
import dev.chronodesk.command.door.DoorRefusal.NotFound;
import dev.chronodesk.command.door.DoorRefusal.OccurredBeforeLast;
import dev.chronodesk.command.door.DoorRefusal.OccurredInTheFuture;
import dev.chronodesk.command.door.DoorRefusal.UnknownPerson;
import dev.chronodesk.command.door.MalformedException;
import dev.chronodesk.command.door.Outcome;
import dev.chronodesk.command.door.Refusal;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.db.FaultPoints;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.Append;
import dev.chronodesk.db.log.AppendConflictException;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.LogUnavailableException;
import dev.chronodesk.db.log.Receipt;
import dev.chronodesk.db.log.ReceiptDraft;
import dev.chronodesk.db.log.ReceiptExistsException;
import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.db.log.UndecodableStoredEventException;
import dev.chronodesk.db.port.BeforeAcknowledging;
import dev.chronodesk.db.port.Figures;
import dev.chronodesk.db.port.Figures.NoFiguresException;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.axonframework.common.lock.LockAcquisitionFailedException;
import org.axonframework.modelling.command.AggregateNotFoundException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way to the log for commands: rights first, then the key's receipt, then the decision, again after a conflict,
 * and at last what must hold before anybody is told.
 */
public final class Gateway implements Commands {

    /** A command on its way, with its terms. */
    public record Item(Command command, Terms terms) {}

    /** The first moment that may be said to have been; far before any imported history. */
    static final Instant EARLIEST = Instant.EPOCH;

    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

    /** So long may other writers be first, before the sender is told; each time it is decided anew. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int MAX_KEY = 255;

    private final EventLog log;
    private final Aggregates aggregates;
    private final Access access;
    private final People people;
    private final Fingerprint fingerprint;
    private final InstantSource clock;
    private final Supplier<UUID> ids;
    private final Supplier<List<BeforeAcknowledging>> before;
    private final Measures measures;
    private final Admission admission;
    private final Supplier<Optional<Figures>> figures;

    /**
     * @param secret what receipts' fingerprints are keyed with, the same on every node
     * @param ids makes ids of what commands make, and keys
     * @param before what must be in force before a command is acknowledged; asked each time, because it may need us
     *     itself
     * @param figures what computes statistics; asked each time, because it may need us itself
     */
    public Gateway(
            EventLog log,
            Aggregates aggregates,
            Access access,
            byte[] secret,
            InstantSource clock,
            Supplier<UUID> ids,
            Supplier<List<BeforeAcknowledging>> before,
            Measures measures,
            Admission admission,
            Supplier<Optional<Figures>> figures) {
        this.admission = admission;
        this.figures = figures;
        this.log = log;
        this.aggregates = aggregates;
        this.access = access;
        this.people = new People(log);
        this.fingerprint = new Fingerprint(secret);
        this.clock = clock;
        this.ids = ids;
        this.before = before;
        this.measures = measures;
    }

    @Override
    public Outcome send(Object command, Caller.Known sender, Terms terms) {
        if (!(command instanceof Command known))
            throw new IllegalArgumentException(command.getClass().getName() + " is no command");
        return measures.measured(
                command.getClass().getSimpleName(),
                () -> admission.admit(() -> {
                    try {
                        return all(
                                        List.of(new Item(known, terms)),
                                        sender,
                                        terms.key(),
                                        terms.onBehalfOf(),
                                        terms.dryRun())
                                .getFirst();
                    } catch (ItemRefusedException e) {
                        throw e.refusal();
                    }
                }));
    }

    /**
     * Decides several commands as one: all of them or none, in one append with one receipt.
     *
     * @param key of all of them together, or null; the items have none of their own
     * @throws ItemRefusedException with the first one that was refused; nothing was appended
     */
    public List<Outcome> sendTogether(List<Item> items, Caller.Known sender, @Nullable String key, boolean dryRun) {
        return admission.admit(() -> all(items, sender, key, null, dryRun));
    }

    private List<Outcome> all(
            List<Item> sent,
            Caller.Known sender,
            @Nullable String clientKey,
            @Nullable ProfileId onBehalfOf,
            boolean dryRun) {
        if (clientKey != null && (clientKey.isEmpty() || clientKey.length() > MAX_KEY || !Shape.storable(clientKey)))
            throw new MalformedException("Idempotency-Key", "length", "must have 1 to " + MAX_KEY + " characters");
        var items = sent.stream().map(Gateway::timed).toList();
        var principal = onBehalfOf == null ? sender.id() : Uuids.v5(sender.id(), onBehalfOf.toString());
        var print = fingerprint.of(items);
        var key = clientKey != null && !dryRun ? clientKey : null;
        if (key != null) {
            var replayed = replay(principal, key, print);
            if (replayed.isPresent()) return replayed.get();
        }
        try {
            return decide(items, sender, principal, key, print, dryRun);
        } catch (ItemRefusedException e) {
            if (key == null) throw e;
            return replay(principal, key, print).orElseThrow(() -> e);
        }
    }

    private static Item timed(Item item) {
        var at = item.terms().occurredAt();
        if (at == null) return item;
        if (at.isBefore(EARLIEST))
            throw new MalformedException("occurredAt", "value", "must not lie before " + EARLIEST);
        return new Item(item.command(), item.terms().at(at.truncatedTo(ChronoUnit.MICROS)));
    }

    private List<Outcome> decide(
            List<Item> items,
            Caller.Known sender,
            UUID principal,
            @Nullable String clientKey,
            byte[] print,
            boolean dryRun) {
        var madeKey = ids.get().toString();
        var key = clientKey != null ? clientKey : madeKey;
        var acts = new ArrayList<Act>();
        for (var i = 0; i < items.size(); i++) acts.add(act(i, items.get(i), sender, key));
        var commands =
                items.stream().map(item -> item.command().identified(ids)).toList();
        var keys = Collections.nCopies(items.size(), key);
        var drafted = new AtomicReference<@Nullable Stored>();
        var deadline = System.nanoTime() + PATIENCE_NANOS;
        for (int conflicts = 0, outdated = 0; ; ) {
            var sent = new ArrayList<Sent>();
            for (var i = 0; i < acts.size(); i++)
                sent.add(new Sent(commands.get(i), acts.get(i), facts(commands.get(i), acts.get(i))));
            try {
                var decided = aggregates.decide(
                        sent,
                        (changes, until) -> {
                            var stored = Stored.of(commands, changes, until, log::version);
                            drafted.set(stored);
                            return new ReceiptDraft(principal, key, print, stored.bytes());
                        },
                        dryRun);
                if (dryRun) return dryRun(commands, decided, keys);
                var appended = decided.appended();
                if (appended != null) {
                    acknowledge(decided.changes().stream().map(Change::event).toList(), appended.lastPosition());
                    FaultPoints.reached(FaultPoints.COMMAND_ACKNOWLEDGING);
                    return Objects.requireNonNull(drafted.get(), "drafted with the append")
                            .outcomes(keys, appended.firstPosition(), appended.lastPosition(), false);
                }
                if (!outdated(decided.remembered()))
                    return unchanged(commands, decided, keys, principal, clientKey, print);
                outdated++;
                again(++conflicts, deadline);
            } catch (ReceiptExistsException e) {
                return replay(e.receipt(), print);
            } catch (AppendConflictException e) {
                taken(commands);
                again(++conflicts, deadline);
            } catch (Undecided e) {
                if (e.getCause() instanceof LockAcquisitionFailedException) again(++conflicts, deadline);
                else if (e.getCause() instanceof StaleStateException && outdated == 0) outdated++;
                else {
                    var refusal = refusal(e);
                    if (!outdated(e.remembered())) throw new ItemRefusedException(e.index(), refusal);
                    outdated++;
                    again(++conflicts, deadline);
                }
            }
        }
    }

    private Facts facts(Command command, Act act) {
        var call = command.figures();
        if (call.isEmpty()) return people.facts(command);
        var computing = figures.get().orElseThrow(() -> new LogUnavailableException("there are no statistics", null));
        try {
            return new Facts(
                    Map.of(),
                    Set.of(),
                    Set.of(),
                    computing.compute(call.get(), new Caller.Known(act.actor(), act.role())));
        } catch (NoFiguresException e) {
            throw new MalformedException("call", "value", String.valueOf(e.getMessage()));
        }
    }

    private Act act(int index, Item item, Caller.Known sender, String key) {
        var terms = item.terms();
        var name = item.command().getClass().getSimpleName();
        if ((terms.occurredAt() != null || terms.onBehalfOf() != null)
                && sender.role() != Role.SERVICE
                && sender.role() != Role.ADMIN)
            throw refused(index, new Forbidden("only service and admin may say occurredAt or onBehalfOf"));
        permitted(index, sender.role(), name);
        if (terms.occurredAt() != null && terms.occurredAt().isAfter(clock.instant()))
            throw refused(index, new OccurredInTheFuture());
        var actor = sender;
        if (terms.onBehalfOf() != null) {
            var person =
                    people.find(terms.onBehalfOf()).orElseThrow(() -> refused(index, new UnknownPerson("onBehalfOf")));
            // history may be told of those who have left since, and of nobody who was erased
            if (person.erased() || (!person.active() && terms.occurredAt() == null))
                throw refused(index, new InactivePerson("onBehalfOf"));
            actor = new Caller.Known(terms.onBehalfOf().value(), person.role());
            permitted(index, person.role(), name);
        }
        return new Act(
                actor.id(),
                actor.role(),
                sender.id(),
                terms.automation(),
                name,
                key,
                terms.occurredAt(),
                terms.ifMatch());
    }

    private void permitted(int index, Role role, String command) {
        if (!access.may(role, command))
            throw refused(index, new Forbidden("the role " + role + " may not send " + command));
    }

    /** Whether the log has more than memory had: then what was decided without an append does not count. */
    private boolean outdated(Map<UUID, Integer> remembered) {
        var changed = remembered.entrySet().stream()
                .filter(entry -> log.version(entry.getKey()) != entry.getValue())
                .map(Map.Entry::getKey)
                .toList();
        aggregates.forget(changed);
        return !changed.isEmpty();
    }

    /** A conflict on a stream that is to begin is no race that can be won. */
    private void taken(List<Command> commands) {
        for (var i = 0; i < commands.size(); i++) {
            var command = commands.get(i);
            if (command.creates() && log.version(target(command)) > 0)
                throw refused(
                        i, new AlreadyExists(command.makes().keySet().iterator().next()));
        }
    }

    private static UUID target(Command command) {
        return Objects.requireNonNull(command.target(), "identified");
    }

    private static void again(int conflicts, long deadline) {
        if (System.nanoTime() - deadline > 0) throw refused(0, new ConflictingWriters());
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(1L + (1L << Math.min(conflicts, 5))));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailableException("interrupted while waiting for other writers", e);
        }
    }

    private CommandRefusedException refusal(Undecided undecided) {
        return switch (undecided.getCause()) {
            case CommandRefusedException refused -> refused;
            case AggregateNotFoundException unknown -> new CommandRefusedException(new NotFound());
            case StaleStateException stale ->
                // decided together with a command that happens now: nothing can have happened before that
                new CommandRefusedException(
                        new OccurredBeforeLast(clock.instant().truncatedTo(ChronoUnit.MILLIS)));
            case UndecodableStoredEventException undecodable -> {
                LOG.error("A stream cannot be read, so no command on it can be decided", undecodable);
                throw new LogUnavailableException("a stored event cannot be read", undecodable);
            }
            case RuntimeException unexpected -> throw unexpected;
            case null, default -> throw undecided;
        };
    }

    private List<Outcome> unchanged(
            List<Command> commands,
            Decided decided,
            List<String> keys,
            UUID principal,
            @Nullable String clientKey,
            byte[] print) {
        var stored = Stored.of(commands, List.of(), decided.until(), log::version);
        if (clientKey == null) {
            var head = log.head().position();
            return stored.outcomes(keys, head, head, false);
        }
        var kept = log.append(new Append(List.of(), new ReceiptDraft(principal, clientKey, print, stored.bytes())));
        return stored.outcomes(keys, kept.firstPosition(), kept.lastPosition(), false);
    }

    private List<Outcome> dryRun(List<Command> commands, Decided decided, List<String> keys) {
        var head = log.head().position();
        var plain = Stored.of(commands, decided.changes(), decided.until(), log::version)
                .outcomes(keys, head, head, false);
        var outcomes = new ArrayList<Outcome>();
        var from = 0;
        for (var i = 0; i < plain.size(); i++) {
            var outcome = plain.get(i);
            var result = new LinkedHashMap<String, Object>(outcome.result());
            result.remove("number");
            result.put(
                    "events",
                    decided.changes().subList(from, decided.until().get(i)).stream()
                            .map(Gateway::shown)
                            .toList());
            outcomes.add(new Outcome(
                    outcome.command(), outcome.key(), head, outcome.streams(), result, outcome.unchanged(), false));
            from = decided.until().get(i);
        }
        return outcomes;
    }

    private static Map<String, Object> shown(Change change) {
        var event = change.event();
        var shown = new LinkedHashMap<String, Object>();
        shown.put("type", event.getClass().getSimpleName());
        shown.put("stream", event.streamId());
        shown.put("streamType", event.streamType());
        shown.put("seq", change.version() - 1);
        shown.put("payload", event);
        return shown;
    }

    private void acknowledge(List<Event> events, long lastPosition) {
        try {
            for (var port : before.get()) port.appended(events, lastPosition);
        } catch (RuntimeException e) {
            throw new LogUnavailableException("appended, but not in force yet; the same key finds out", e);
        }
    }

    private Optional<List<Outcome>> replay(UUID principal, String key, byte[] print) {
        return log.receipt(principal, key).map(receipt -> replay(receipt, print));
    }

    private List<Outcome> replay(Receipt receipt, byte[] print) {
        if (!MessageDigest.isEqual(receipt.fingerprint(), print)) throw refused(0, new IdempotencyKeyReused());
        var stored = Stored.of(receipt.outcome());
        var count = stored.all().getLast().until();
        if (count > 0 && !before.get().isEmpty())
            // the first send may have died between its append and this
            acknowledge(
                    log.after(receipt.firstPosition() - 1, count).stream()
                            .map(Recorded::event)
                            .toList(),
                    receipt.lastPosition());
        return stored.outcomes(
                Collections.nCopies(stored.all().size(), receipt.key()),
                receipt.firstPosition(),
                receipt.lastPosition(),
                true);
    }

    private static ItemRefusedException refused(int index, Refusal reason) {
        return new ItemRefusedException(index, new CommandRefusedException(reason));
    }
}
