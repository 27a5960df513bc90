package dev.chronodesk.command.door;

import java.time.Instant;
import java.util.UUID;

/** The refusals that have nothing to do with one kind of stream only. */
public sealed interface DoorRefusal extends Refusal {

    /** The sender's role, or the role of the person acted for, may not send this. */
    record Forbidden(String message) implements DoorRefusal {
        @Override
        public Kind kind() {
            return Kind.FORBIDDEN;
        }
    }

    /** There is nothing there that the caller may know of. */
    record NotFound() implements DoorRefusal {
        @Override
        public Kind kind() {
            return Kind.NOT_FOUND;
        }

        @Override
        public String message() {
            return "there is nothing there that you may know of";
        }
    }

    /** The id of something new is taken. */
    record AlreadyExists(String field) implements DoorRefusal {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return field + " names something that exists already";
        }
    }

    /** Other writers were first, several times over. */
    record ConflictingWriters() implements DoorRefusal {
        @Override
        public Kind kind() {
            return Kind.CONFLICT;
        }

        @Override
        public String message() {
            return "other writers were first, several times over; read it and send again";
        }
    }

    /** The key was used for something else. */
    record IdempotencyKeyReused() implements DoorRefusal {
        @Override
        public Kind kind() {
            return Kind.KEY_REUSED;
        }

        @Override
        public String message() {
            return "the key was used with another command or body";
        }
    }

    /** {@code If-Match} names another version than the stream has. */
    record VersionMismatch(UUID stream, int expected, int actual) implements DoorRefusal {
        @Override
        public Kind kind() {
            return Kind.VERSION_MISMATCH;
        }

        @Override
        public String message() {
            return "the version is " + actual + ", not " + expected;
        }
    }

    /** Nobody has the id that the field names. */
    record UnknownPerson(String field) implements DoorRefusal {
        @Override
        public Kind kind() {
            return Kind.RULE;
        }

        @Override
        public String message() {
            return field + " names nobody";
        }
    }

    /** The person that the field names was deactivated or erased. */
    record InactivePerson(String field) implements DoorRefusal {
        @Override
        public Kind kind() {
            return Kind.RULE;
        }

        @Override
        public String message() {
            return field + " names somebody who was deactivated or erased";
        }
    }

    /** No team has the id that the field names. */
    record UnknownTeam(String field) implements DoorRefusal {
        @Override
        public Kind kind() {
            return Kind.RULE;
        }

        @Override
        public String message() {
            return field + " names no team";
        }
    }

    /** {@code occurredAt} has not come yet. */
    record OccurredInTheFuture() implements DoorRefusal {
        @Override
        public Kind kind() {
            return Kind.RULE;
        }

        @Override
        public String message() {
            return "occurredAt lies in the future";
        }
    }

    /** {@code occurredAt} lies before the stream's last event. */
    record OccurredBeforeLast(Instant last) implements DoorRefusal {
        @Override
        public Kind kind() {
            return Kind.RULE;
        }

        @Override
        public String message() {
            return "occurredAt lies before the last event, which occurred at " + last;
        }
    }
}
