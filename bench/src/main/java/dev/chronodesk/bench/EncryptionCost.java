package dev.chronodesk.bench;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code CreateTicket} with and without encryption, in turns in one process on one PostgreSQL. */
final class EncryptionCost {

    private static final int CALLERS = 256;

    /** @param cpuMicros of this process, for one command */
    private record Turn(double perSecond, double cpuMicros) {}

    private EncryptionCost() {}

    /** @param arguments seconds of each turn (4) and how many of each (12) */
    public static void main(String[] arguments) throws Exception {
        var duration = Duration.ofSeconds(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 4);
        var repetitions = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 12;
        try (var server = new Server();
                var sealing = new OurContender(server);
                var plain = OurContender.unencrypted(server)) {
            System.out.printf(
                    "PostgreSQL %s, fsync on, %d processors, %d callers, %d x %d s each, medians%n",
                    server.version(),
                    Runtime.getRuntime().availableProcessors(),
                    CALLERS,
                    repetitions,
                    duration.toSeconds());
            var contenders = List.of(sealing, plain);
            for (var contender : contenders) turn(contender, duration.multipliedBy(2));
            var turns = new LinkedHashMap<OurContender, List<Turn>>();
            for (var contender : contenders) turns.put(contender, new ArrayList<>());
            for (var i = 0; i < repetitions; i++)
                for (var each : turns.entrySet()) each.getValue().add(turn(each.getKey(), duration));
            print(turns);
            System.out.printf(
                    "with encryption %.2f x the commands a second%n",
                    rate(turns.getOrDefault(sealing, List.of())) / rate(turns.getOrDefault(plain, List.of())));
        }
    }

    private static void print(Map<OurContender, List<Turn>> turns) {
        for (var each : turns.entrySet())
            System.out.printf(
                    "%-28s %,.0f commands/s, %.1f us of this process a command%n",
                    each.getKey().name(),
                    rate(each.getValue()),
                    Figures.median(each.getValue().stream().map(Turn::cpuMicros).toList()));
    }

    private static double rate(List<Turn> turns) {
        return Figures.median(turns.stream().map(Turn::perSecond).toList());
    }

    private static Turn turn(OurContender contender, Duration duration) throws Exception {
        var before = cpuNanos();
        var result = ClosedLoop.run(CALLERS, duration, unused -> contender.create());
        var commands = result.perSecond() * duration.toSeconds();
        return new Turn(result.perSecond(), (cpuNanos() - before) / 1e3 / commands);
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
