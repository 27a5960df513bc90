package dev.chronodesk.command.decision;

import java.util.concurrent.atomic.AtomicLong;
import org.axonframework.common.IdentifierFactory;

/**
 * Names Axon's messages, which end with the command: nothing of them is kept, so they need not be random, and random
 * ones are dear. What the log keeps gets its ids elsewhere. Axon finds this class as a service.
 */
public final class MessageIds extends IdentifierFactory {

    private static final AtomicLong NEXT = new AtomicLong();

    @Override
    public String generateIdentifier() {
        return Long.toString(NEXT.incrementAndGet(), Character.MAX_RADIX);
    }
}
