package dev.chronodesk.db.port;

import dev.chronodesk.db.caller.Caller;
import java.util.List;
import java.util.UUID;

/** The events of a stream that a caller may see: what query knows and a 412 of the command door answers. */
public interface VisibleHistory {

    /** The visible events of the stream from {@code fromSeq} on, in order. */
    List<HistoryEntry> visible(Caller caller, UUID streamId, int fromSeq);
}
