package dev.chronodesk.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.query.LiveSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineSpec {

    static final String SAMPLE = "../samples/servicenow-sample.csv";

    @TempDir
    Path directory;

    @Test
    void help_lists_the_commands_that_exist_and_the_exit_codes() {
        var help = Ran.with("--help");
        assertThat(help.code()).isZero();
        assertThat(help.output()).contains("serve", "import", "rebuild", "replay", "export", "wrong usage");
        for (var later : List.of("verify", "doctor"))
            assertThat(help.output()).doesNotContainPattern("(?m)^  " + later);
        assertThat(Ran.with("import", "--help").output()).contains("FILE");
    }

    @Test
    void version_says_which_one() {
        assertThat(Ran.with("--version").output()).startsWith("Chronodesk ");
    }

    @ParameterizedTest
    @CsvSource({
        "quux",
        "--nonsense",
        "import",
        "serve now",
        "import a.csv b.csv",
        "import a.txt",
        "rebuild --fast",
        "replay now",
        "export",
        "export here --format xml",
        "keys",
        "keys destroy",
        "keys destroy me"
    })
    void wrong_usage_is_2(String line) {
        var ran = Ran.with(line.split(" "));
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.output()).contains("Usage:");
    }

    @Test
    void a_replay_says_what_is_in_each_table_and_leaves_nothing() throws Exception {
        try (var database = TestDatabase.create()) {
            assertThat(Ran.on(database, "import", SAMPLE).code()).isIn(0, 3);
            var whole = Ran.on(database, "replay");
            assertThat(whole.code()).as(whole.output()).isZero();
            assertThat(whole.output())
                    .contains("folded up to position " + database.log().head().position(), "events/s")
                    .containsPattern("(?m)^tickets +[1-9][0-9]* rows  sha256 [0-9a-f]{64}$");
            var empty = Ran.on(database, "replay", "--as-of", "2020-01-01T00:00:00Z");
            assertThat(empty.output()).containsPattern("(?m)^tickets +0 rows");
            for (var bad : List.of("soon", "999999999", "2999-01-01T00:00:00Z")) {
                var refused = Ran.on(database, "replay", "--as-of", bad);
                assertThat(refused.code()).isEqualTo(2);
                assertThat(refused.output()).contains("--as-of: ");
            }
        }
    }

    /** What the Parquet library names in its signatures is not there, as in the packaged service. */
    @Test
    void an_export_writes_a_directory_once() {
        try (var database = TestDatabase.create()) {
            assertThat(Ran.on(database, "import", SAMPLE).code()).isIn(0, 3);
            var target = directory.resolve("tables");
            assertThat(Ran.on(database, "export", target.toString()))
                    .satisfies(ran -> assertThat(ran.code()).isEqualTo(1))
                    .satisfies(ran -> assertThat(ran.output()).contains("not built yet"));
            assertThat(Ran.on(database, "rebuild").code()).isZero();
            var ran = Ran.on(database, "export", target.toString());
            assertThat(ran.code()).as(ran.output()).isZero();
            assertThat(ran.output())
                    .contains("as of position " + database.log().head().position())
                    .containsPattern("(?m)^tickets +12 rows +[0-9]+ bytes  sha256 [0-9a-f]{64}$");
            assertThat(target.resolve("tickets.parquet")).isNotEmptyFile();
            assertThat(Ran.on(database, "export", target.toString()).output()).contains("exists already");
            var csv = directory.resolve("csv");
            assertThat(Ran.on(database, "export", csv.toString(), "tickets", "--format", "csv")
                            .code())
                    .isZero();
            assertThat(csv.resolve("tickets.csv")).isNotEmptyFile();
            assertThat(csv.resolve("profiles.csv")).doesNotExist();
        }
    }

    @Test
    void an_import_ends_with_its_counts() {
        try (var database = TestDatabase.create()) {
            var first = Ran.on(database, "import", SAMPLE);
            assertThat(first.code()).as(first.output()).isZero();
            assertThat(first.output())
                    .containsPattern("50 rows: \\d+ events added, \\d+ rows skipped, 0 rows rejected");
            var second = Ran.on(database, "import", SAMPLE);
            assertThat(second.code()).isZero();
            assertThat(second.output()).contains("50 rows: 0 events added, 50 rows skipped, 0 rows rejected");
        }
    }

    @Test
    void an_import_with_rejected_rows_is_3_and_names_them() throws IOException {
        var lines = new ArrayList<>(Files.readAllLines(Path.of(SAMPLE)));
        lines.set(4, "what,is,this");
        var file = Files.write(directory.resolve("broken.csv"), lines);
        try (var database = TestDatabase.create()) {
            var ran = Ran.on(database, "import", file.toString());
            assertThat(ran.code()).isEqualTo(3);
            assertThat(ran.output()).contains("line 5 rejected: 3 columns", "1 rows rejected");
        }
    }

    @Test
    void a_file_that_cannot_be_used_is_1_and_says_why() throws IOException {
        var other = Files.writeString(directory.resolve("other.csv"), "a,b\n1,2\n");
        try (var database = TestDatabase.create()) {
            assertThat(Ran.on(database, "import", other.toString()))
                    .satisfies(ran -> assertThat(ran.code()).isEqualTo(1))
                    .satisfies(ran -> assertThat(ran.output()).contains("lacks the columns number"));
            assertThat(Ran.on(
                            database, "import", directory.resolve("none.csv.gz").toString()))
                    .satisfies(ran -> assertThat(ran.code()).isEqualTo(1))
                    .satisfies(ran -> assertThat(ran.output()).contains("none.csv.gz"));
        }
    }

    @Test
    void a_rebuild_gives_the_same_tables_row_by_row() throws Exception {
        var desk = TestDesk.start();
        try {
            var agent = desk.person("ari", "agent");
            var ticket = desk.ticket(agent, "Printer on fire");
            desk.command(
                            agent,
                            "AddComment",
                            java.util.Map.of("ticketId", ticket, "body", "Hello", "visibility", "public"))
                    .ok();
            assertThat(Ran.on(desk.database(), "import", SAMPLE).code()).isZero();
            desk.read(agent, "tickets");
            try (var sql = desk.database().superuser()) {
                var followed = KilledServiceSpec.tables(sql);
                assertThat(followed).containsKeys("tickets", "ticket_comments", "ticket_events", "profiles", "teams");
                try (var statement = sql.createStatement()) {
                    // what nobody folded must be gone afterwards
                    statement.execute("update " + LiveSchema.TABLES + ".tickets set subject = 'forged'");
                }
                assertThat(KilledServiceSpec.tables(sql)).isNotEqualTo(followed);
                var ran = Ran.on(desk.database(), "rebuild");
                assertThat(ran.code()).as(ran.output()).isZero();
                assertThat(ran.output()).contains("stand at position " + desk.head(), " events/s in ");
                assertThat(KilledServiceSpec.tables(sql)).isEqualTo(followed);
            }
            desk.ticket(agent, "The service goes on");
            assertThat(desk.read(agent, "tickets?subject=eq." + TestDesk.encoded("The service goes on")))
                    .hasSize(1);
        } finally {
            desk.close();
        }
    }
}
