package dev.chronodesk.app.imports;

import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.Status;

/** A difference between two updates of an incident. */
sealed interface Change permits Change.Team, Change.Assignee, Change.Urgency, Change.State {

    /** The word in keys. */
    String word();

    /** Another group has it. */
    record Team(String group) implements Change {
        @Override
        public String word() {
            return "team";
        }
    }

    /** Another person works on it. */
    record Assignee(String name) implements Change {
        @Override
        public String word() {
            return "assignee";
        }
    }

    /** It hurries more, or less. */
    record Urgency(Priority priority) implements Change {
        @Override
        public String word() {
            return "priority";
        }
    }

    /** It stands elsewhere. */
    record State(Status status) implements Change {
        @Override
        public String word() {
            return "state";
        }
    }
}
