package dev.chronodesk.bench;

import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.profile.RegisterProfile;
import dev.chronodesk.command.ticket.AddComment;
import dev.chronodesk.command.ticket.CreateTicket;
import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.Visibility;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How long it takes from the acknowledgement of a command until the live read tables include it, on the node that took
 * it and on the other one, on the one that folds and on the one that does not. Two nodes on one PostgreSQL. Commands
 * begin at a given rate, however long the ones before take; their own latency counts from when they should have begun.
 */
final class VisibilityLag {

    private static final int TICKETS = 2_000;
    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** An acknowledged command, to be seen. */
    private record Acknowledged(long position, long atNanos) {}

    private final int rate;
    private final Duration duration;
    private final Caller.Known customer = new Caller.Known(id(), Role.CUSTOMER);
    private List<TicketId> tickets = List.of();

    private VisibilityLag(int rate, Duration duration) {
        this.rate = rate;
        this.duration = duration;
    }

    /** @param arguments commands a second (500) and seconds of each measurement (20) */
    public static void main(String[] arguments) throws Exception {
        var rate = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 500;
        var seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20;
        new VisibilityLag(rate, Duration.ofSeconds(seconds)).run();
    }

    private void run() throws Exception {
        try (var server = new Server();
                var folding = new Node(server).start();
                var watching = new Node(server)) {
            while (!folding.fold().status().following()) Thread.sleep(50);
            watching.start();
            System.out.printf(
                    "PostgreSQL %s, fsync on, %d processors, 2 nodes, %,d commands/s for %d s: 9 of 10 AddComment on"
                            + " %,d tickets, 1 CreateTicket%n",
                    server.version(), Runtime.getRuntime().availableProcessors(), rate, duration.toSeconds(), TICKETS);
            prepare(folding);
            measure(folding, folding, watching, WARM_UP, null);
            measure(watching, folding, watching, WARM_UP, null);
            System.out.printf("%n%-64s %9s %9s %9s%n", "milliseconds", "p50", "p99", "max");
            measure(folding, folding, watching, duration, "taken by the node that folds");
            measure(watching, folding, watching, duration, "taken by the other node");
        }
    }

    private void prepare(Node node) throws Exception {
        node.send(new RegisterProfile(new ProfileId(customer.id()), "A customer", null), Senders.SYSTEM);
        var ids = new ArrayList<TicketId>();
        for (var i = 0; i < TICKETS; i++) ids.add(new TicketId(id()));
        Opening.all(ids, ticket -> create(node, ticket));
        tickets = List.copyOf(ids);
    }

    private long create(Node node, TicketId ticket) {
        return node.send(
                        new CreateTicket(ticket, Texts.SUBJECT, Texts.DESCRIPTION, null, null, null, null, null),
                        customer)
                .position();
    }

    private long comment(Node node, TicketId ticket) {
        return node.send(new AddComment(ticket, null, Texts.BODY, Visibility.PUBLIC), customer)
                .position();
    }

    private long command(Node node) {
        var random = ThreadLocalRandom.current();
        return random.nextInt(10) == 0
                ? create(node, new TicketId(id()))
                : comment(node, tickets.get(random.nextInt(TICKETS)));
    }

    private void measure(Node taking, Node folding, Node watching, Duration time, @Nullable String what)
            throws Exception {
        var command = new ConcurrentLinkedQueue<Long>();
        try (var here = new Observer(folding);
                var there = new Observer(watching)) {
            var failed = new AtomicLong();
            load(taking, time, command, failed, here, there);
            here.finish();
            there.finish();
            if (failed.get() > 0) System.out.printf("%,d commands failed%n", failed.get());
            if (what == null) return;
            print(what + ": its latency from intended start", command);
            print(what + ": visible on the node that folds", here.lags);
            print(what + ": visible on the other node", there.lags);
        }
    }

    private void load(
            Node taking,
            Duration time,
            ConcurrentLinkedQueue<Long> latencies,
            AtomicLong failed,
            Observer here,
            Observer there)
            throws InterruptedException {
        var phase = new Phaser(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var begin = System.nanoTime();
            var count = rate * time.toSeconds();
            for (var i = 0L; i < count; i++) {
                var due = begin + i * TimeUnit.SECONDS.toNanos(1) / rate;
                for (var left = due - System.nanoTime(); left > 0; left = due - System.nanoTime())
                    LockSupport.parkNanos(left);
                phase.register();
                threads.execute(() -> {
                    try {
                        var position = command(taking);
                        var acknowledged = new Acknowledged(position, System.nanoTime());
                        latencies.add(acknowledged.atNanos() - due);
                        here.queue.add(acknowledged);
                        there.queue.add(acknowledged);
                    } catch (RuntimeException e) {
                        failed.incrementAndGet();
                    } finally {
                        phase.arriveAndDeregister();
                    }
                });
            }
            phase.arriveAndAwaitAdvance();
        }
    }

    /** Waits on one node for each command, as a reader with {@code Chronodesk-Min-Position} does. */
    private static final class Observer implements AutoCloseable {

        private static final Acknowledged END = new Acknowledged(0, 0);

        private final BlockingQueue<Acknowledged> queue = new LinkedBlockingQueue<>();
        private final ConcurrentLinkedQueue<Long> lags = new ConcurrentLinkedQueue<>();
        private final Thread thread;

        Observer(Node node) {
            thread = Thread.ofPlatform().daemon().start(() -> {
                try {
                    for (var next = queue.take(); !next.equals(END); next = queue.take()) {
                        if (!node.fold().await(next.position(), PATIENCE))
                            throw new IllegalStateException(
                                    "never visible: " + node.fold().status());
                        lags.add(Math.max(0, System.nanoTime() - next.atNanos()));
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        void finish() throws InterruptedException {
            queue.add(END);
            thread.join();
        }

        @Override
        public void close() {
            thread.interrupt();
        }
    }

    private static void print(String what, ConcurrentLinkedQueue<Long> nanos) {
        var sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.printf("%-64s %9.1f %9.1f %9.1f%n", what, at(sorted, 0.50), at(sorted, 0.99), at(sorted, 1));
    }

    private static double at(long[] sorted, double part) {
        if (sorted.length == 0) return Double.NaN;
        return sorted[(int) Math.min(sorted.length - 1L, (long) (part * sorted.length))] / 1e6;
    }

    private static UUID id() {
        return Uuids.v7(Instant.now(), ThreadLocalRandom.current());
    }
}
