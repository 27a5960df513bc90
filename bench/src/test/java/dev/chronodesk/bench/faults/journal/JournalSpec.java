package dev.chronodesk.bench.faults.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was sent is on disk before it is sent, and what is not known is unknown. */
class JournalSpec {

    private static final UUID SENDER = UUID.fromString("0199aaaa-0000-7000-8000-000000000001");

    @TempDir
    Path directory;

    @Test
    void what_is_written_is_read_back() throws Exception {
        var file = directory.resolve("journal");
        try (var journal = new Journal(file)) {
            journal.note(
                    journal.intend(SENDER, "a", "CreateTicket", "00", "node 1"),
                    new Outcome.Acknowledged(7, Map.of("s", 2), false, "{}"));
            journal.note(journal.intend(SENDER, "b", "ChangeStatus", "01", "node 2"), new Outcome.Refused(422, "rule"));
            journal.note(
                    journal.intend(SENDER, "c", "AddComment", "02", "node 1"), new Outcome.Unknown("broken \"off\"\n"));
        }
        var read = Journal.read(file);
        assertThat(read)
                .extracting(Sending::outcome)
                .containsExactly(
                        new Outcome.Acknowledged(7, Map.of("s", 2), false, "{}"),
                        new Outcome.Refused(422, "rule"),
                        new Outcome.Unknown("broken \"off\"\n"));
        assertThat(read.getFirst().intent()).isEqualTo(new Intent(1, SENDER, "a", "CreateTicket", "00", "node 1"));
    }

    @Test
    void an_intent_is_in_the_file_when_it_may_be_sent() throws Exception {
        var file = directory.resolve("journal");
        try (var journal = new Journal(file)) {
            journal.intend(SENDER, "a", "CreateTicket", "00", "node 1");
            assertThat(Journal.read(file)).singleElement().satisfies(sending -> {
                assertThat(sending.intent().key()).isEqualTo("a");
                assertThat(sending.outcome()).isInstanceOf(Outcome.Unknown.class);
            });
        }
    }

    @Test
    void a_line_that_was_cut_off_is_none() throws Exception {
        var file = directory.resolve("journal");
        try (var journal = new Journal(file)) {
            journal.intend(SENDER, "a", "CreateTicket", "00", "node 1");
        }
        Files.writeString(file, "{\"of\":1,\"posi", StandardOpenOption.APPEND);
        assertThat(Journal.read(file))
                .singleElement()
                .extracting(Sending::outcome)
                .isInstanceOf(Outcome.Unknown.class);
    }

    @Test
    void many_senders_get_numbers_of_their_own() throws Exception {
        var file = directory.resolve("journal");
        try (var journal = new Journal(file);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<java.util.concurrent.Future<Intent>>();
            IntStream.range(0, 500)
                    .forEach(i -> all.add(
                            threads.submit(() -> journal.intend(SENDER, "k" + i, "CreateTicket", "00", "node 1"))));
            for (var one : all) one.get();
        }
        assertThat(Journal.read(file))
                .extracting(sending -> sending.intent().send())
                .doesNotHaveDuplicates()
                .hasSize(500);
    }
}
