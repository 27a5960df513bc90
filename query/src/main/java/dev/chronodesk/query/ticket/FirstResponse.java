package dev.chronodesk.query.ticket;

import dev.chronodesk.events.Metadata;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.Visibility;
import java.util.UUID;

/** Which comments answer a requester. One definition for the ticket's column and the statistics. */
public final class FirstResponse {

    private FirstResponse() {}

    /**
     * A public comment by somebody who was staff when they wrote it, that is not the requester and not an automation.
     */
    public static boolean is(CommentAdded comment, Metadata metadata, UUID requesterId) {
        return isReply(comment, metadata) && !comment.authorId().value().equals(requesterId);
    }

    /** A public comment by somebody who was staff when they wrote it, and not an automation. */
    public static boolean isReply(CommentAdded comment, Metadata metadata) {
        return comment.visibility() == Visibility.PUBLIC && metadata.actorRole().staff() && !metadata.automation();
    }
}
