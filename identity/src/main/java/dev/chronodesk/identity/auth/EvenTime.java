package dev.chronodesk.identity.auth;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Answers that must not tell by their time whether there is an account: all take the same time, unless the work takes
 * longer. Requests have threads of their own that cost nothing while they wait.
 */
public final class EvenTime {

    private final Duration atLeast;

    public EvenTime(Duration atLeast) {
        this.atLeast = atLeast;
    }

    /** What the work gives or throws, not before the time is over. */
    <T> T of(Supplier<T> work) {
        var until = System.nanoTime() + atLeast.toNanos();
        try {
            return work.get();
        } finally {
            try {
                TimeUnit.NANOSECONDS.sleep(until - System.nanoTime());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
