package dev.chronodesk.command.decision;

import dev.chronodesk.db.log.ReceiptDraft;
import java.util.List;

/** Makes the receipt that is appended with the events. */
@FunctionalInterface
public interface Drafting {

    /**
     * The receipt.
     *
     * @param changes that will be appended, of all commands, in order
     * @param until how many of them there were after each command
     */
    ReceiptDraft draft(List<Change> changes, List<Integer> until);
}
