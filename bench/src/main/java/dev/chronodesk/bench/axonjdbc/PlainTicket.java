package dev.chronodesk.bench.axonjdbc;

import static org.axonframework.modelling.command.AggregateLifecycle.apply;

import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.TargetAggregateIdentifier;
import org.jspecify.annotations.Nullable;

/** The ticket as an Axon tutorial would write it: the same decisions as ours for these two commands, and no more. */
final class PlainTicket {

    record Create(@TargetAggregateIdentifier String ticketId, String requesterId, String subject, String description) {}

    record Comment(@TargetAggregateIdentifier String ticketId, String commentId, String authorId, String body) {}

    record Created(String ticketId, String requesterId, String subject, String description) {}

    record Commented(String ticketId, String commentId, String authorId, String body) {}

    @AggregateIdentifier
    @SuppressWarnings("UnusedVariable") // Axon reads it
    private @Nullable String id;

    private int comments;

    PlainTicket() {}

    @CommandHandler
    PlainTicket(Create command) {
        apply(new Created(command.ticketId(), command.requesterId(), command.subject(), command.description()));
    }

    @CommandHandler
    void handle(Comment command) {
        if (comments == Integer.MAX_VALUE) throw new IllegalStateException("too many comments");
        apply(new Commented(command.ticketId(), command.commentId(), command.authorId(), command.body()));
    }

    @EventSourcingHandler
    void on(Created event) {
        id = event.ticketId();
    }

    @EventSourcingHandler
    void on(Commented event) {
        comments++;
    }
}
