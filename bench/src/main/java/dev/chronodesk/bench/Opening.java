package dev.chronodesk.bench;

import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** Opens many tickets before a measurement, many at once, and fails when one fails. */
final class Opening {

    private static final int AT_ONCE = 64;

    private Opening() {}

    static <T> void all(List<T> tickets, Consumer<T> open) throws Exception {
        var places = new Semaphore(AT_ONCE);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var opened = tickets.stream()
                    .map(ticket -> threads.submit(() -> {
                        places.acquire();
                        try {
                            open.accept(ticket);
                        } finally {
                            places.release();
                        }
                        return ticket;
                    }))
                    .toList();
            for (var ticket : opened) ticket.get();
        }
    }
}
