package dev.chronodesk.db.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class StreamReadsSpec {

    @Test
    @Timeout(60)
    void everybody_gets_their_own_stream_and_many_share_a_question() throws Exception {
        var questions = new AtomicInteger();
        var reads = new StreamReads(streams -> {
            questions.incrementAndGet();
            pause();
            return streams.stream().map(StreamReadsSpec::event).toList();
        });
        var wanted = new ArrayList<UUID>();
        for (var i = 0; i < 2_000; i++) wanted.add(UUID.randomUUID());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Callable<List<StoredEvent>>>();
            for (var stream : wanted) all.add(() -> reads.read(stream));
            var answers = threads.invokeAll(all);
            for (var i = 0; i < wanted.size(); i++)
                assertThat(answers.get(i).get())
                        .singleElement()
                        .extracting(StoredEvent::streamId)
                        .isEqualTo(wanted.get(i));
        }
        assertThat(questions.get()).isLessThan(1_000);
    }

    @Test
    @Timeout(60)
    void what_comes_while_others_ask_is_not_forgotten() throws Exception {
        var reads = new StreamReads(
                streams -> streams.stream().map(StreamReadsSpec::event).toList());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Callable<Integer>>();
            for (var caller = 0; caller < 16; caller++)
                all.add(() -> {
                    var read = 0;
                    for (var i = 0; i < 5_000; i++)
                        read += reads.read(UUID.randomUUID()).size();
                    return read;
                });
            for (var answer : threads.invokeAll(all)) assertThat(answer.get()).isEqualTo(5_000);
        }
    }

    @Test
    @Timeout(60)
    void a_question_that_fails_fails_those_who_shared_it_and_nobody_after() throws Exception {
        var failing = new AtomicBoolean(true);
        var asked = new CountDownLatch(1);
        var reads = new StreamReads(streams -> {
            asked.countDown();
            if (failing.get()) throw new LogUnavailableException("the log cannot be read", null);
            return List.of();
        });
        assertThatExceptionOfType(LogUnavailableException.class).isThrownBy(() -> reads.read(UUID.randomUUID()));
        assertThat(asked.await(1, TimeUnit.SECONDS)).isTrue();
        failing.set(false);
        assertThat(reads.read(UUID.randomUUID())).isEmpty();
    }

    private static void pause() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static StoredEvent event(UUID stream) {
        return new StoredEvent(
                1,
                stream,
                0,
                "ticket",
                "TicketCreated",
                1,
                stream,
                Instant.EPOCH,
                Instant.EPOCH,
                new byte[0],
                new byte[0]);
    }
}
