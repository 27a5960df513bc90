package dev.chronodesk.db.log;

import dev.chronodesk.events.Event;
import dev.chronodesk.events.codec.EventCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The log in PostgreSQL: one writer that commits everything in flight together, and readers on their own threads. */
public final class PostgresEventLog implements EventLog, AutoCloseable {

    /** Types that connections of the log had better send in binary, as the driver's {@code binaryTransferEnable}. */
    public static final String BINARY_ARRAYS = BinaryArray.OIDS;

    private static final int CAPACITY = 8192;
    private static final int LARGEST_BATCH = 512;

    /** An append that takes longer than this has an unknown outcome for its caller; it may still be written. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final DataSource source;
    private final Incarnation incarnation;
    private final EventCodec codec;
    private final LogReader reader;
    private final LogWriter writer;
    private final Wakeup wakeup;

    /** On the login that may append; each call takes a connection of its own, the writer keeps one. */
    public PostgresEventLog(DataSource write, EventCodec codec) {
        this(write, codec, CAPACITY, LARGEST_BATCH);
    }

    PostgresEventLog(DataSource write, EventCodec codec, int capacity, int largestBatch) {
        this(write, codec, capacity, largestBatch, new Incarnation(), null);
    }

    private PostgresEventLog(
            DataSource write,
            EventCodec codec,
            int capacity,
            int largestBatch,
            Incarnation incarnation,
            @Nullable Signals signals) {
        this.source = write;
        this.incarnation = incarnation;
        this.codec = codec;
        this.reader = new LogReader(write, codec);
        this.wakeup = new Wakeup(() -> reader.head().position());
        this.writer = new LogWriter(write, capacity, largestBatch, PATIENCE, head -> {
            wakeup.reached(head);
            if (signals != null) signals.tell(Signals.Subject.LOG);
        });
        if (signals != null) {
            signals.on(Signals.Subject.LOG, wakeup::look);
            signals.on(Signals.Subject.INCARNATION, incarnation::look);
        }
    }

    /**
     * The same with other nodes on the database: they tell each other when the log grows.
     *
     * @param incarnation that every connection of {@code write} has seen
     */
    public PostgresEventLog(DataSource write, EventCodec codec, Incarnation incarnation, Signals signals) {
        this(write, codec, CAPACITY, LARGEST_BATCH, incarnation, signals);
    }

    @Override
    public Appended append(Append append) {
        var entry = Entry.of(append, codec);
        var answer = answer(writer.append(entry));
        return switch (answer.fate()) {
            case Batch.Fate.Durable(var appended) -> appended;
            case Batch.Fate.Conflicting unused -> conflicting(entry, answer.retried());
            case Batch.Fate.Known unused -> known(entry, answer.retried());
        };
    }

    private static LogWriter.Answer answer(CompletableFuture<LogWriter.Answer> promise) {
        try {
            return promise.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LogUnavailableException unavailable)
                throw new LogUnavailableException(
                        String.valueOf(unavailable.getMessage()),
                        unavailable.getCause() == null ? unavailable : unavailable.getCause());
            throw new LogUnavailableException("the append failed, or its outcome is not known", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailableException("interrupted; the outcome of the append is not known", e);
        }
    }

    private Appended conflicting(Entry entry, boolean retried) {
        var first = entry.events().getFirst();
        if (retried) {
            var mine = reader.own(first);
            if (mine.isPresent()) return appended(entry, mine.orElseThrow());
        }
        throw new AppendConflictException(
                "another append was first on stream " + first.streamId() + " at version " + first.seq());
    }

    private Appended known(Entry entry, boolean retried) {
        var draft = entry.receipt();
        if (draft == null) throw new IllegalStateException("only an append with a key can be known by it");
        var receipt = reader.receipt(draft.principal(), draft.key())
                .orElseThrow(() -> new LogUnavailableException("the receipt was pruned at this moment", null));
        if (retried) {
            if (entry.events().isEmpty()) {
                // written with nothing else, so it is the same whoever wrote it
                if (Arrays.equals(receipt.fingerprint(), draft.fingerprint())
                        && Arrays.equals(receipt.outcome(), draft.outcome()))
                    return new Appended(receipt.firstPosition(), receipt.lastPosition(), receipt.recordedAt());
            } else {
                var mine = reader.own(entry.events().getFirst());
                if (mine.isPresent()) return appended(entry, mine.orElseThrow());
            }
        }
        throw new ReceiptExistsException(receipt);
    }

    /** Events of one append stand side by side. */
    private static Appended appended(Entry entry, LogReader.Place first) {
        return new Appended(first.position(), first.position() + entry.events().size() - 1, first.recordedAt());
    }

    @Override
    public List<Recorded<Event>> stream(UUID streamId, int fromSeq) {
        return reader.stream(streamId, fromSeq);
    }

    @Override
    public int version(UUID streamId) {
        return reader.version(streamId);
    }

    @Override
    public List<Recorded<Event>> after(long position, int limit) {
        return reader.after(position, limit);
    }

    @Override
    public List<StoredEvent> storedAfter(long position, int limit) {
        return reader.storedAfter(position, limit);
    }

    @Override
    public Head head() {
        return reader.head();
    }

    @Override
    public long positionAt(Instant moment) {
        return reader.positionAt(moment);
    }

    @Override
    public Optional<Receipt> receipt(UUID principal, String key) {
        return reader.receipt(principal, key);
    }

    @Override
    public boolean awaitAfter(long position, Duration patience) throws InterruptedException {
        return wakeup.awaitAfter(position, patience);
    }

    @Override
    public UUID incarnation() {
        var now = incarnation.current(source);
        wakeup.of(now);
        return now;
    }

    /** Refuses new appends, finishes those that wait, and wakes whoever waits for more. */
    @Override
    public void close() {
        writer.close();
        wakeup.close();
    }
}
