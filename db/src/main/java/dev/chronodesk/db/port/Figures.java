package dev.chronodesk.db.port;

import dev.chronodesk.db.caller.Caller;

/** The desk's numbers: what query computes and a published report keeps. */
public interface Figures {

    /** Of every answer. */
    String CONTENT_TYPE = "text/csv; charset=utf-8";

    /** Bytes of UTF-8 that an answer has at most: it becomes an event. */
    int MAX_BYTES = 256 * 1024;

    /**
     * What came out.
     *
     * @param position of the tables that it was computed from
     * @param content CSV
     */
    record Answer(long position, String content) {}

    /** The call is none, or its answer is too long. The message says what would be one. */
    final class NoFiguresException extends Exception {
        private static final long serialVersionUID = 1L;

        public NoFiguresException(String message) {
            super(message);
        }
    }

    /**
     * Computes it once, in one snapshot, with the reader's rights.
     *
     * @param call a function of statistics and all that it needs to be the same again, as
     *     {@code desk_metric?metric=first_response&version=1}
     * @throws NoFiguresException when that cannot be computed
     * @throws dev.chronodesk.db.log.LogUnavailableException when it cannot be now
     */
    Answer compute(String call, Caller.Known reader) throws NoFiguresException;
}
