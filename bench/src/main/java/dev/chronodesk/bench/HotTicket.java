package dev.chronodesk.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether a ticket that a hundred write on at once slows another one down: callers that each comment on tickets of
 * their own, beside a hundred that comment on tickets of their own too, and beside a hundred that all comment on the
 * same one. The load is the same, so what differs is the crowd. In turns, medians.
 */
final class HotTicket {

    private static final int TICKETS = 2_000;
    private static final int CROWD = 100;
    private static final int WATCHED = 16;

    private HotTicket() {}

    /** @param arguments seconds of each measurement (5) and how many of each (5) */
    public static void main(String[] arguments) throws Exception {
        var duration = Duration.ofSeconds(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5);
        var repetitions = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        try (var server = new Server();
                var ours = new OurContender(server)) {
            ours.open(TICKETS);
            System.out.printf(
                    "PostgreSQL %s, fsync on, %d processors, %d x %d s each, medians; %d callers watched beside %d%n",
                    server.version(),
                    Runtime.getRuntime().availableProcessors(),
                    repetitions,
                    duration.toSeconds(),
                    WATCHED,
                    CROWD);
            beside(ours, duration, false);
            var spread = new ArrayList<Beside>();
            var crowded = new ArrayList<Beside>();
            for (var i = 0; i < repetitions; i++) {
                spread.add(beside(ours, duration, false));
                crowded.add(beside(ours, duration, true));
            }
            print("the hundred on tickets of their own", spread);
            print("the hundred on one ticket", crowded);
            System.out.printf(
                    "p99 of the others: %.2f x%n",
                    Figures.median(crowded.stream().map(Beside::p99).toList())
                            / Figures.median(spread.stream().map(Beside::p99).toList()));
        }
    }

    /** @param crowd commands of the hundred a second */
    private record Beside(double p50, double p99, double crowd) {}

    private static void print(String what, List<Beside> all) {
        System.out.printf(
                "%-40s others p50 %.1f ms, p99 %.1f ms; the hundred %,.0f/s%n",
                what,
                Figures.median(all.stream().map(Beside::p50).toList()),
                Figures.median(all.stream().map(Beside::p99).toList()),
                Figures.median(all.stream().map(Beside::crowd).toList()));
    }

    private static Beside beside(OurContender ours, Duration duration, boolean onOne) throws Exception {
        var until = System.nanoTime() + duration.toNanos();
        var done = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Void> crowd = () -> {
                while (System.nanoTime() < until) {
                    ours.comment(
                            onOne ? 0 : WATCHED + ThreadLocalRandom.current().nextInt(TICKETS - WATCHED));
                    done.incrementAndGet();
                }
                return null;
            };
            var running = new ArrayList<Future<Void>>();
            for (var i = 0; i < CROWD; i++) running.add(threads.submit(crowd));
            var watched = ClosedLoop.run(WATCHED, duration, caller -> ours.comment(1 + caller % (WATCHED - 1)));
            for (var caller : running) caller.get();
            return new Beside(
                    watched.p50Micros() / 1e3, watched.p99Micros() / 1e3, done.get() / (double) duration.toSeconds());
        }
    }
}
