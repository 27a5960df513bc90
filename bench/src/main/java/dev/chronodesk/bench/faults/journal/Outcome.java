package dev.chronodesk.bench.faults.journal;

import java.util.Map;

/** What the sender of a command knows about it afterwards. */
public sealed interface Outcome {

    /**
     * It was accepted.
     *
     * @param position of its last event, or of the head when it changed nothing
     * @param versions each stream's version after it
     * @param unchanged whether everything was so already
     * @param result ids and number in the answer, as text that is equal for equal answers
     */
    record Acknowledged(long position, Map<String, Integer> versions, boolean unchanged, String result)
            implements Outcome {

        public Acknowledged {
            versions = Map.copyOf(versions);
        }
    }

    /** It was refused; nothing of it may be in the log. */
    record Refused(int status, String code) implements Outcome {}

    /** It may have happened or not: no answer, a broken connection, or an answer that says so. */
    record Unknown(String why) implements Outcome {}

    /** It may have happened or not, and the service answered as it never should: with a mistake of its own. */
    record Broken(String what) implements Outcome {}
}
