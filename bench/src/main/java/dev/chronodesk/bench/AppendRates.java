package dev.chronodesk.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code CreateTicket} and {@code AddComment} per second through the command gateway, beside the same on Axon's own
 * JDBC engine and beside plain inserts of one row per transaction. All in one run on one PostgreSQL with fsync on, in
 * turns, so that a drift of the machine meets all of them; medians are printed.
 */
final class AppendRates {

    private static final int[] CALLERS = {1, 64, 256};
    private static final int[] CONNECTIONS = {4, 8, 16, 32};
    private static final int TICKETS = 10_000;

    private final Duration duration;
    private final int repetitions;
    private final Map<String, List<ClosedLoop.Result>> results = new LinkedHashMap<>();

    private AppendRates(Duration duration, int repetitions) {
        this.duration = duration;
        this.repetitions = repetitions;
    }

    /** @param arguments seconds of each measurement (5) and how many of each (5) */
    public static void main(String[] arguments) throws Exception {
        var seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        var repetitions = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        new AppendRates(Duration.ofSeconds(seconds), repetitions).run();
    }

    private void run() throws Exception {
        try (var server = new Server();
                var ours = new OurContender(server);
                var cold = new OurContender(server, 1);
                var axon = new AxonContender(server, 16);
                var raw = new RawContenders(server, CONNECTIONS)) {
            ours.open(TICKETS);
            cold.open(TICKETS);
            axon.open(TICKETS);
            var contenders = new ArrayList<Contender>(List.of(ours, axon));
            contenders.addAll(raw.all());
            System.out.printf(
                    "PostgreSQL %s, fsync on, %d processors, %d x %d s each, medians%n",
                    server.version(), Runtime.getRuntime().availableProcessors(), repetitions, duration.toSeconds());
            for (var contender : contenders) ClosedLoop.run(64, duration, unused -> contender.create());
            for (var repetition = 0; repetition < repetitions; repetition++) {
                for (var callers : CALLERS) {
                    for (var contender : contenders) {
                        measure("CreateTicket", contender, callers, unused -> contender.create());
                        if (!contender.comments()) continue;
                        // the tickets that were opened meanwhile are not those that are commented on
                        if (contender == ours) ours.warm();
                        comments(contender, callers);
                    }
                    comments(cold, callers);
                }
            }
            print(contenders, raw, cold);
        }
    }

    private void comments(Contender contender, int callers) throws Exception {
        var turn = new AtomicInteger(ThreadLocalRandom.current().nextInt(TICKETS));
        measure(
                "AddComment",
                contender,
                callers,
                unused -> contender.comment(Math.floorMod(turn.getAndIncrement(), TICKETS)));
    }

    private void measure(String command, Contender contender, int callers, ClosedLoop.Operation operation)
            throws Exception {
        results.computeIfAbsent(key(command, contender, callers), unused -> new ArrayList<>())
                .add(ClosedLoop.run(callers, duration, operation));
    }

    private static String key(String command, Contender contender, int callers) {
        return command + " " + contender.name() + " " + callers;
    }

    private void print(List<Contender> contenders, RawContenders raw, Contender cold) {
        System.out.printf("%n%-14s %-34s", "", "per second (p50 ms, p99 ms)");
        for (var callers : CALLERS) System.out.printf(" %24s", callers + " callers");
        System.out.println();
        for (var command : List.of("CreateTicket", "AddComment")) {
            var measured = new ArrayList<>(contenders);
            measured.add(1, cold);
            for (var contender : measured) {
                if (!results.containsKey(key(command, contender, CALLERS[0]))) continue;
                System.out.printf("%-14s %-34s", command, contender.name());
                for (var callers : CALLERS) System.out.printf(" %24s", figures(command, contender, callers));
                System.out.println();
            }
        }
        var ours = contenders.get(0);
        var axon = contenders.get(1);
        System.out.println();
        for (var callers : CALLERS) {
            var best = raw.all().stream()
                    .mapToDouble(contender -> rate("CreateTicket", contender, callers))
                    .max()
                    .orElseThrow();
            System.out.printf(
                    "%3d callers: CreateTicket %.2f x Axon JDBC, %.2f x the best raw inserts; AddComment %.2f x Axon"
                            + " JDBC, %.2f x when nothing is in memory%n",
                    callers,
                    rate("CreateTicket", ours, callers) / rate("CreateTicket", axon, callers),
                    rate("CreateTicket", ours, callers) / best,
                    rate("AddComment", ours, callers) / rate("AddComment", axon, callers),
                    rate("AddComment", cold, callers) / rate("AddComment", axon, callers));
        }
        var alone = raw.all().stream()
                .mapToDouble(contender -> p50("CreateTicket", contender, 1))
                .min()
                .orElseThrow();
        System.out.printf(
                "one caller: p50 %.3f ms, %.2f x the raw insert's %.3f ms%n",
                p50("CreateTicket", ours, 1) / 1e3, p50("CreateTicket", ours, 1) / alone, alone / 1e3);
    }

    private double p50(String command, Contender contender, int callers) {
        return median(results.getOrDefault(key(command, contender, callers), List.of()).stream()
                .mapToDouble(ClosedLoop.Result::p50Micros)
                .toArray());
    }

    private String figures(String command, Contender contender, int callers) {
        var runs = results.getOrDefault(key(command, contender, callers), List.of());
        return "%,.0f (%.1f, %.1f)"
                .formatted(
                        rate(command, contender, callers),
                        median(runs.stream()
                                        .mapToDouble(ClosedLoop.Result::p50Micros)
                                        .toArray())
                                / 1e3,
                        median(runs.stream()
                                        .mapToDouble(ClosedLoop.Result::p99Micros)
                                        .toArray())
                                / 1e3);
    }

    private double rate(String command, Contender contender, int callers) {
        return median(results.getOrDefault(key(command, contender, callers), List.of()).stream()
                .mapToDouble(ClosedLoop.Result::perSecond)
                .toArray());
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
