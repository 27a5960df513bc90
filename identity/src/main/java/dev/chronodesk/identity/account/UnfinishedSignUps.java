package dev.chronodesk.identity.account;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finishes the sign-ups that a crash has left half done: at start, and again and again. */
public final class UnfinishedSignUps implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(UnfinishedSignUps.class);
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final Accounts accounts;
    private final SignUp signUp;
    private final Thread thread;

    public UnfinishedSignUps(Accounts accounts, SignUp signUp) {
        this.accounts = accounts;
        this.signUp = signUp;
        thread = Thread.ofPlatform()
                .daemon()
                .name("identity-unfinished-sign-ups")
                .unstarted(this::repeat);
    }

    /** Begins to finish them, until {@link #close()}. */
    public void start() {
        thread.start();
    }

    private void repeat() {
        var olderThan = Duration.ZERO; // the first time also what was begun just before the crash
        while (!Thread.currentThread().isInterrupted()) {
            try {
                finish(olderThan);
            } catch (RuntimeException e) {
                LOG.warn("sign-ups cannot be finished now: {}", e.toString());
            }
            olderThan = PAUSE;
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Finishes all that have been pending for so long; one that fails does not keep the others. */
    void finish(Duration olderThan) {
        for (var account : accounts.pendingFor(olderThan)) {
            try {
                signUp.finish(account);
            } catch (RuntimeException e) {
                LOG.warn("sign-up {} cannot be finished now: {}", account.id(), e.toString());
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
