package dev.chronodesk.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The latency of commands through the gateway when they come at half and at four fifths of the rate that is possible,
 * counted from when each should have begun; and what becomes of ten times the possible rate.
 */
final class LatencyAtLoad {

    private static final int TICKETS = 10_000;
    private static final int CALLERS = 256;

    private LatencyAtLoad() {}

    /** @param arguments seconds of each measurement (10) and how many of each (5) */
    public static void main(String[] arguments) throws Exception {
        var duration = Duration.ofSeconds(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10);
        var repetitions = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        try (var server = new Server();
                var ours = new OurContender(server)) {
            System.out.printf(
                    "PostgreSQL %s, fsync on, %d processors, %d x %d s each, medians; half CreateTicket, half"
                            + " AddComment on %,d tickets%n",
                    server.version(),
                    Runtime.getRuntime().availableProcessors(),
                    repetitions,
                    duration.toSeconds(),
                    TICKETS);
            Disk.print(duration.multipliedBy(2));
            ours.open(TICKETS);
            OpenLoop.Operation mixed = () -> mixed(ours);
            ClosedLoop.run(CALLERS, duration, unused -> mixed.run());
            var peaks = new ArrayList<Double>();
            for (var i = 0; i < repetitions; i++)
                peaks.add(
                        ClosedLoop.run(CALLERS, duration, unused -> mixed.run()).perSecond());
            var peak = Figures.median(peaks);
            System.out.printf("peak at %d callers: %,.0f commands/s%n", CALLERS, peak);
            for (var part : new double[] {0.5, 0.8}) atLoad(peak, part, duration, repetitions, mixed);
            overload(peak, duration, repetitions, mixed);
        }
    }

    private static void mixed(OurContender ours) {
        var random = ThreadLocalRandom.current();
        if (random.nextBoolean()) ours.create();
        else ours.comment(random.nextInt(TICKETS));
    }

    private static void atLoad(
            double peak, double part, Duration duration, int repetitions, OpenLoop.Operation operation) {
        var p50 = new ArrayList<Double>();
        var p99 = new ArrayList<Double>();
        var p999 = new ArrayList<Double>();
        var failed = 0.0;
        for (var i = 0; i < repetitions; i++) {
            var result = OpenLoop.run((int) (peak * part), duration, operation);
            p50.add(result.millis(0.50));
            p99.add(result.millis(0.99));
            p999.add(result.millis(0.999));
            failed += result.failedNanos().length;
        }
        System.out.printf(
                "at %2.0f %% of it: p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms from intended start; %.0f failed%n",
                part * 100, Figures.median(p50), Figures.median(p99), Figures.median(p999), failed);
    }

    private static void overload(double peak, Duration duration, int repetitions, OpenLoop.Operation operation) {
        var offered = new ArrayList<Double>();
        var goodput = new ArrayList<Double>();
        var p99 = new ArrayList<Double>();
        var refusals = new ArrayList<Double>();
        var before = Figures.heapMegabytes();
        for (var i = 0; i < repetitions; i++) {
            var result = OpenLoop.run((int) (10 * peak), duration, operation);
            offered.add(result.offered());
            goodput.add(result.succeeded());
            p99.add(result.millis(0.99));
            refusals.add(result.failedMillis(0.99));
        }
        System.out.printf(
                "at ten times: offered %,.0f/s, done %,.0f/s (%.0f %% of the peak) with p99 %.0f ms, refusals p99 %.0f"
                        + " ms, heap %.0f MB before and %.0f MB after%n",
                Figures.median(offered),
                Figures.median(goodput),
                100 * Figures.median(goodput) / peak,
                Figures.median(p99),
                Figures.median(refusals),
                before,
                Figures.heapMegabytes());
    }
}
