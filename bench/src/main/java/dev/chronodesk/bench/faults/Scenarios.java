package dev.chronodesk.bench.faults;

import dev.chronodesk.bench.Server;
import dev.chronodesk.bench.faults.checker.Finding;
import dev.chronodesk.bench.faults.checker.Rule;
import dev.chronodesk.bench.faults.nodes.Node;
import dev.chronodesk.bench.faults.proxy.Cut;
import dev.chronodesk.bench.faults.proxy.Kind;
import dev.chronodesk.bench.faults.seeded.SeededRuns;
import dev.chronodesk.db.FaultPoints;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What can break, one kind of fault after the other, each on a fleet of its own. */
final class Scenarios {

    private static final int SENDERS = 6;

    /** So many starts of nodes pay for preparing them. */
    private static final int WORTH_PREPARING = 8;

    /** Longer than the lease of the follower, so that another node takes over. */
    private static final Duration PAUSE = Duration.ofSeconds(8);

    private static final List<String> POINTS = List.of(
            FaultPoints.APPEND_SENDING,
            FaultPoints.APPEND_COMMITTED,
            FaultPoints.COMMAND_ACKNOWLEDGING,
            FaultPoints.FOLD_WRITING,
            FaultPoints.FOLD_COMMITTED);

    private final Path jar;
    private final @Nullable Path binaries;
    private final long seed;
    private final PrintStream out;

    Scenarios(Path jar, @Nullable Path binaries, long seed, PrintStream out) {
        this.jar = jar;
        this.binaries = binaries;
        this.seed = seed;
        this.out = out;
    }

    private interface Faults {
        void make(Fleet fleet, Tally tally) throws Exception;
    }

    /** Runs one kind of fault that often. */
    Tally run(String fault, int times) throws Exception {
        return switch (fault) {
            case "seeded" -> seeded(times);
            case "node-kills" -> onFleet(fault, 3, false, times, (fleet, tally) -> nodeKills(fleet, tally, times));
            case "postgres-kills" -> onFleet(fault, 2, false, 0, (fleet, tally) -> postgresKills(fleet, tally, times));
            case "commit-cuts" -> onFleet(fault, 2, true, 0, (fleet, tally) -> commitCuts(fleet, tally, times));
            case "pauses" -> onFleet(fault, 2, false, 0, (fleet, tally) -> pauses(fleet, tally, times));
            case "slow" -> onFleet(fault, 2, true, 0, (fleet, tally) -> slow(fleet, tally, times));
            case "disk-full" -> diskFull(times);
            default -> throw new IllegalArgumentException("no fault is called " + fault);
        };
    }

    private Tally seeded(int times) throws Exception {
        var tally = new Tally("seeded");
        try (var server = Server.young();
                var runs = new SeededRuns(server.database(), seed)) {
            for (var run = 0; run < times; run++) runs.run(seed + run, tally);
            tally.found(runs.checkTables());
        }
        report(tally.findings(), null);
        return tally;
    }

    private Tally onFleet(String fault, int nodes, boolean throughProxy, int starts, Faults faults) throws Exception {
        var directory = Files.createTempDirectory("chronodesk-faults-" + fault + "-");
        return onFleet(fault, directory, directory.resolve("database"), nodes, throughProxy, starts, faults);
    }

    private Tally onFleet(
            String fault, Path directory, Path home, int nodes, boolean throughProxy, int starts, Faults faults)
            throws Exception {
        var tally = new Tally(fault);
        var findings = new ArrayList<Finding>();
        try (var fleet =
                new Fleet(directory, home, jar, binaries, nodes, throughProxy, starts >= WORTH_PREPARING, seed)) {
            try {
                fleet.load().start(SENDERS);
                faults.make(fleet, tally);
                findings.addAll(fleet.check(tally));
            } catch (IOException e) {
                // what does not come back is a finding like any other
                var finding = new Finding(Rule.UNKNOWN_RESOLVES, fault, String.valueOf(e.getMessage()));
                findings.add(finding);
                tally.found(List.of(finding));
            }
        } finally {
            if (findings.isEmpty()) delete(directory);
        }
        report(findings, directory);
        return tally;
    }

