package dev.chronodesk.command.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.chronodesk.db.log.LogUnavailableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class AdmissionSpec {

    @Test
    void what_is_one_too_many_is_refused_and_its_work_not_begun() throws Exception {
        var admission = new Admission(2);
        var begun = new CountDownLatch(2);
        var end = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = CompletableFuture.supplyAsync(() -> admission.admit(() -> until(begun, end)), threads);
            var second = CompletableFuture.supplyAsync(() -> admission.admit(() -> until(begun, end)), threads);
            begun.await();
            assertThat(admission.full()).isTrue();
            assertThatExceptionOfType(LogUnavailableException.class)
                    .isThrownBy(() -> admission.admit(() -> {
                        throw new AssertionError("begun");
                    }))
                    .withMessageContaining("nothing was done");
            end.countDown();
            assertThat(first.get()).isEqualTo("done");
            assertThat(second.get()).isEqualTo("done");
        }
        assertThat(admission.full()).isFalse();
        assertThat(admission.admit(() -> "done")).isEqualTo("done");
    }

    @Test
    void work_that_fails_gives_its_place_back() {
        var admission = new Admission(1);
        for (var i = 0; i < 3; i++)
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> admission.admit(() -> {
                        throw new IllegalStateException("failed");
                    }));
        assertThat(admission.underWay()).isZero();
    }

    private static String until(CountDownLatch begun, CountDownLatch end) {
        begun.countDown();
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return "done";
    }
}
