package dev.chronodesk.bench;

/** A store that takes the two commands that are compared. Each call returns when its change is durable. */
interface Contender extends AutoCloseable {

    /** As the table of figures calls it. */
    String name();

    /** Opens a ticket with a new id. */
    void create() throws Exception;

    /** Adds a public comment to the given one of {@link #open}'s tickets. */
    void comment(int ticket) throws Exception;

    /** Opens that many tickets to comment on. */
    void open(int tickets) throws Exception;

    /** Whether it has a second command; plain inserts have not. */
    default boolean comments() {
        return true;
    }

    @Override
    void close();
}
