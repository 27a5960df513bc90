package dev.chronodesk.bench.faults.seeded;

import dev.chronodesk.bench.faults.LogRows;
import dev.chronodesk.bench.faults.Quiet;
import dev.chronodesk.bench.faults.TableRows;
import dev.chronodesk.bench.faults.Tally;
import dev.chronodesk.bench.faults.checker.Finding;
import dev.chronodesk.bench.faults.checker.LogChecker;
import dev.chronodesk.bench.faults.checker.Rule;
import dev.chronodesk.bench.faults.checker.TableChecker;
import dev.chronodesk.bench.faults.journal.Intent;
import dev.chronodesk.bench.faults.journal.Outcome;
import dev.chronodesk.bench.faults.journal.Outcome.Acknowledged;
import dev.chronodesk.bench.faults.journal.Sending;
import dev.chronodesk.command.door.Command;
import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.profile.RegisterProfile;
import dev.chronodesk.command.ticket.AddComment;
import dev.chronodesk.command.ticket.ChangePriority;
import dev.chronodesk.command.ticket.ChangeStatus;
import dev.chronodesk.command.ticket.CreateTicket;
import dev.chronodesk.db.Database;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.db.log.LogUnavailableException;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.ticket.CommentId;
import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.Visibility;
import dev.chronodesk.query.ReadTables;
import dev.chronodesk.query.fold.FoldRunner;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Many short runs on one database: two nodes' write sides and a few senders, whose connections break by a seed. The
 * seed draws the commands and the faults; how the threads meet is the machine's.
 */
public final class SeededRuns implements AutoCloseable {

    private static final int SENDERS = 3;
    private static final int COMMANDS = 4;
    private static final int ATTEMPTS = 50;
    private static final int RUNS_OF_A_NODE = 25;
    private static final int FOLD_BATCH = 500;

    /** Not closed: nothing more could happen on that ticket. */
    private static final List<Status> STATUSES = List.of(Status.OPEN, Status.PENDING, Status.ON_HOLD, Status.SOLVED);

    private static final List<Priority> PRIORITIES = List.of(Priority.values());

    private final Database database;
    private final Caller.Known agent;
    private final Caller.Known customer;
    private final InProcessNode quiet;
    private final TableRows tables;
    private final Chances foldChances;
    private final FoldRunner follower;
    private final AtomicLong sends = new AtomicLong();
    private final Chances chances;
    private final List<InProcessNode> nodes = new ArrayList<>();
    private int runs;
    private long head;

    /** On a database of its own, where nobody else appends. */
    public SeededRuns(Database database, long seed) throws SQLException {
        Quiet.please();
        this.database = database;
        quiet = new InProcessNode(database.write());
        agent = person(Role.AGENT);
        customer = person(Role.CUSTOMER);
        var model = ReadTables.model(new EventCodec());
        tables = new TableRows(model, quiet.log());
        chances = new Chances(seed);
        foldChances = new Chances(seed);
        follower = new FoldRunner(FaultyDataSource.of(database.fold(), foldChances), quiet.log(), model, FOLD_BATCH);
        follower.start();
        head = head();
    }

    private void startNodes() {
        chances.calm();
        for (var node : nodes) node.close();
        nodes.clear();
        var source = FaultyDataSource.of(database.write(), chances);
        for (var i = 0; i < 2; i++) nodes.add(new InProcessNode(source));
    }

    private Caller.Known person(Role role) {
        var id = InProcessNode.IDS.get();
        quiet.gateway().send(new RegisterProfile(new ProfileId(id), "A " + role, null), Senders.SYSTEM, Terms.PLAIN);
        return new Caller.Known(id, role);
    }

    private long head() throws SQLException {
        try (var connection = database.write().getConnection()) {
            return LogRows.head(connection);
        }
    }

    /** One run; what it broke is counted and found. */
    public void run(long seed, Tally tally) throws Exception {
        if (runs++ % RUNS_OF_A_NODE == 0) startNodes();
        chances.begin(seed);
        var journal = new ConcurrentLinkedQueue<Sending>();
        new Run(seed, List.copyOf(nodes), journal, chances).go();
        var sent = journal.stream()
                .sorted((a, b) -> Long.compare(a.intent().send(), b.intent().send()))
                .toList();
        tally.ran();
        tally.count(sent);
        tally.found(check(sent).stream()
                .map(finding -> new Finding(finding.rule(), finding.where(), finding.detail() + " (run " + seed + ")"))
                .toList());
    }

    private List<Finding> check(List<Sending> journal) throws SQLException {
        try (var connection = database.write().getConnection()) {
            var events = LogRows.events(connection, head);
            var keys = journal.stream().map(sending -> sending.intent().key()).toList();
            var receipts = LogRows.receipts(connection, List.of(agent.id(), customer.id()), keys);
            var findings = LogChecker.check(journal, head, events, receipts);
            if (!events.isEmpty()) head = events.getLast().position();
            return findings;
        }
    }

    /** The read tables that a follower with broken connections made of all runs so far. */
    public List<Finding> checkTables() throws SQLException, InterruptedException {
        foldChances.calm();
        if (!follower.await(head, Duration.ofSeconds(60)))
            return List.of(new Finding(
                    Rule.TABLES_EQUAL_FOLD, "position", "stays at " + follower.position() + ": " + follower.status()));
        try (var connection = database.fold().getConnection()) {
            return TableChecker.check(tables.stored(connection), tables.folded());
        }
    }

