package dev.chronodesk.command.decision;

import java.util.Map;
import java.util.UUID;

/** A command was not decided for the reason that is the cause, or it was refused on what memory says. */
public final class Undecided extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int index;
    private final transient Map<UUID, Integer> remembered;

    Undecided(Throwable cause, int index, Map<UUID, Integer> remembered) {
        super("undecided", cause, false, false);
        this.index = index;
        this.remembered = Map.copyOf(remembered);
    }

    /** Which of several commands it was, from 0. */
    public int index() {
        return index;
    }

    /** The streams whose state came from memory, with the versions that memory had. */
    public Map<UUID, Integer> remembered() {
        return remembered;
    }
}
