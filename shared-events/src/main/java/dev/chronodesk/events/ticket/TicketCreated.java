package dev.chronodesk.events.ticket;

import dev.chronodesk.events.Personal;
import dev.chronodesk.events.PersonalOf;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.team.TeamId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Somebody asked for help. The position at which this is recorded is the ticket's number. */
public record TicketCreated(
        TicketId ticketId,
        ProfileId requesterId,
        @PersonalOf("requesterId") Personal<String> subject,
        @PersonalOf("requesterId") Personal<String> description,
        Priority priority,
        @Nullable TicketType type,
        List<String> tags,
        @Nullable TeamId teamId)
        implements TicketEvent {

    public TicketCreated {
        tags = List.copyOf(tags);
    }
}
