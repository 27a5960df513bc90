package dev.chronodesk.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Operations that begin at a given rate, however long those before take. Times count from when an operation should have
 * begun, so that a standstill is in the times of all that it kept waiting.
 */
final class OpenLoop {

    /**
     * What came of a run.
     *
     * @param offered operations that were begun a second
     * @param succeeded a second
     * @param failed a second
     * @param nanos of those that succeeded, sorted
     * @param failedNanos of those that failed, sorted
     */
    @SuppressWarnings("ArrayRecordComponent") // read once
    record Result(double offered, double succeeded, double failed, long[] nanos, long[] failedNanos) {

        double millis(double part) {
            return at(nanos, part);
        }

        double failedMillis(double part) {
            return at(failedNanos, part);
        }

        private static double at(long[] sorted, double part) {
            if (sorted.length == 0) return Double.NaN;
            return sorted[(int) Math.min(sorted.length - 1L, (long) (part * sorted.length))] / 1e6;
        }
    }

    /** One operation; an exception counts as a failure. */
    interface Operation {
        void run() throws Exception;
    }

    private OpenLoop() {}

    /** @param rate operations a second */
    static Result run(int rate, Duration duration, Operation operation) {
        var count = Math.toIntExact(rate * duration.toMillis() / 1000);
        var nanos = new long[count];
        var failedNanos = new long[count];
        var succeeded = new AtomicInteger();
        var failed = new AtomicInteger();
        var last = new AtomicLong();
        var begin = System.nanoTime();
        long begun;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var i = 0; i < count; i++) {
                var due = begin + i * TimeUnit.SECONDS.toNanos(1) / rate;
                for (var left = due - System.nanoTime(); left > 0; left = due - System.nanoTime())
                    LockSupport.parkNanos(left);
                threads.execute(() -> {
                    try {
                        operation.run();
                        var now = System.nanoTime();
                        nanos[succeeded.getAndIncrement()] = now - due;
                        last.accumulateAndGet(now, Math::max);
                    } catch (Exception e) {
                        failedNanos[failed.getAndIncrement()] = System.nanoTime() - due;
                    }
                });
            }
            begun = System.nanoTime();
        }
        var offering = (begun - begin) / 1e9;
        var seconds = Math.max(offering, (last.get() - begin) / 1e9);
        var done = Arrays.copyOf(nanos, succeeded.get());
        var refused = Arrays.copyOf(failedNanos, failed.get());
        Arrays.sort(done);
        Arrays.sort(refused);
        return new Result(count / offering, done.length / seconds, refused.length / offering, done, refused);
    }
}
