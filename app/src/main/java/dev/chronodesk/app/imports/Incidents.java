package dev.chronodesk.app.imports;

import dev.chronodesk.command.door.Command;
import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.door.Commands;
import dev.chronodesk.command.door.MalformedException;
import dev.chronodesk.command.door.Outcome;
import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.profile.AssignRole;
import dev.chronodesk.command.profile.RegisterProfile;
import dev.chronodesk.command.team.AddTeamMember;
import dev.chronodesk.command.team.CreateTeam;
import dev.chronodesk.command.ticket.AssignTicket;
import dev.chronodesk.command.ticket.ChangePriority;
import dev.chronodesk.command.ticket.ChangeStatus;
import dev.chronodesk.command.ticket.CreateTicket;
import dev.chronodesk.command.ticket.MoveToTeam;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.LogUnavailableException;
import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.team.TeamMemberAdded;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.TicketId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Brings the incidents of an export in: people first, then teams with their members, then the tickets. Incidents go
 * side by side, so that their commands share commits; the commands of one go one after the other.
 *
 * <p>What an earlier import of the same incidents has said is found in the streams, not in receipts, and is not said
 * again. An import that was cut off goes on where it stopped when it is started again.
 */
public final class Incidents {

    private static final int AT_ONCE = 64;

    /** How often a command is sent again when the log cannot say what became of it; the pauses double. */
    private static final int TRIES = 6;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

    private final Commands commands;
    private final EventLog log;

    public Incidents(Commands commands, EventLog log) {
        this.commands = commands;
        this.log = log;
    }

    /**
     * Brings in what the file says and is not there yet.
     *
     * @throws UnreadableFileException when the file as a whole cannot be used; nothing was sent
     * @throws LogUnavailableException when the log did not take a command for some time; what was taken stays
     */
    public Tally bring(Path path, Progress progress) throws InterruptedException {
        var file = IncidentFile.read(path);
        var run = new Run();
        var people = Person.in(file.incidents());
        sideBySide("people", people, progress, run::person);
        sideBySide("teams", Group.in(file.incidents()), progress, run::team);
        sideBySide("tickets", file.incidents(), progress, run::ticket);
        return run.tally(file);
    }