    private void report(List<Finding> findings, @Nullable Path directory) {
        if (findings.isEmpty()) return;
        out.println("seed " + seed + (directory == null ? "" : ", everything is kept in " + directory));
        for (var finding : findings.subList(0, Math.min(20, findings.size()))) out.println("  " + finding);
        if (findings.size() > 20) out.println("  and " + (findings.size() - 20) + " more");
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) return;
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        }
    }

    /** Every other node gets a place at which it ends itself; the rest is killed at some moment. */
    private void nodeKills(Fleet fleet, Tally tally, int times) throws Exception {
        var random = fleet.random();
        var atPoints = 0;
        for (var i = 0; i < times; i++) {
            var victim = choose(fleet, random);
            if (victim.faultPoint() != null) {
                // a place that only the follower passes may never come
                if (victim.ends(Duration.ofSeconds(3))) atPoints++;
                else victim.kill();
            } else {
                Thread.sleep(random.nextInt(500));
                victim.kill();
            }
            var from = System.nanoTime();
            tally.ran();
            var point = random.nextInt(4) == 0 ? null : POINTS.get(i % POINTS.size()) + ":" + (1 + random.nextInt(20));
            var fresh = fleet.launch(point);
            fleet.replace(victim, fresh);
            tally.recovered(fleet.recovered(from));
            fresh.awaitServing();
        }
        out.println("  node-kills: " + atPoints + " of " + times + " at named points");
        replaceEnded(fleet);
    }

    /** One with a place first: it ends by itself at any moment. */
    private static Node choose(Fleet fleet, Random random) {
        var nodes = new ArrayList<>(fleet.nodes());
        java.util.Collections.shuffle(nodes, random);
        return nodes.stream()
                .filter(node -> node.faultPoint() != null)
                .findFirst()
                .orElse(nodes.getFirst());
    }

    private static void replaceEnded(Fleet fleet) throws IOException, InterruptedException {
        for (var node : fleet.nodes()) {
            if (node.faultPoint() == null && node.isServing()) continue;
            node.close();
            var fresh = fleet.launch(null);
            fleet.replace(node, fresh);
            fresh.awaitServing();
        }
    }

    private void postgresKills(Fleet fleet, Tally tally, int times) throws Exception {
        var random = fleet.random();
        for (var i = 0; i < times; i++) {
            Thread.sleep(200 + random.nextInt(600));
            var from = System.nanoTime();
            if (random.nextInt(3) == 0) fleet.postgres().stopImmediately();
            else fleet.postgres().kill();
            tally.ran();
            fleet.postgres().start();
            tally.recovered(fleet.recovered(from));
        }
    }

    private void commitCuts(Fleet fleet, Tally tally, int times) throws Exception {
        var random = fleet.random();
        for (var i = 0; i < times; ) {
            // now and then more in a row than the log tries again: then the sender has to
            var row = Math.min(times - i, random.nextInt(12) == 0 ? 6 : 1);
            var kind = random.nextInt(6) == 0 ? Kind.COMMIT : Kind.APPEND;
            var cuts = new ArrayList<Future<Void>>();
            for (var k = 0; k < row; k++)
                cuts.add(fleet.proxy().cut(kind, random.nextInt(3) == 0 ? Cut.BEFORE : Cut.AFTER));
            for (var cut : cuts) if (await(cut)) tally.ran();
            var from = System.nanoTime();
            i += row;
            fleet.proxy().forget();
            if (i % 10 == 0) tally.recovered(fleet.recovered(from));
            else Thread.sleep(20 + random.nextInt(60));
        }
    }

    private static boolean await(Future<Void> cut) throws InterruptedException, ExecutionException {
        try {
            cut.get(10, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    private void pauses(Fleet fleet, Tally tally, int times) throws Exception {
        for (var i = 0; i < times; i++) {
            var paused = fleet.nodes().get(i % fleet.nodes().size());
            var others = new ArrayList<>(fleet.nodes());
            paused.pause();
            var from = System.nanoTime();
            try {
                fleet.nodes().remove(paused);
                tally.ran();
                tally.recovered(fleet.recovered(from));
                Thread.sleep(Math.max(0, PAUSE.toMillis() - (System.nanoTime() - from) / 1_000_000));
            } finally {
                paused.resume();
                fleet.nodes().clear();
                fleet.nodes().addAll(others);
            }
            Thread.sleep(1000);
        }
    }

    /** Every commit takes so much longer, as on a slow disk or far away; nothing else may change. */
    private void slow(Fleet fleet, Tally tally, int times) throws Exception {
        for (var i = 0; i < times; i++) {
            fleet.proxy().slow(Duration.ofMillis(20L << i % 5));
            tally.ran();
            Thread.sleep(2000);
            tally.recovered(fleet.recovered(System.nanoTime()));
        }
        fleet.proxy().slow(Duration.ZERO);
    }

    /** The data lie in a small file system that is filled up. */
    private Tally diskFull(int times) throws Exception {
        if (!ProcessHandle.current().info().user().orElse("").equals("root")) {
            out.println("  disk-full: skipped, only root can mount a small file system");
            return new Tally("disk-full");
        }
        var small = Files.createTempDirectory("chronodesk-faults-small-");
        if (run("mount", "-t", "tmpfs", "-o", "size=600m", "tmpfs", small.toString()) != 0) {
            out.println("  disk-full: skipped, no small file system can be mounted");
            delete(small);
            return new Tally("disk-full");
        }
        try {
            return onFleet(
                    "disk-full",
                    Files.createTempDirectory("chronodesk-faults-disk-full-"),
                    small.resolve("database"),
                    1,
                    false,
                    0,
                    (fleet, tally) -> fill(fleet, tally, small.resolve("ballast"), times));
        } finally {
            // what is in it goes with it; journal and logs are elsewhere
            if (run("umount", small.toString()) != 0) out.println("  disk-full: " + small + " is still mounted");
            else delete(small);
        }
    }

    private void fill(Fleet fleet, Tally tally, Path ballast, int times) throws Exception {
        for (var i = 0; i < times; i++) {
            Thread.sleep(1000);
            try (var file = Files.newOutputStream(ballast)) {
                var block = new byte[65536];
                while (true) file.write(block);
            } catch (IOException e) {
                // full
            }
            tally.ran();
            Thread.sleep(8000);
            Files.delete(ballast);
            var from = System.nanoTime();
            Thread.sleep(2000);
            if (!fleet.postgres().isAlive()) {
                out.println("  disk-full: PostgreSQL had stopped and was started by hand");
                fleet.postgres().start();
            }
            tally.recovered(fleet.recovered(from));
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
