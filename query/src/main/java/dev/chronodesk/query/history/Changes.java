package dev.chronodesk.query.history;

import dev.chronodesk.db.port.HistoryEntry.Change;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.address.AddressClaimed;
import dev.chronodesk.events.address.AddressEvent;
import dev.chronodesk.events.address.AddressReleased;
import dev.chronodesk.events.metric.DefinitionAdopted;
import dev.chronodesk.events.metric.MetricEvent;
import dev.chronodesk.events.profile.DisplayNameChanged;
import dev.chronodesk.events.profile.EmailChanged;
import dev.chronodesk.events.profile.EmailVerified;
import dev.chronodesk.events.profile.ProfileDeactivated;
import dev.chronodesk.events.profile.ProfileErased;
import dev.chronodesk.events.profile.ProfileEvent;
import dev.chronodesk.events.profile.ProfileReactivated;
import dev.chronodesk.events.profile.ProfileRegistered;
import dev.chronodesk.events.profile.RoleAssigned;
import dev.chronodesk.events.report.ReportEvent;
import dev.chronodesk.events.report.ReportPublished;
import dev.chronodesk.events.roster.AdministratorAdded;
import dev.chronodesk.events.roster.AdministratorRemoved;
import dev.chronodesk.events.roster.RosterEvent;
import dev.chronodesk.events.schedule.ScheduleDefined;
import dev.chronodesk.events.schedule.ScheduleEvent;
import dev.chronodesk.events.schedule.WeeklyHours;
import dev.chronodesk.events.team.TeamCreated;
import dev.chronodesk.events.team.TeamEvent;
import dev.chronodesk.events.team.TeamMemberAdded;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.MovedToTeam;
import dev.chronodesk.events.ticket.PriorityChanged;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.StatusChanged;
import dev.chronodesk.events.ticket.TicketAssigned;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketEvent;
import dev.chronodesk.events.ticket.TicketUnassigned;
import dev.chronodesk.events.ticket.Visibility;
import java.time.LocalDate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an event changed, by the names of the read tables' columns, before and after. Never a text that somebody wrote
 * and never a name: those are personal, and history without them survives an erasure.
 */
public final class Changes {

    private final Map<String, Change> changes = new LinkedHashMap<>();

    private Changes() {}

    /** The changes of an event of any stream; empty for one that changes no column. */
    public static Map<String, Change> of(Event event) {
        return switch (event) {
            case TicketEvent e -> of(e);
            case TeamEvent e -> of(e);
            case ProfileEvent e -> of(e);
            case AddressEvent e -> of(e);
            case RosterEvent e -> of(e);
            case ScheduleEvent e -> of(e);
            case MetricEvent e -> of(e);
            case ReportEvent e -> of(e);
            default -> throw new IllegalArgumentException("no history of " + event.streamType());
        };
    }

    /** Whether only staff, auditors and analysts may know that it happened. */
    public static boolean internal(TicketEvent event) {
        return switch (event) {
            case CommentAdded e -> e.visibility() == Visibility.INTERNAL;
            case TicketCreated _,
                    TicketAssigned _,
                    TicketUnassigned _,
                    MovedToTeam _,
                    StatusChanged _,
                    PriorityChanged _ -> false;
        };
    }

    /** The changes of a ticket's event. */
    public static Map<String, Change> of(TicketEvent event) {
        return switch (event) {
            case TicketCreated e ->
                new Changes()
                        .to("requester_id", e.requesterId())
                        .to("status", Status.NEW)
                        .to("priority", e.priority())
                        .to("type", e.type())
                        .to("tags", e.tags())
                        .to("team_id", e.teamId())
                        .map();
            case CommentAdded _ -> Map.of();
            case TicketAssigned e ->
                new Changes().change("assignee_id", e.from(), e.to()).map();
            case TicketUnassigned e ->
                new Changes().change("assignee_id", e.from(), null).map();
            case MovedToTeam e ->
                new Changes().change("team_id", e.from(), e.to()).map();
            case StatusChanged e ->
                new Changes().change("status", e.from(), e.to()).map();
            case PriorityChanged e ->
                new Changes().change("priority", e.from(), e.to()).map();
        };
    }

    private static Map<String, Change> of(TeamEvent event) {
        return switch (event) {
            case TeamCreated e -> new Changes().to("name", e.name()).map();
            case TeamMemberAdded e ->
                new Changes().to("profile_id", e.profileId()).map();
        };
    }

    private static Map<String, Change> of(ProfileEvent event) {
        return switch (event) {
            case ProfileRegistered e -> new Changes().to("role", e.role()).map();
            case DisplayNameChanged _, EmailChanged _, EmailVerified _ -> Map.of();
            case ProfileErased _ -> new Changes().change("erased", false, true).map();
            case RoleAssigned e ->
                new Changes().change("role", e.from(), e.to()).map();
            case ProfileDeactivated _ ->
                new Changes().change("active", true, false).map();
            case ProfileReactivated _ ->
                new Changes().change("active", false, true).map();
        };
    }

    private static Map<String, Change> of(AddressEvent event) {
        return switch (event) {
            case AddressClaimed e ->
                new Changes().to("profile_id", e.profileId()).map();
            case AddressReleased e ->
                new Changes().change("profile_id", e.profileId(), null).map();
        };
    }

    private static Map<String, Change> of(RosterEvent event) {
        return switch (event) {
            case AdministratorAdded e ->
                new Changes().to("profile_id", e.profileId()).map();
            case AdministratorRemoved e ->
                new Changes().change("profile_id", e.profileId(), null).map();
        };
    }

    private static Map<String, Change> of(ScheduleEvent event) {
        return switch (event) {
            case ScheduleDefined e ->
                new Changes()
                        .to("name", e.name())
                        .to("zone", e.zone())
                        .to(
                                "hours",
                                e.hours().stream().map(WeeklyHours::toString).toList())
                        .to(
                                "holidays",
                                e.holidays().stream().map(LocalDate::toString).toList())
                        .map();
        };
    }

    private static Map<String, Change> of(MetricEvent event) {
        return switch (event) {
            case DefinitionAdopted e ->
                new Changes().change("definition", e.from(), e.to()).map();
        };
    }

    private static Map<String, Change> of(ReportEvent event) {
        return switch (event) {
            case ReportPublished e ->
                new Changes().to("call", e.call()).to("sha256", e.sha256()).map();
        };
    }

    private Changes to(String column, @Nullable Object to) {
        return to == null ? this : change(column, null, to);
    }

    private Changes change(String column, @Nullable Object from, @Nullable Object to) {
        changes.put(column, new Change(plain(from), plain(to)));
        return this;
    }

    private Map<String, Change> map() {
        return Collections.unmodifiableMap(changes);
    }

    /** Words as JSON has them, so that what was written and what is read back are equal. */
    private static @Nullable Object plain(@Nullable Object value) {
        if (value == null || value instanceof List<?> || value instanceof Boolean) return value;
        return value.toString();
    }
}
