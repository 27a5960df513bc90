package dev.chronodesk.command.ticket;

import dev.chronodesk.command.door.Command;
import dev.chronodesk.command.door.Field;
import dev.chronodesk.command.door.Shape;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.team.TeamId;
import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.TicketType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks for help. The ticket's number is the position of what this appends. */
public record CreateTicket(
        @Field("The new ticket's id, version 7 recommended; made when left out.") @Nullable TicketId ticketId,
        @Field(
                        value = "What it is about, in one line.",
                        example = "Printer on fire",
                        min = 1,
                        max = CreateTicket.MAX_SUBJECT)
                String subject,
        @Field(
                        value = "The whole story, Markdown.",
                        example = "Third floor, next to the kitchen.",
                        min = 1,
                        max = CreateTicket.MAX_DESCRIPTION)
                String description,
        @Field("Who needs help; the caller when left out. For staff only.") @Nullable ProfileId requesterId,
        @Field("How much it hurries; normal when left out. For staff only.") @Nullable Priority priority,
        @Field("What kind of request it is.") @Nullable TicketType type,
        @Field(
                        value = "Words to find it by, each 1 to 64 characters; kept once each, without space around"
                                + " them.",
                        max = Shape.MAX_TAGS)
                @Nullable
                List<String> tags,
        @Field("The team that gets it. For staff only.") @Nullable TeamId teamId)
        implements TicketCommand {

    /** Unicode code points of a subject. */
    public static final int MAX_SUBJECT = 255;

    /** Unicode code points of a description. */
    public static final int MAX_DESCRIPTION = 65_536;

    public CreateTicket {
        var shape = new Shape();
        shape.text("subject", subject, 1, MAX_SUBJECT);
        shape.text("description", description, 1, MAX_DESCRIPTION);
        tags = shape.tags("tags", tags);
        shape.check();
    }

    @Override
    public boolean creates() {
        return true;
    }

    @Override
    public boolean numbers() {
        return true;
    }

    @Override
    public Command identified(Supplier<UUID> ids) {
        if (ticketId != null) return this;
        return new CreateTicket(
                new TicketId(ids.get()), subject, description, requesterId, priority, type, tags, teamId);
    }

    @Override
    public Map<String, UUID> makes() {
        return Map.of(
                "ticketId", Objects.requireNonNull(ticketId, "made at the door").value());
    }

    @Override
    public Set<ProfileId> people() {
        return requesterId == null ? Set.of() : Set.of(requesterId);
    }

    @Override
    public Set<TeamId> teams() {
        return teamId == null ? Set.of() : Set.of(teamId);
    }
}
