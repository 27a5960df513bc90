package dev.chronodesk.query.fold;

import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.Lease;
import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Event;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills tables that nobody reads yet. While the rows of one chunk of the log are written, the next chunk is folded and
 * the one after it is read. Each is written in one transaction with its position, so a build that is killed goes on
 * behind the last one.
 *
 * <p>In memory are the events of two chunks at most, the rows of two, and the rows that were looked at last.
 */
final class Loading {

    private static final Logger LOG = LoggerFactory.getLogger(Loading.class);

    /** Of each table. */
    private static final int KEPT = 10_000;

    private final Generation next;
    private final EventLog log;
    private final int chunk;

    /** @param chunk how many events are written in one transaction */
    Loading(Generation next, EventLog log, int chunk) {
        this.next = next;
        this.log = log;
        this.chunk = chunk;
    }

    /**
     * Loads what is in the log behind {@code from}, as far as it can be folded and written.
     *
     * @return the position that the tables stand at: {@code to}, or before it when the next chunk fails. Which event it
     *     is, folding one by one finds out
     */
    long run(Connection connection, Lease building, long from, long to, Rebuild.Progress progress)
            throws SQLException, InterruptedException {
        try (var threads = Executors.newFixedThreadPool(
                2, Thread.ofPlatform().name("fold-loading-", 0).daemon(true).factory())) {
            return new Run(connection, building, threads, to, progress).from(from);
        }
    }

    private final class Run {
        private final Connection connection;
        private final Lease building;
        private final ExecutorService threads;
        private final long to;
        private final Rebuild.Progress progress;
        private final Kept kept = new Kept(KEPT);
        private long written;
        private @Nullable Future<Long> writing;

        Run(Connection connection, Lease building, ExecutorService threads, long to, Rebuild.Progress progress) {
            this.connection = connection;
            this.building = building;
            this.threads = threads;
            this.to = to;
            this.progress = progress;
        }

        long from(long from) throws SQLException, InterruptedException {
            written = from;
            try {
                loaded(from);
            } catch (ExecutionException e) {
                failed(e);
                try {
                    written();
                } catch (ExecutionException also) {
                    failed(also);
                }
            }
            return written;
        }

        private void loaded(long from) throws ExecutionException, SQLException, InterruptedException {
            var folded = from;
            var reading = read(folded);
            while (folded < to) {
                var events = reading.get();
                if (events.isEmpty()) break;
                var before = folded;
                // the events themselves are not needed any more while their rows are written
                var last = events.getLast();
                folded = last.position();
                if (folded < to) reading = read(folded);
                var rows = fold(events);
                written();
                writing = threads.submit(() -> {
                    next.load(connection, building, before, last, rows);
                    return last.position();
                });
            }
            written();
        }

        private Future<List<Recorded<Event>>> read(long after) {
            return threads.submit(() -> log.after(after, (int) Math.min(chunk, to - after)));
        }

        private Rows fold(List<Recorded<Event>> events) throws ExecutionException, SQLException, InterruptedException {
            var needs = next.needs(events);
            var rows = Rows.ofBatch();
            var missing = kept.answer(needs, rows);
            if (!missing.isEmpty()) {
                // what the chunk before made of them must be there first
                written();
                next.find(connection, missing, rows);
            }
            try {
                next.fold(events, rows);
            } catch (RuntimeException e) {
                throw new ExecutionException(e);
            }
            kept.keep(needs, rows);
            return rows;
        }

        /** Waits until the chunk under way is written. */
        private void written() throws ExecutionException, InterruptedException {
            var chunk = writing;
            if (chunk == null) return;
            writing = null;
            written = chunk.get();
            progress.at(written, to);
        }

        private void failed(ExecutionException e) throws SQLException {
            if (e.getCause() instanceof SQLException failure && Generation.isPassing(failure)) throw failure;
            LOG.info(
                    "The events after position {} are folded in small batches: not all of them can be loaded", written);
        }
    }
}
