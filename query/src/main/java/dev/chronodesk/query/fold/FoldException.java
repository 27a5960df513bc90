package dev.chronodesk.query.fold;

/**
 * The read tables are not what the events before this one left. Nobody may fold on: somebody must look, and rebuild.
 */
public final class FoldException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public FoldException(String message) {
        super(message);
    }
}
