package dev.chronodesk.identity.limit;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forgets buckets that say nothing any more, a few at a time. */
public final class ExpiredBuckets implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ExpiredBuckets.class);
    private static final int AT_ONCE = 1_000;

    private final RateLimits limits;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("identity-expired-buckets").factory());

    public ExpiredBuckets(RateLimits limits) {
        this.limits = limits;
    }

    /** Begins to forget, until {@link #close()}. */
    public void start() {
        var unused = thread.scheduleWithFixedDelay(this::purge, 1, 1, TimeUnit.MINUTES);
    }

    void purge() {
        try {
            while (limits.purge(AT_ONCE) == AT_ONCE) Thread.onSpinWait();
        } catch (RuntimeException e) {
            LOG.warn("expired rate limits cannot be forgotten now: {}", e.toString());
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
