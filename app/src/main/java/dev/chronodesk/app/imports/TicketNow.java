package dev.chronodesk.app.imports;

import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.team.TeamId;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.MovedToTeam;
import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.PriorityChanged;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.StatusChanged;
import dev.chronodesk.events.ticket.TicketAssigned;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketEvent;
import dev.chronodesk.events.ticket.TicketUnassigned;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a ticket stands while its history is brought in: what its stream says, then what was added to it. */
final class TicketNow {

    private final Set<String> keys = new HashSet<>();
    private boolean exists;
    private @Nullable TeamId team;
    private @Nullable ProfileId assignee;
    private Priority priority = Priority.NORMAL;
    private Status status = Status.NEW;
    private Instant last = Instant.MIN;

    static TicketNow of(List<Recorded<Event>> stream) {
        var now = new TicketNow();
        for (var recorded : stream) {
            now.keys.add(recorded.metadata().key());
            now.last = recorded.occurredAt();
            if (recorded.event() instanceof TicketEvent event) now.on(event);
        }
        return now;
    }

    private void on(TicketEvent event) {
        switch (event) {
            case TicketCreated e -> {
                exists = true;
                team = e.teamId();
                priority = e.priority();
            }
            case TicketAssigned e -> assignee = e.to();
            case TicketUnassigned _ -> assignee = null;
            case MovedToTeam e -> team = e.to();
            case StatusChanged e -> status = e.to();
            case PriorityChanged e -> priority = e.to();
            case CommentAdded _ -> {}
        }
    }

    void created(Instant at) {
        exists = true;
        last = at;
    }

    /** The change was made, at that time. */
    void changed(Change change, Instant at) {
        last = at;
        switch (change) {
            case Change.Team to -> team = Names.team(to.group());
            case Change.Assignee to -> assignee = Names.person(to.name());
            case Change.Urgency to -> priority = to.priority();
            case Change.State to -> status = to.status();
        }
    }

    boolean exists() {
        return exists;
    }

    Status status() {
        return status;
    }

    /** Whether the ticket stands where the change would bring it. */
    boolean has(Change change) {
        return switch (change) {
            case Change.Team to -> Names.team(to.group()).equals(team);
            case Change.Assignee to -> Names.person(to.name()).equals(assignee);
            case Change.Urgency to -> priority == to.priority();
            case Change.State to -> status == to.status();
        };
    }

    /** How many of the steps an earlier import has made: all up to the last one that left its key in the stream. */
    int done(List<Step> steps) {
        for (var at = steps.size() - 1; at >= 0; at--) {
            var step = steps.get(at);
            if (keys.contains(step.key())) return at + 1;
            if (keys.stream().anyMatch(step::leadsHere)) return at;
        }
        return 0;
    }

    /** The time of the next event: never before the stream's last one. */
    Instant notBefore(Instant at) {
        return at.isBefore(last) ? last : at;
    }

    /**
     * The statuses on the shortest way to that one, itself last; empty when there is none. The source's states follow
     * upon each other more freely than ours: from open it closes at once, where here the ticket is solved first.
     */
    Optional<List<Status>> wayTo(Status target) {
        Map<Status, Status> cameFrom = new HashMap<>();
        var reached = new ArrayDeque<Status>(List.of(status));
        while (!reached.isEmpty()) {
            var at = reached.remove();
            if (at == target) {
                var way = new ArrayList<Status>();
                for (var back = target; back != null && back != status; back = cameFrom.get(back)) way.addFirst(back);
                return Optional.of(way);
            }
            for (var next : at.next()) if (next != status && cameFrom.putIfAbsent(next, at) == null) reached.add(next);
        }
        return Optional.empty();
    }
}
