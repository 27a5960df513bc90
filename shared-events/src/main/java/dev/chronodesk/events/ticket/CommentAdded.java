package dev.chronodesk.events.ticket;

import dev.chronodesk.events.Personal;
import dev.chronodesk.events.PersonalOf;
import dev.chronodesk.events.profile.ProfileId;

/** Somebody said something: to everybody on the ticket, or only to staff. */
public record CommentAdded(
        TicketId ticketId,
        CommentId commentId,
        ProfileId authorId,
        @PersonalOf("authorId") Personal<String> body,
        Visibility visibility)
        implements TicketEvent {}
