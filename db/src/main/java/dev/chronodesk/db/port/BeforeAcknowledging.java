package dev.chronodesk.db.port;

import dev.chronodesk.events.Event;
import java.util.List;

/**
 * What must be in force before a command is acknowledged: a new role holds from the next request on. Called after the
 * append is durable, so it may delay an acknowledgement and never undo one; whatever it misses by a crash it finds by
 * following the log.
 */
public interface BeforeAcknowledging {

    /** Events that were just appended, in order, the last one at {@code lastPosition}. */
    void appended(List<Event> events, long lastPosition);
}
