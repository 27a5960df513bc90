package dev.chronodesk.command.gateway;

import dev.chronodesk.command.door.CommandRefusedException;

/** One of several commands that are sent together was refused, and so all were. */
public final class ItemRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int index;
    private final transient CommandRefusedException refusal;

    ItemRefusedException(int index, CommandRefusedException refusal) {
        super(refusal.getMessage(), refusal, false, false);
        this.index = index;
        this.refusal = refusal;
    }

    /** Which one, from 0. */
    public int index() {
        return index;
    }

    public CommandRefusedException refusal() {
        return refusal;
    }
}
