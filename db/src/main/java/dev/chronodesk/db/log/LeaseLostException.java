package dev.chronodesk.db.log;

import java.sql.SQLException;

/** Somebody else works under the follower's name now; nothing of the transaction may be kept. */
public final class LeaseLostException extends SQLException {

    private static final long serialVersionUID = 1L;

    /** As a serialization failure: the same may work later. */
    private static final String STATE = "40001";

    LeaseLostException(String follower) {
        super("the lease of the follower " + follower + " is lost", STATE);
    }
}
