package dev.chronodesk.bench.faults;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/** Breaks things as often as it is told, and prints what came of it: one line for each kind of fault. */
final class Faults {

    private static final String USAGE =
            "usage: Faults <faults, such as node-kills=50,seeded=2000> <seed, or 0 for a new one> <packaged jar>"
                    + " [directory with bin/postgres]\nfaults: seeded, node-kills, postgres-kills, commit-cuts, pauses,"
                    + " slow, disk-full";

    private Faults() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 3 || arguments.length > 4) {
            System.err.println(USAGE);
            System.exit(2);
        }
        var given = Long.parseLong(arguments[1]);
        var seed = given == 0 ? System.nanoTime() & Integer.MAX_VALUE : given;
        var jar = Path.of(arguments[2]);
        if (!Files.exists(jar)) throw new IllegalArgumentException(jar + " does not exist: build the module app first");
        var binaries = arguments.length > 3 && !arguments[3].isBlank() ? Path.of(arguments[3]) : null;
        System.out.printf(
                "seed %d, %d processors, %s%n", seed, Runtime.getRuntime().availableProcessors(), arguments[0]);
        var scenarios = new Scenarios(jar, binaries, seed, System.out);
        var tallies = new ArrayList<Tally>();
        for (var fault : faults(arguments[0]).entrySet()) {
            var from = System.nanoTime();
            tallies.add(scenarios.run(fault.getKey(), fault.getValue()));
            System.out.printf("  %s: %.0f s%n", fault.getKey(), (System.nanoTime() - from) / 1e9);
        }
        System.out.println(Tally.HEADER);
        for (var tally : tallies) System.out.println(tally.line());
        System.exit(tallies.stream().allMatch(tally -> tally.findings().isEmpty()) ? 0 : 1);
    }

    private static Map<String, Integer> faults(String text) {
        var faults = new LinkedHashMap<String, Integer>();
        for (var part : text.split(",", -1)) {
            var at = part.indexOf('=');
            if (at < 1) throw new IllegalArgumentException(part + " is no fault with a number\n" + USAGE);
            faults.put(
                    part.substring(0, at).strip(),
                    Integer.parseInt(part.substring(at + 1).strip()));
        }
        return faults;
    }
}
