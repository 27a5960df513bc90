package dev.chronodesk.identity.principal;

import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.StoredEvent;
import dev.chronodesk.db.log.UndecodableStoredEventException;
import dev.chronodesk.db.port.BeforeAcknowledging;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.StreamType;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.events.codec.UndecodableEventException;
import dev.chronodesk.events.profile.ProfileErased;
import dev.chronodesk.events.profile.ProfileEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Keeps {@code identity.principal} and the accounts' addresses as the log says, and destroys the keys of whom it says
 * to be erased. A role is in force before its command is acknowledged, because the command's node applies it here
 * first; following the log finds what a crash in between has missed. Both may do the same event, in any order and on
 * any number of nodes: the row keeps what the latest position said.
 */
public final class PrincipalFollower implements BeforeAcknowledging, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PrincipalFollower.class);
    private static final String NAME = "principal";
    private static final int BATCH = 5_000;

    /** It only repairs, so it need not be eager: every event that it reads is read a second time on this node. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final EventLog log;
    private final EventCodec codec;
    private final Principals principals;
    private final Consumer<UUID> erasing;
    private final JdbcClient jdbc;
    private final Thread thread;
    private volatile long position;
    private volatile @Nullable Throwable failure;

    /** @param erasing destroys the key of a person whom the log says to be erased; may be told again and again */
    public PrincipalFollower(EventLog log, EventCodec codec, DataSource identity, Consumer<UUID> erasing) {
        this.log = log;
        this.codec = codec;
        this.erasing = erasing;
        principals = new Principals(identity);
        jdbc = JdbcClient.create(identity);
        thread = Thread.ofPlatform().daemon().name("identity-principal").unstarted(this::follow);
    }

    /** Catches up with the log, then follows it until {@link #close()}. */
    public void start() {
        catchUp();
        thread.start();
    }

    @Override
    public void appended(List<Event> events, long lastPosition) {
        // the events of one append have consecutive positions
        var first = lastPosition - events.size() + 1;
        for (var i = 0; i < events.size(); i++)
            if (events.get(i) instanceof ProfileEvent event) apply(event, first + i);
    }

    /** The key goes last: where it is gone, nothing else is left to do. */
    private void apply(ProfileEvent event, long at) {
        principals.apply(event, at);
        if (event instanceof ProfileErased erased) {
            erasing.accept(erased.profileId().value());
        }
    }

    /**
     * Applies everything that the log has now.
     *
     * @throws UndecodableStoredEventException at an event that cannot be read; it is never skipped
     * @throws IllegalStateException when the log has another history than the one followed so far
     */
    public synchronized void catchUp() {
        var from = checkpoint();
        for (var batch = log.storedAfter(from, BATCH); !batch.isEmpty(); batch = log.storedAfter(from, BATCH)) {
            // each event by itself: a transaction would hold what one person's erasure waits for while it waits for
            // another's. Whatever a crash leaves is done again.
            for (var event : batch) apply(event);
            var last = batch.getLast();
            keep(last);
            from = last.position();
            position = from;
        }
    }

    private void apply(StoredEvent stored) {
        if (!stored.streamType().equals(StreamType.PROFILE.toString())) return;
        try {
            if (codec.decode(stored.type(), stored.revision(), stored.payload()) instanceof ProfileEvent event)
                apply(event, stored.position());
        } catch (UndecodableEventException e) {
            throw new UndecodableStoredEventException(stored.position(), String.valueOf(e.getMessage()), e);
        }
    }

    private long checkpoint() {
        record Checkpoint(long position, UUID eventId) {}
        var kept = jdbc.sql("select position, event_id from identity.checkpoint where follower = ?")
                .param(NAME)
                .query((row, number) -> new Checkpoint(row.getLong(1), row.getObject(2, UUID.class)))
                .optional();
        if (kept.isEmpty()) return 0;
        var there = log.storedAfter(kept.get().position() - 1, 1);
        if (there.isEmpty() || !there.getFirst().eventId().equals(kept.get().eventId()))
            throw new IllegalStateException("the log has another history than identity has followed up to position "
                    + kept.get().position() + ": was one of the two restored alone?");
        position = kept.get().position();
        return position;
    }

    private void keep(StoredEvent last) {
        jdbc.sql(
                        """
                        insert into identity.checkpoint (follower, position, event_id) values (?, ?, ?)
                        on conflict (follower) do update set position = excluded.position, event_id = excluded.event_id
                        where checkpoint.position < excluded.position""")
                .param(NAME)
                .param(last.position())
                .param(last.eventId())
                .update();
    }

    private void follow() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(PAUSE);
                if (log.awaitAfter(position, Duration.ofSeconds(30))) catchUp();
                failure = null;
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (failure == null) LOG.error("roles cannot be followed from position {}", position, e);
                failure = e;
            }
        }
    }

    /** The position up to which the log was followed. */
    public long position() {
        return position;
    }

    /** Why following the log does not go on now, for health; empty while it does. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
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