    private static <T> void sideBySide(String part, List<T> all, Progress progress, Consumer<T> one)
            throws InterruptedException {
        progress.begin(part, all.size());
        var running = new Semaphore(AT_ONCE);
        var results = new ArrayList<Future<?>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var each : all) {
                running.acquire();
                results.add(threads.submit(() -> {
                    try {
                        one.accept(each);
                        progress.step();
                    } finally {
                        running.release();
                    }
                }));
                if (results.stream().anyMatch(result -> result.state() == Future.State.FAILED)) break;
            }
        }
        for (var result : results) result(result);
    }

    private static void result(Future<?> future) throws InterruptedException {
        try {
            future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) throw cause;
            if (e.getCause() instanceof Error cause) throw cause;
            throw new IllegalStateException(e);
        }
    }

    /** One import: what it counts and remarks. */
    private final class Run {

        private final AtomicLong events = new AtomicLong();
        private final Set<Long> eventful = ConcurrentHashMap.newKeySet();
        private final Set<Long> rejected = ConcurrentHashMap.newKeySet();
        private final Queue<Remark> remarks = new ConcurrentLinkedQueue<>();

        void person(Person person) {
            var id = Names.person(person.name());
            var stream = log.stream(id.value(), 0);
            var terms = Terms.PLAIN.at(notBefore(stream, person.since()));
            var line = person.line();
            if (stream.isEmpty()
                    && !sent(
                            line,
                            () -> new RegisterProfile(id, person.name(), null),
                            terms.withKey(Names.key(id.value(), "registered")))) return;
            // a role that somebody gave this person since then is not taken back
            var key = Names.key(id.value(), "staff");
            var done = stream.stream()
                    .anyMatch(recorded -> recorded.metadata().key().equals(key));
            if (person.staff() && !done) sent(line, () -> new AssignRole(id, Role.AGENT), terms.withKey(key));
        }

        void team(Group group) {
            var id = Names.team(group.name());
            var stream = log.stream(id.value(), 0);
            var last = notBefore(stream, group.since());
            if (stream.isEmpty()
                    && !sent(
                            group.line(),
                            () -> new CreateTeam(id, group.name()),
                            Terms.PLAIN.at(last).withKey(Names.key(id.value(), "created")))) return;
            var there = new HashSet<ProfileId>();
            for (var recorded : stream)
                if (recorded.event() instanceof TeamMemberAdded added) there.add(added.profileId());
            for (var member : group.members()) {
                var person = Names.person(member.name());
                if (there.contains(person)) continue;
                last = later(last, member.since());
                sent(
                        member.line(),
                        () -> new AddTeamMember(id, person),
                        Terms.PLAIN.at(last).withKey(Names.key(id.value(), "member/" + person)));
            }
        }

        void ticket(List<IncidentRow> rows) {
            var id = Names.ticket(rows.getFirst().number());
            var now = TicketNow.of(log.stream(id.value(), 0));
            if (!now.exists() && !created(id, rows, now)) return;
            var steps = Step.of(rows);
            for (var step : steps.subList(now.done(steps), steps.size()))
                if (!now.has(step.change())) take(id, step, now);
        }

        private boolean created(TicketId id, List<IncidentRow> rows, TicketNow now) {
            var first = rows.getFirst();
            var opener = first.openedBy() == null ? first.updatedBy() : first.openedBy();
            var refusal = refusal(
                    first.line(),
                    () -> new CreateTicket(
                            id,
                            first.number(),
                            first.description(),
                            Names.person(first.caller()),
                            null,
                            null,
                            null,
                            null),
                    Terms.PLAIN
                            .at(first.openedAt())
                            .onBehalfOf(Names.person(opener))
                            .withKey(Names.key(id.value(), "created")));
            refusal.ifPresent(reason -> {
                for (var row : rows) reject(row.line(), reason);
            });
            if (refusal.isEmpty()) now.created(first.openedAt());
            return refusal.isEmpty();
        }

        private void take(TicketId id, Step step, TicketNow now) {
            if (now.status() == Status.CLOSED) {
                skip(
                        step,
                        "a closed ticket does not change its " + step.change().word());
                return;
            }
            switch (step.change()) {
                case Change.Team to -> send(step, () -> new MoveToTeam(id, Names.team(to.group())), now);
                case Change.Assignee to -> send(step, () -> new AssignTicket(id, Names.person(to.name())), now);
                case Change.Urgency to -> send(step, () -> new ChangePriority(id, to.priority()), now);
                case Change.State to -> go(id, step, to.status(), now);
            }
        }

        private void go(TicketId id, Step step, Status target, TicketNow now) {
            var way = now.wayTo(target);
            if (way.isEmpty()) skip(step, "no way leads from " + now.status() + " to " + target);
            for (var next : way.orElse(List.of())) {
                var part = next == target ? step : step.by(next);
                if (!send(part, () -> new ChangeStatus(id, next), now)) return;
            }
        }

        private boolean send(Step step, Supplier<Command> command, TicketNow now) {
            var at = now.notBefore(step.row().updatedAt());
            var actor = Names.person(step.row().updatedBy());
            var line = step.row().line();
            var done = sent(line, command, Terms.PLAIN.at(at).onBehalfOf(actor).withKey(step.key()));
            if (done) now.changed(step.change(), at);
            return done;
        }

        private boolean sent(long line, Supplier<Command> command, Terms terms) {
            var refusal = refusal(line, command, terms);
            refusal.ifPresent(reason -> reject(line, reason));
            return refusal.isEmpty();
        }

        /** Sends it; why it was refused, or empty when it is done. */
        private Optional<String> refusal(long line, Supplier<Command> command, Terms terms) {
            try {
                var outcome = patiently(command.get(), terms);
                if (!outcome.unchanged() && !outcome.replayed()) {
                    events.incrementAndGet();
                    eventful.add(line);
                }
                return Optional.empty();
            } catch (CommandRefusedException e) {
                return Optional.of(e.reason().message());
            } catch (MalformedException e) {
                return Optional.of(String.valueOf(e.getMessage()));
            }
        }

        private void reject(long line, String reason) {
            rejected.add(line);
            remarks.add(new Remark(line, Remark.Kind.REJECTED, reason));
        }

        private void skip(Step step, String reason) {
            remarks.add(new Remark(step.row().line(), Remark.Kind.SKIPPED, reason));
        }

        Tally tally(IncidentFile file) {
            for (var remark : file.rejected()) reject(remark.line(), remark.text());
            eventful.removeAll(rejected);
            return new Tally(
                    file.rows(),
                    events.get(),
                    file.rows() - rejected.size() - eventful.size(),
                    rejected.size(),
                    remarks.stream()
                            .distinct()
                            .sorted(Comparator.comparingLong(Remark::line))
                            .toList());
        }
    }

    /** When the log cannot say what became of a command, the same key finds out. */
    private Outcome patiently(Command command, Terms terms) {
        var pause = FIRST_PAUSE;
        for (var attempt = 1; ; attempt++) {
            try {
                return commands.send(command, Senders.SYSTEM, terms);
            } catch (LogUnavailableException e) {
                if (attempt == TRIES) throw e;
            }
            LockSupport.parkNanos(pause.toNanos());
            pause = pause.multipliedBy(2);
        }
    }

    private static Instant notBefore(List<Recorded<Event>> stream, Instant at) {
        return stream.isEmpty() ? at : later(at, stream.getLast().occurredAt());
    }

    private static Instant later(Instant one, Instant other) {
        return one.isBefore(other) ? other : one;
    }
}
