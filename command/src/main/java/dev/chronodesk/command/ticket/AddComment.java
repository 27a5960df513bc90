package dev.chronodesk.command.ticket;

import dev.chronodesk.command.door.Command;
import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.events.ticket.CommentId;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.Visibility;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says something on a ticket. The requester's public word on a pending, on-hold or solved ticket reopens it; the first
 * public word of staff on a new ticket opens it.
 */
public record AddComment(
        @Field("The ticket.") TicketId ticketId,
        @Field("The new comment's id, version 7 recommended; made when left out.") @Nullable CommentId commentId,
        @Field(value = "What is said, Markdown.", example = "Did you try water?", min = 1, max = AddComment.MAX_BODY)
                String body,
        @Field(value = "Who may read it: everybody on the ticket, or staff and auditors.", example = "public")
                Visibility visibility)
        implements TicketCommand {

    /** Unicode code points of a comment. */
    public static final int MAX_BODY = 65_536;

    public AddComment {
        var shape = new Shape();
        shape.required("ticketId", ticketId);
        shape.text("body", body, 1, MAX_BODY);
        shape.required("visibility", visibility);
        shape.check();
    }

    @Override
    public Command identified(Supplier<UUID> ids) {
        return commentId != null ? this : new AddComment(ticketId, new CommentId(ids.get()), body, visibility);
    }

    @Override
    public Map<String, UUID> makes() {
        return Map.of(
                "commentId",
                Objects.requireNonNull(commentId, "made at the door").value());
    }
}
