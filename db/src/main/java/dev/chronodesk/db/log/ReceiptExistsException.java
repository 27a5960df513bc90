package dev.chronodesk.db.log;

/** The key was used before; the receipt says what became of it. */
public final class ReceiptExistsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Receipt receipt;

    public ReceiptExistsException(Receipt receipt) {
        super("the key was used before", null, false, false);
        this.receipt = receipt;
    }

    public Receipt receipt() {
        return receipt;
    }
}
