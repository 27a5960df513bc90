package dev.chronodesk.command.decision;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.axonframework.eventsourcing.EventSourcedAggregate;
import org.jspecify.annotations.Nullable;

/** The aggregates used last, held strongly and bounded in number. What is in here is durable in the log. */
final class Recent {

    private final Map<UUID, EventSourcedAggregate<?>> aggregates;
    private @Nullable UUID incarnation;

    Recent(int limit) {
        aggregates = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<UUID, EventSourcedAggregate<?>> eldest) {
                return size() > limit;
            }
        };
    }

    /** What is remembered of another incarnation of the log may never have happened in this one. */
    synchronized void of(UUID incarnation) {
        if (incarnation.equals(this.incarnation)) return;
        aggregates.clear();
        this.incarnation = incarnation;
    }

    /**
     * Takes it out: whoever decides with it changes it, and it comes back when that is durable. So what a conflict left
     * in it is never seen by the next one, who has the aggregate's lock before the conflict is known further up.
     */
    synchronized @Nullable EventSourcedAggregate<?> take(UUID stream) {
        return aggregates.remove(stream);
    }

    synchronized void put(UUID stream, EventSourcedAggregate<?> aggregate) {
        aggregates.put(stream, aggregate);
    }

    synchronized void remove(UUID stream) {
        aggregates.remove(stream);
    }

    synchronized int size() {
        return aggregates.size();
    }
}
