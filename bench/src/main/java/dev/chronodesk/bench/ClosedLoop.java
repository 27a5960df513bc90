package dev.chronodesk.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** Callers that each do one thing after the other, as fast as they are answered. */
public final class ClosedLoop {

    /**
     * What came of a run.
     *
     * @param perSecond finished operations a second
     * @param p50Micros median time of one operation, in microseconds
     * @param p99Micros the same for the slowest hundredth
     */
    public record Result(double perSecond, double p50Micros, double p99Micros) {}

    /** One caller's operation; {@code caller} counts from 0. */
    public interface Operation {
        void run(int caller) throws Exception;
    }

    private ClosedLoop() {}

    /** Runs the operation with so many callers for about that long. An operation that fails ends the run. */
    public static Result run(int callers, Duration duration, Operation operation) throws Exception {
        var ready = new CountDownLatch(callers);
        var start = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = IntStream.range(0, callers)
                    .mapToObj(caller -> threads.submit(timed(caller, duration, operation, ready, start)))
                    .toList();
            ready.await();
            var from = System.nanoTime();
            start.countDown();
            var times = new long[callers][];
            for (var caller = 0; caller < callers; caller++) times[caller] = get(running.get(caller));
            var seconds = (System.nanoTime() - from) / 1e9;
            var all =
                    Arrays.stream(times).flatMapToLong(Arrays::stream).sorted().toArray();
            return new Result(all.length / seconds, at(all, 0.50), at(all, 0.99));
        }
    }

    private static Callable<long[]> timed(
            int caller, Duration duration, Operation operation, CountDownLatch ready, CountDownLatch start) {
        return () -> {
            ready.countDown();
            start.await();
            var nanos = new long[1024];
            var count = 0;
            var end = System.nanoTime() + duration.toNanos();
            for (var now = System.nanoTime(); now < end; ) {
                operation.run(caller);
                var done = System.nanoTime();
                if (count == nanos.length) nanos = Arrays.copyOf(nanos, count * 2);
                nanos[count++] = done - now;
                now = done;
            }
            return Arrays.copyOf(nanos, count);
        };
    }

    private static long[] get(Future<long[]> future) throws Exception {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) throw cause;
            throw e;
        }
    }

    private static double at(long[] sorted, double part) {
        if (sorted.length == 0) return Double.NaN;
        return sorted[(int) Math.min(sorted.length - 1L, (long) (part * sorted.length))] / 1e3;
    }
}
