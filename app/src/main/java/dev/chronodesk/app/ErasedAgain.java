package dev.chronodesk.app;

import dev.chronodesk.db.keys.PersonKeys;
import dev.chronodesk.query.fold.Rebuild;
import org.springframework.context.SmartLifecycle;

/**
 * A database that was restored from before an erasure brings read tables with it that still show the person: they are
 * made anew before the first request.
 */
final class ErasedAgain implements SmartLifecycle {

    private final PersonKeys keys;
    private final Rebuild rebuild;
    private volatile boolean running;

    ErasedAgain(PersonKeys keys, Rebuild rebuild) {
        this.keys = keys;
        this.rebuild = rebuild;
    }

    @Override
    public void start() {
        if (keys.needsRebuild()) {
            try {
                rebuild.everywhere((position, head) -> {});
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the read tables are made anew", e);
            }
            keys.rebuilt();
        }
        running = true;
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** After the folding has begun, before the doors open. */
    @Override
    public int getPhase() {
        return -999;
    }
}
