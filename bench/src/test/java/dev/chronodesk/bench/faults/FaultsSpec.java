package dev.chronodesk.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A short version of what the main class does for long: real processes are killed and cut off, and everything is
 * checked. The jar is there when the whole build runs; without it only a build server insists.
 */
class FaultsSpec {

    @ParameterizedTest(name = "{0}, {1} times")
    @CsvSource({"node-kills, 3", "postgres-kills, 2", "commit-cuts, 10"})
    void nothing_is_lost_doubled_or_folded_wrongly(String fault, int times) throws Exception {
        var jar = jar();
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("FaultsSpec -Dseed=" + seed);
        var tally = new Scenarios(jar, null, seed, System.out).run(fault, times);
        System.out.println(Tally.HEADER + "\n" + tally.line());
        assertThat(tally.findings()).as("seed " + seed).isEmpty();
        assertThat(tally.runs()).isEqualTo(times);
        assertThat(tally.acknowledged()).isPositive();
    }

    private static Path jar() throws IOException {
        var target = Path.of("../app/target");
        if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
                var jar = files.filter(file -> file.getFileName().toString().endsWith("-exec.jar"))
                        .findFirst();
                if (jar.isPresent()) return jar.orElseThrow();
            }
        }
        var message = "the module app is not packaged, so there is no node to kill: run mvn verify";
        if (Boolean.parseBoolean(System.getenv("CI"))) throw new IllegalStateException(message);
        System.out.println("FaultsSpec is skipped: " + message);
        Assumptions.abort(message);
        throw new IllegalStateException(message);
    }
}
