package dev.chronodesk.identity.door;

/** Carries the reason to the answer. */
final class UnadmittedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Unadmitted reason;

    UnadmittedException(Unadmitted reason) {
        super(reason.message(), null, false, false);
        this.reason = reason;
    }

    Unadmitted reason() {
        return reason;
    }
}
