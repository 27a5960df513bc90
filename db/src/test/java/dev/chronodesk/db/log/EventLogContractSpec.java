package dev.chronodesk.db.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chronodesk.db.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EventLogContractSpec {

    private TestDatabase database;
    private EventLog log;

    @BeforeAll
    void open() {
        database = TestDatabase.create();
        log = database.log();
    }

    @AfterAll
    void close() {
        database.close();
    }

    @Test
    void an_append_is_read_back_by_stream_and_by_position() {
        var stream = Samples.id();
        var append = Samples.append(stream, 0, 3);
        var before = log.head().position();

        var appended = log.append(append);

        assertThat(appended.firstPosition()).isEqualTo(before + 1);
        assertThat(appended.lastPosition()).isEqualTo(before + 3);
        var read = log.stream(stream, 0);
        assertThat(read)
                .extracting(Recorded::event)
                .containsExactlyElementsOf(
                        append.events().stream().map(NewEvent::event).toList());
        assertThat(read).extracting(Recorded::seq).containsExactly(0, 1, 2);
        assertThat(log.after(before, 10)).isEqualTo(read);
        assertThat(log.version(stream)).isEqualTo(3);
    }

    @Test
    void a_conflict_is_refused() {
        var stream = Samples.id();
        log.append(Samples.append(stream, 0, 1));
        assertThatThrownBy(() -> log.append(Samples.append(stream, 0, 1))).isInstanceOf(AppendConflictException.class);
        assertThatThrownBy(() -> log.append(Samples.append(stream, 2, 1))).isInstanceOf(AppendConflictException.class);
    }

    @Test
    void a_key_is_used_once() {
        var receipt = Samples.receipt(Samples.id(), "k");
        var appended = log.append(Samples.append(Samples.id(), 0, 2, receipt));
        assertThatThrownBy(() -> log.append(Samples.append(Samples.id(), 0, 1, receipt)))
                .isInstanceOfSatisfying(ReceiptExistsException.class, known -> {
                    assertThat(known.receipt().firstPosition()).isEqualTo(appended.firstPosition());
                    assertThat(known.receipt().lastPosition()).isEqualTo(appended.lastPosition());
                });
    }
}
