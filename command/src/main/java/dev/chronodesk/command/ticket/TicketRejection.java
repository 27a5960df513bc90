package dev.chronodesk.command.ticket;

import dev.chronodesk.command.door.Refusal;
import dev.chronodesk.events.ticket.Status;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Why a ticket said no. */
public sealed interface TicketRejection extends Refusal {

    /** Only staff may set this field, or set it to this value. */
    record StaffOnly(String field) implements TicketRejection {
        @Override
        public Kind kind() {
            return Kind.FORBIDDEN;
        }

        @Override
        public String message() {
            return "only staff may set " + field + " so";
        }
    }

    /** The state machine has no such step. */
    record IllegalTransition(Status from, Status to, Set<Status> next) implements TicketRejection {

        public IllegalTransition {
            next = Set.copyOf(next);
        }

        @Override
        public Kind kind() {
            return Kind.RULE;
        }

        @Override
        public String message() {
            return "from " + from + " to " + to + " there is no step";
        }

        @Override
        public Optional<List<String>> allowed() {
            return Optional.of(next.stream().sorted().map(Status::toString).toList());
        }
    }

    /** Nothing changes on a closed ticket; a new one can be opened. */
    record TicketClosed() implements TicketRejection {
        @Override
        public Kind kind() {
            return Kind.RULE;
        }

        @Override
        public String message() {
            return "nothing changes on a closed ticket any more; open a new one";
        }

        @Override
        public Optional<List<String>> allowed() {
            return Optional.of(List.of());
        }
    }

    /** The assignee is a person, but no active staff. */
    record AssigneeNotStaff() implements TicketRejection {
        @Override
        public Kind kind() {
            return Kind.RULE;
        }

        @Override
        public String message() {
            return "assigneeId names somebody who is not active staff";
        }
    }

    /** A key is nobody, so it must say who needs help. */
    record RequesterRequired() implements TicketRejection {
        @Override
        public Kind kind() {
            return Kind.RULE;
        }

        @Override
        public String message() {
            return "a key must name the requester";
        }
    }
}
