package dev.chronodesk.command.door;

/** A command was refused; the reason is a type, and clients switch on its code. */
public final class CommandRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Refusal reason;

    public CommandRefusedException(Refusal reason) {
        super(reason.toString(), null, false, false);
        this.reason = reason;
    }

    public Refusal reason() {
        return reason;
    }
}
