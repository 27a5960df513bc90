package dev.chronodesk.identity.link;

import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.provider.ProviderVisits;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forgets tokens and exchanges that expired, a few at a time. */
public final class ExpiredLinks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ExpiredLinks.class);
    private static final Duration PAUSE = Duration.ofMinutes(10);
    private static final int AT_ONCE = 1_000;

    private final Accounts accounts;
    private final OneTimeTokens tokens;
    private final FlowStates flows;
    private final ProviderVisits visits;
    private final Thread thread;

    public ExpiredLinks(Accounts accounts, OneTimeTokens tokens, FlowStates flows, ProviderVisits visits) {
        this.accounts = accounts;
        this.tokens = tokens;
        this.flows = flows;
        this.visits = visits;
        thread = Thread.ofPlatform().daemon().name("identity-expired-links").unstarted(this::repeat);
    }

    /** Begins to forget, until {@link #close()}. */
    public void start() {
        thread.start();
    }

    private void repeat() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                purge();
            } catch (RuntimeException e) {
                LOG.warn("expired links cannot be forgotten now: {}", e.toString());
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    void purge() {
        while (tokens.purge(AT_ONCE) == AT_ONCE) Thread.onSpinWait();
        while (flows.purge(AT_ONCE) == AT_ONCE) Thread.onSpinWait();
        while (accounts.purgeErased(AT_ONCE) == AT_ONCE) Thread.onSpinWait();
        while (visits.purge(AT_ONCE) == AT_ONCE) Thread.onSpinWait();
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
