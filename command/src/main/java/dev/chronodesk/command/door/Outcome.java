package dev.chronodesk.command.door;

import dev.chronodesk.events.StreamType;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What a command did.
 *
 * @param command its name
 * @param key the idempotency key that was used
 * @param position of its last event; the head's when it changed nothing
 * @param streams with their versions after it, the command's own first
 * @param result ids that the server made, and a new ticket's {@code number}
 * @param unchanged whether everything was so already
 * @param replayed whether this is the outcome of an earlier send with the same key
 */
public record Outcome(
        String command,
        String key,
        long position,
        List<StreamVersion> streams,
        Map<String, Object> result,
        boolean unchanged,
        boolean replayed) {

    /** A stream and how many events it has. */
    public record StreamVersion(StreamType type, UUID id, int version) {}
}
