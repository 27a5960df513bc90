package dev.chronodesk.query.fold;

import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Event;
import java.util.List;

/**
 * Read tables as a pure fold of events: no I/O, no clock, no memory of its own. The runner loads the rows that a batch
 * needs, folds it in memory, and writes back what changed, in one transaction with the position.
 *
 * @param <E> sealed event interface
 */
public interface Projection<E extends Event> {

    /** The kind of events that it folds; all others pass it by. */
    Class<E> events();

    /** The tables that it writes; no other projection does. */
    List<Table<?, ?>> tables();

    /** Goes up when the same events give other rows: then the tables are built anew. */
    int version();

    /** The rows that folding this event looks at. A row that is only inserted need not be named. */
    void needs(E event, Needs needs);

    /**
     * The rows after the event. Sets absolute values, and throws when an expected row is missing.
     *
     * @throws FoldException when the rows are not those that the events before left
     */
    void fold(Recorded<E> recorded, Rows rows);
}
