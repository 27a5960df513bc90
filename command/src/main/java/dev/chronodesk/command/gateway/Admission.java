package dev.chronodesk.command.gateway;

import dev.chronodesk.db.log.LogUnavailableException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * How many commands are under way at once. Beyond the limit a command is refused before any work is done for it: when
 * more comes than can be done, what is done must not be paid for by what is not.
 */
public final class Admission {

    private final int limit;
    private final AtomicInteger underWay = new AtomicInteger();

    /** @param limit of commands under way */
    public Admission(int limit) {
        if (limit < 1) throw new IllegalArgumentException("at least one command");
        this.limit = limit;
    }

    /** Whether another command would be refused now. */
    public boolean full() {
        return underWay.get() >= limit;
    }

    /** How many are under way. */
    public int underWay() {
        return underWay.get();
    }

    /**
     * Does the work, unless too much is under way.
     *
     * @throws LogUnavailableException when it is; nothing was done
     */
    <T> T admit(Supplier<T> work) {
        if (underWay.incrementAndGet() > limit) {
            underWay.decrementAndGet();
            throw new LogUnavailableException("too many commands are under way; nothing was done", null);
        }
        try {
            return work.get();
        } finally {
            underWay.decrementAndGet();
        }
    }
}
