package dev.chronodesk.db.log;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Reads whole streams, those that are wanted at the same moment together: most of a small read is what it takes to ask.
 * A caller that comes while few reads are under way asks at once, for itself and for all who wait; nobody waits for
 * company.
 */
final class StreamReads {

    private static final int TOGETHER = 64;
    private static final int AT_ONCE = 3;

    private record Wanted(UUID stream, CompletableFuture<List<StoredEvent>> events) {}

    private final Function<Collection<UUID>, List<StoredEvent>> source;
    private final Queue<Wanted> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger reading = new AtomicInteger();

    /** @param source gives all events of those streams, those of one stream in their order */
    StreamReads(Function<Collection<UUID>, List<StoredEvent>> source) {
        this.source = source;
    }

    /**
     * All events of the stream in order.
     *
     * @throws LogUnavailableException when the log cannot be read, also when the thread is interrupted
     */
    List<StoredEvent> read(UUID stream) {
        var wanted = new Wanted(stream, new CompletableFuture<>());
        waiting.add(wanted);
        while (!wanted.events().isDone() && lead()) {}
        if (!waiting.isEmpty()) Thread.startVirtualThread(this::leadAll);
        try {
            return wanted.events().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LogUnavailableException unavailable) throw unavailable;
            throw new LogUnavailableException("the log cannot be read", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailableException("interrupted while reading the log", e);
        }
    }

    /** Reads for some who wait; false when nobody does, or enough do so already. */
    private boolean lead() {
        if (waiting.isEmpty() || !enter()) return false;
        try {
            answer(next());
        } finally {
            reading.decrementAndGet();
        }
        return true;
    }

    private void leadAll() {
        while (lead()) {}
    }

    private boolean enter() {
        while (true) {
            var now = reading.get();
            if (now >= AT_ONCE) return false;
            if (reading.compareAndSet(now, now + 1)) return true;
        }
    }

    private List<Wanted> next() {
        var batch = new ArrayList<Wanted>();
        while (batch.size() < TOGETHER) {
            var wanted = waiting.poll();
            if (wanted == null) break;
            batch.add(wanted);
        }
        return batch;
    }

    private void answer(List<Wanted> batch) {
        if (batch.isEmpty()) return;
        try {
            var read = read(batch);
            for (var wanted : batch) wanted.events().complete(read.getOrDefault(wanted.stream(), List.of()));
        } catch (Throwable anything) {
            // whoever waits must learn of it, whatever it is
            for (var wanted : batch) wanted.events().completeExceptionally(anything);
            if (anything instanceof Error error) throw error;
        }
    }

    private Map<UUID, List<StoredEvent>> read(List<Wanted> batch) {
        if (batch.size() == 1) {
            var stream = batch.getFirst().stream();
            return Map.of(stream, source.apply(Set.of(stream)));
        }
        var streams = HashMap.<UUID, List<StoredEvent>>newHashMap(batch.size());
        for (var wanted : batch) streams.put(wanted.stream(), new ArrayList<>());
        for (var event : source.apply(streams.keySet())) {
            var events = streams.get(event.streamId());
            if (events == null) throw new IllegalStateException("an event of a stream that was not asked for");
            events.add(event);
        }
        return streams;
    }
}
