package dev.chronodesk.command.authorization;

import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.door.DoorRefusal.OccurredBeforeLast;
import dev.chronodesk.command.door.DoorRefusal.VersionMismatch;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What every aggregate checks before its own rules: the expected version, and that time goes forward in a stream. */
public final class Timeline {

    /** When the last event occurred; null when only the database knows, because it happened "now". */
    private @Nullable Instant last;

    /** An event of the stream was read, or applied just now. */
    public void saw(boolean live, Instant occurredAt, @Nullable Act act) {
        last = live && act != null ? act.occurredAt() : occurredAt;
    }

    /**
     * Refuses what expects another version, and what happened before the stream's last event.
     *
     * @param seq the number of the stream's last event
     * @throws StaleStateException when this must be read from the log again to be decided
     */
    public void admit(Act act, UUID stream, long seq) {
        expect(act, stream, Math.toIntExact(seq + 1));
        var at = act.occurredAt();
        if (at == null) return;
        if (last == null) throw new StaleStateException();
        if (at.isBefore(last)) throw new CommandRefusedException(new OccurredBeforeLast(last));
    }

    /** Refuses a command that begins a stream and expects one that is there. */
    public static void begin(Act act, UUID stream) {
        expect(act, stream, 0);
    }

    private static void expect(Act act, UUID stream, int version) {
        var expected = act.ifMatch();
        if (expected != null && expected != version)
            throw new CommandRefusedException(new VersionMismatch(stream, expected, version));
    }
}
