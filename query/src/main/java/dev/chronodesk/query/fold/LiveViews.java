package dev.chronodesk.query.fold;

import dev.chronodesk.db.port.LiveTables;

/** The live read tables as this node shows them. */
public interface LiveViews extends LiveTables {

    /**
     * The schema whose views answer reads now: this version's own, or what another version offers until they are built.
     */
    String views();
}
