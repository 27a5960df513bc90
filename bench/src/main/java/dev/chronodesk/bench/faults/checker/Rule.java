package dev.chronodesk.bench.faults.checker;

/** What a history must keep. Each has a history in the tests that breaks this one. */
public enum Rule {
    /** An acknowledged command's events are in the log. */
    ACKNOWLEDGED_IS_THERE,
    /** A command's events are in the log once. */
    ONCE,
    /** They stand at the position, and give the streams the versions, that were acknowledged. */
    WHERE_ACKNOWLEDGED,
    /** A refused command left nothing. */
    REFUSED_LEFT_NOTHING,
    /** No outcome stays unknown when everything runs again and the command is sent again. */
    UNKNOWN_RESOLVES,
    /** A service in trouble says that it is; it never answers with a mistake of its own. */
    TROUBLE_IS_SAID,
    /** All sendings of one key are answered alike. */
    ANSWERED_ALIKE,
    /** What senders of the run have in the log was written into the journal before. */
    NOTHING_UNSENT,
    /** Positions are 1..n. */
    DENSE_POSITIONS,
    /** Each stream's numbers are 0..m, in the order of positions. */
    DENSE_SEQ,
    /** The time of recording never goes back. */
    TIME_FORWARD,
    /** No two events have one id. */
    UNIQUE_IDS,
    /** A receipt points to its own events, all of them, and each event of a sender has one. */
    RECEIPTS_POINT_HOME,
    /** Every read table equals the fold of the log. */
    TABLES_EQUAL_FOLD,
    /** Nobody sees a row that is denied to them. */
    NOTHING_FOREIGN_VISIBLE,
    /** Everybody sees the rows that are theirs. */
    NOTHING_OWN_HIDDEN,
    /** A rebuild appends nothing. */
    REBUILD_APPENDS_NOTHING,
    /** A rebuild gives the same rows. */
    REBUILD_CHANGES_NOTHING
}
