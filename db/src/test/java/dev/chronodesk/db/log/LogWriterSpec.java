package dev.chronodesk.db.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.log.Faults.Fault;
import dev.chronodesk.events.codec.EventCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What happens to appends when connections, neighbours or this process fail. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class LogWriterSpec {

    private final EventCodec codec = new EventCodec();
    private TestDatabase database;
    private Faults faults;

    @BeforeAll
    void open() {
        database = TestDatabase.create();
        faults = new Faults(database.database().write());
    }

    @AfterAll
    void close() {
        database.close();
    }

    private PostgresEventLog faulty(Fault... next) {
        return new PostgresEventLog(faults.next(next).source(), codec);
    }

    @Test
    void an_append_that_was_lost_on_its_way_is_sent_again() {
        var stream = Samples.id();
        try (var log = faulty(Fault.LOST_BEFORE)) {
            var appended = log.append(Samples.append(stream, 0, 2, Samples.receipt(Samples.id(), "lost")));
            assertThat(log.after(appended.firstPosition() - 1, 5))
                    .isEqualTo(log.stream(stream, 0))
                    .hasSize(2);
        }
        assertThat(faults.isUsedUp()).isTrue();
    }

    @Test
    void an_append_whose_answer_was_lost_is_found_and_not_written_twice() {
        var stream = Samples.id();
        try (var log = faulty(Fault.LOST_AFTER, Fault.LOST_BEFORE, Fault.LOST_AFTER)) {
            var before = log.head().position();

            var appended = log.append(Samples.append(stream, 0, 2, Samples.receipt(Samples.id(), "found")));

            assertThat(appended.firstPosition()).isEqualTo(before + 1);
            assertThat(appended.lastPosition()).isEqualTo(before + 2);
            assertThat(appended.recordedAt()).isEqualTo(log.head().recordedAt());
            assertThat(log.version(stream)).isEqualTo(2);
        }
        assertThat(faults.isUsedUp()).isTrue();
    }

    @Test
    void without_a_key_it_is_found_by_its_event() {
        var stream = Samples.id();
        try (var log = faulty(Fault.LOST_AFTER)) {
            var before = log.head().position();
            assertThat(log.append(Samples.append(stream, 0, 3)).lastPosition()).isEqualTo(before + 3);
            assertThat(log.version(stream)).isEqualTo(3);
        }
    }

    @Test
    void a_receipt_alone_whose_answer_was_lost_is_found() {
        var receipt = Samples.receipt(Samples.id(), "receipt alone");
        try (var log = faulty(Fault.LOST_AFTER)) {
            assertThat(log.append(Samples.only(receipt)).lastPosition())
                    .isEqualTo(log.receipt(receipt.principal(), receipt.key())
                            .orElseThrow()
                            .lastPosition());
        }
    }

    @Test
    void a_conflict_after_a_lost_answer_is_still_a_conflict() {
        var stream = Samples.id();
        var receipt = Samples.receipt(Samples.id(), "of another");
        database.log().append(Samples.append(stream, 0, 1, receipt));
        try (var log = faulty(Fault.LOST_AFTER, Fault.LOST_AFTER)) {
            assertThatExceptionOfType(AppendConflictException.class)
                    .isThrownBy(() -> log.append(Samples.append(stream, 0, 1)));
        }
        try (var log = faulty(Fault.LOST_AFTER)) {
            assertThatExceptionOfType(ReceiptExistsException.class)
                    .isThrownBy(() -> log.append(Samples.append(Samples.id(), 0, 1, receipt)));
        }
    }

    @Test
    void an_outcome_that_cannot_be_learnt_is_unknown_and_the_same_key_finds_out() {
        var stream = Samples.id();
        var receipt = Samples.receipt(Samples.id(), "unknown");
        try (var log = faulty(Fault.LOST_AFTER, Fault.LOST_BEFORE, Fault.LOST_BEFORE, Fault.LOST_BEFORE)) {
            assertThatExceptionOfType(LogUnavailableException.class)
                    .isThrownBy(() -> log.append(Samples.append(stream, 0, 1, receipt)));
            assertThat(faults.isUsedUp()).isTrue();
            assertThatExceptionOfType(ReceiptExistsException.class)
                    .isThrownBy(() -> log.append(Samples.append(stream, 0, 1, receipt)));
            assertThat(log.version(stream)).isEqualTo(1);
        }
    }

    @Test
    void an_error_fails_its_batch_and_the_next_one_is_written() {
        try (var log = faulty(Fault.ERROR)) {
            assertThatExceptionOfType(LogUnavailableException.class)
                    .isThrownBy(() -> log.append(Samples.append(Samples.id(), 0, 1)))
                    .havingRootCause()
                    .isInstanceOf(StackOverflowError.class);
            var stream = Samples.id();
            log.append(Samples.append(stream, 0, 1));
            assertThat(log.version(stream)).isEqualTo(1);
        }
    }

    @Test
    void what_the_database_refuses_does_not_fail_its_neighbours() throws Exception {
        var streams = List.of(Samples.id(), Samples.id());
        // as if the check on the caller's side had missed it
        var refused = new Entry(List.of(), Samples.receipt(Samples.id(), "x".repeat(256)));
        var writer = new LogWriter(database.database().write(), 100, 100, Duration.ofSeconds(30), head -> {});
        try (writer) {
            var answers = new ArrayList<CompletableFuture<LogWriter.Answer>>();
            try (var lock = new AppendLock(database.superuser())) {
                answers.add(writer.offer(Entry.of(Samples.append(Samples.id(), 0, 1), codec)));
                lock.awaitWaiter();
                answers.add(writer.offer(Entry.of(Samples.append(streams.get(0), 0, 1), codec)));
                answers.add(writer.offer(refused));
                answers.add(writer.offer(Entry.of(Samples.append(streams.get(1), 0, 1), codec)));
            }
            for (var durable : List.of(0, 1, 3))
                assertThat(answers.get(durable).get(20, TimeUnit.SECONDS).fate())
                        .isInstanceOf(Batch.Fate.Durable.class);
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> answers.get(2).get(20, TimeUnit.SECONDS))
                    .withRootCauseInstanceOf(java.sql.SQLException.class);
        }
        for (var stream : streams) assertThat(database.log().version(stream)).isEqualTo(1);
    }

    @Test
    void too_many_waiting_appends_are_refused_at_once() throws Exception {
        var full = new PostgresEventLog(database.database().write(), codec, 3, 10);
        try (full;
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = new ArrayList<CompletableFuture<Appended>>();
            try (var lock = new AppendLock(database.superuser())) {
                waiting.add(
                        CompletableFuture.supplyAsync(() -> full.append(Samples.append(Samples.id(), 0, 1)), executor));
                lock.awaitWaiter();
                for (var i = 0; i < 3; i++)
                    waiting.add(CompletableFuture.supplyAsync(
                            () -> full.append(Samples.append(Samples.id(), 0, 1)), executor));
                // three wait in the queue or soon will; then there is no room
                var refusals = 0;
                while (refusals == 0) {
                    try {
                        waiting.add(refusing(full, executor));
                    } catch (LogUnavailableException refused) {
                        refusals++;
                        assertThat(refused).hasMessageContaining("too many");
                    }
                }
            }
            var durable = 0;
            for (var append : waiting) {
                try {
                    append.get(20, TimeUnit.SECONDS);
                    durable++;
                } catch (ExecutionException refused) {
                    assertThat(refused).hasCauseInstanceOf(LogUnavailableException.class);
                }
            }
            assertThat(durable).isEqualTo(4);
        }
    }

    private static CompletableFuture<Appended> refusing(
            PostgresEventLog log, java.util.concurrent.ExecutorService executor) throws Exception {
        var append = CompletableFuture.supplyAsync(() -> log.append(Samples.append(Samples.id(), 0, 1)), executor);
        try {
            append.get(100, TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException waits) {
            return append;
        } catch (ExecutionException e) {
            throw (LogUnavailableException) e.getCause();
        }
        throw new AssertionError("nothing can be appended while the lock is held");
    }

    @Test
    void closing_writes_what_waits_and_refuses_what_comes() throws Exception {
        var log = new PostgresEventLog(database.database().write(), codec);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = new ArrayList<CompletableFuture<Appended>>();
            CompletableFuture<Void> closed;
            try (var lock = new AppendLock(database.superuser())) {
                for (var i = 0; i < 50; i++)
                    waiting.add(CompletableFuture.supplyAsync(
                            () -> log.append(Samples.append(Samples.id(), 0, 1)), executor));
                lock.awaitWaiter();
                Thread.sleep(200);
                closed = CompletableFuture.runAsync(log::close, executor);
                Thread.sleep(100);
                assertThat(closed).isNotDone();
                assertThatExceptionOfType(LogUnavailableException.class)
                        .isThrownBy(() -> log.append(Samples.append(Samples.id(), 0, 1)))
                        .withMessageContaining("closing");
            }
            closed.get(20, TimeUnit.SECONDS);
            for (var append : waiting)
                assertThat(append.get(20, TimeUnit.SECONDS).lastPosition()).isPositive();
        }
    }

    @Test
    void a_caller_that_is_alone_makes_the_call_itself() throws Exception {
        var callers = new ConcurrentLinkedQueue<Thread>();
        var source = faults.watched(() -> callers.add(Thread.currentThread()));
        try (var log = new PostgresEventLog(source, codec)) {
            awaitIdle();
            log.append(Samples.append(Samples.id(), 0, 1, Samples.receipt(Samples.id(), "alone")));
            assertThat(callers).containsExactly(Thread.currentThread());
        }
    }

    @Test
    void whoever_comes_while_a_caller_makes_the_call_is_written_next() throws Exception {
        try (var log = new PostgresEventLog(database.database().write(), codec);
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            awaitIdle();
            var all = new ArrayList<CompletableFuture<Appended>>();
            try (var lock = new AppendLock(database.superuser())) {
                for (var i = 0; i < 20; i++) {
                    var key = Samples.receipt(Samples.id(), "key " + i);
                    all.add(CompletableFuture.supplyAsync(
                            () -> log.append(Samples.append(Samples.id(), 0, 1, key)), executor));
                    if (i == 0) lock.awaitWaiter();
                }
            }
            for (var append : all)
                assertThat(append.get(20, TimeUnit.SECONDS).lastPosition()).isPositive();
        }
    }

    @Test
    void a_caller_whose_own_call_hangs_is_told_so_in_time() throws Exception {
        var patience = Duration.ofSeconds(1);
        try (var writer = new LogWriter(database.database().write(), 100, 100, patience, head -> {})) {
            awaitIdle();
            var entry = Entry.of(Samples.append(Samples.id(), 0, 1, Samples.receipt(Samples.id(), "hangs")), codec);
            try (var lock = new AppendLock(database.superuser());
                    var executor = Executors.newVirtualThreadPerTaskExecutor()) {
                var call = executor.submit(() -> writer.append(entry).get());
                lock.awaitWaiter();
                assertThatExceptionOfType(ExecutionException.class)
                        .isThrownBy(() -> call.get(10, TimeUnit.SECONDS))
                        .havingRootCause()
                        .withMessageContaining("not known");
            }
            assertThat(writer.append(Entry.of(Samples.append(Samples.id(), 0, 1), codec))
                            .get(10, TimeUnit.SECONDS)
                            .fate())
                    .isInstanceOf(Batch.Fate.Durable.class);
        }
    }

    /** The writer's thread has found nothing to do and sleeps; a moment later it would be it that writes. */
    private static void awaitIdle() throws InterruptedException {
        Thread.sleep(300);
    }
}