    @Override
    public void close() {
        for (var node : nodes) node.close();
        follower.close();
        quiet.close();
    }

    /** The senders of one run. */
    private final class Run {

        private final long seed;
        private final List<InProcessNode> nodes;
        private final ConcurrentLinkedQueue<Sending> journal;
        private final Chances chances;
        private final List<TicketId> tickets = new ArrayList<>();

        Run(long seed, List<InProcessNode> nodes, ConcurrentLinkedQueue<Sending> journal, Chances chances) {
            this.seed = seed;
            this.nodes = nodes;
            this.journal = journal;
            this.chances = chances;
        }

        void go() throws Exception {
            var random = new Random(seed);
            for (var i = 0; i < 2; i++) {
                var ticket = new TicketId(InProcessNode.IDS.get());
                if (known(open(ticket), customer, key(-1, i, random), random.nextInt(2)) instanceof Acknowledged)
                    tickets.add(ticket);
            }
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var running = new ArrayList<Future<?>>();
                for (var sender = 0; sender < SENDERS; sender++) {
                    var own = new Random(random.nextLong());
                    var number = sender;
                    running.add(threads.submit(() -> {
                        for (var i = 0; i < COMMANDS; i++) step(own, key(number, i, own));
                        return number;
                    }));
                }
                for (var one : running) one.get();
            }
            chances.calm();
            finish();
        }

        private String key(int sender, int number, Random random) {
            return Long.toHexString(seed) + "/" + sender + "/" + number + "/" + Integer.toHexString(random.nextInt());
        }

        private void step(Random random, String key) throws Exception {
            var node = random.nextInt(2);
            var ticket = tickets.isEmpty() ? null : tickets.get(random.nextInt(tickets.size()));
            var kind = ticket == null ? 0 : random.nextInt(10);
            if (ticket == null || kind < 2) {
                twice(open(new TicketId(InProcessNode.IDS.get())), customer, key, node, random.nextInt(3) == 0);
            } else if (kind < 6) {
                var comment =
                        new AddComment(ticket, new CommentId(InProcessNode.IDS.get()), "Words.", Visibility.PUBLIC);
                known(comment, random.nextBoolean() ? customer : agent, key, node);
            } else if (kind < 8) {
                var status = STATUSES.get(random.nextInt(STATUSES.size()));
                known(new ChangeStatus(ticket, status), agent, key, node);
            } else {
                var priority = PRIORITIES.get(random.nextInt(PRIORITIES.size()));
                known(new ChangePriority(ticket, priority), agent, key, node);
            }
        }

        private static Command open(TicketId ticket) {
            return new CreateTicket(ticket, "Printer on fire", "It really is.", null, null, null, null, null);
        }

        /** The same key on both nodes at once. */
        private void twice(Command command, Caller.Known sender, String key, int node, boolean both) throws Exception {
            if (!both) {
                known(command, sender, key, node);
                return;
            }
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var second = threads.submit(() -> known(command, sender, key, 1 - node));
                known(command, sender, key, node);
                second.get();
            }
        }

        /** Sends until the outcome is known, or often enough. */
        private Outcome known(Command command, Caller.Known sender, String key, int node) {
            var outcome = send(command, sender, key, node);
            for (var i = 0; i < 3 && isOpen(outcome); i++) outcome = send(command, sender, key, (node + i) % 2);
            if (isOpen(outcome)) unfinished.add(new Unfinished(command, sender, key));
            return outcome;
        }

        private record Unfinished(Command command, Caller.Known sender, String key) {}

        private final ConcurrentLinkedQueue<Unfinished> unfinished = new ConcurrentLinkedQueue<>();

        private void finish() {
            for (var one : unfinished) {
                Outcome outcome = new Outcome.Unknown("not sent again");
                for (var i = 0; i < ATTEMPTS && isOpen(outcome); i++)
                    outcome = send(one.command(), one.sender(), one.key(), i % 2);
            }
        }

        private static boolean isOpen(Outcome outcome) {
            return outcome instanceof Outcome.Unknown || outcome instanceof Outcome.Broken;
        }

        private Outcome send(Command command, Caller.Known sender, String key, int node) {
            var intent = new Intent(
                    sends.incrementAndGet(),
                    sender.id(),
                    key,
                    command.getClass().getSimpleName(),
                    "",
                    "node " + node);
            var outcome = outcome(command, sender, key, node);
            journal.add(new Sending(intent, outcome));
            return outcome;
        }

        private Outcome outcome(Command command, Caller.Known sender, String key, int node) {
            try {
                var answer = nodes.get(node).gateway().send(command, sender, Terms.PLAIN.withKey(key));
                var versions = new HashMap<String, Integer>();
                for (var stream : answer.streams()) versions.put(stream.id().toString(), stream.version());
                return new Acknowledged(
                        answer.position(),
                        versions,
                        answer.unchanged(),
                        new TreeMap<String, @Nullable Object>(answer.result()).toString());
            } catch (CommandRefusedException e) {
                return new Outcome.Refused(422, e.reason().getClass().getSimpleName());
            } catch (LogUnavailableException e) {
                return new Outcome.Unknown(String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                return new Outcome.Broken(e.toString());
            }
        }
    }
}
