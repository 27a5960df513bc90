package dev.chronodesk.bench.faults.seeded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.bench.Server;
import dev.chronodesk.bench.faults.Tally;
import dev.chronodesk.bench.faults.checker.Rule;
import dev.chronodesk.query.LiveSchema;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;

/** Connections break everywhere, by a seed, and nothing is lost, doubled or folded wrongly. */
class SeededRunsSpec {

    private static final int RUNS = 120;

    @Test
    void broken_connections_lose_nothing_and_double_nothing() throws Exception {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("SeededRunsSpec -Dseed=" + seed);
        var tally = new Tally("seeded");
        try (var server = Server.young();
                var runs = new SeededRuns(server.database(), seed)) {
            for (var run = 0; run < RUNS; run++) runs.run(seed + run, tally);
            assertThat(tally.findings()).as("seed " + seed).isEmpty();
            assertThat(runs.checkTables()).as("seed " + seed).isEmpty();
            assertThat(tally.acknowledged()).isGreaterThan(RUNS * 8);
            assertThat(tally.resolved())
                    .as("some outcomes were unknown at first")
                    .isPositive();

            try (var connection = DriverManager.getConnection(server.url(), server.username(), server.password());
                    var statement = connection.createStatement()) {
                statement.execute("update " + LiveSchema.TABLES + ".tickets set comment_count = comment_count + 1"
                        + " where id = (select min(id::text)::uuid from " + LiveSchema.TABLES + ".tickets)");
                assertThat(runs.checkTables())
                        .as("a changed row is found")
                        .singleElement()
                        .satisfies(finding -> assertThat(finding.rule()).isEqualTo(Rule.TABLES_EQUAL_FOLD));
            }
        }
        System.out.println(Tally.HEADER + "\n" + tally.line());
    }
}
