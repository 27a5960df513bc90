package dev.chronodesk.command.ticket;

import static org.axonframework.modelling.command.AggregateLifecycle.getVersion;
import static org.axonframework.modelling.command.AggregateLifecycle.isLive;

import dev.chronodesk.command.authorization.Act;
import dev.chronodesk.command.authorization.Facts;
import dev.chronodesk.command.authorization.Timeline;
import dev.chronodesk.command.door.CommandRefusedException;
import dev.chronodesk.command.door.DoorRefusal.AlreadyExists;
import dev.chronodesk.command.door.DoorRefusal.NotFound;
import dev.chronodesk.command.door.DoorRefusal.UnknownTeam;
import dev.chronodesk.command.door.Refusal;
import dev.chronodesk.command.ticket.TicketRejection.AssigneeNotStaff;
import dev.chronodesk.command.ticket.TicketRejection.IllegalTransition;
import dev.chronodesk.command.ticket.TicketRejection.RequesterRequired;
import dev.chronodesk.command.ticket.TicketRejection.StaffOnly;
import dev.chronodesk.command.ticket.TicketRejection.TicketClosed;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.team.TeamId;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.CommentId;
import dev.chronodesk.events.ticket.MovedToTeam;
import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.PriorityChanged;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.StatusChanged;
import dev.chronodesk.events.ticket.TicketAssigned;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketEvent;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.TicketUnassigned;
import dev.chronodesk.events.ticket.Visibility;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventhandling.Timestamp;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.messaging.MetaData;
import org.axonframework.messaging.annotation.MetaDataValue;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.AggregateRoot;
import org.axonframework.modelling.command.CommandHandlerInterceptor;
import org.jspecify.annotations.Nullable;

/** Decides what may happen to one ticket. Knows only what its decisions need. */
@AggregateRoot
@SuppressWarnings("NullAway.Init") // the first event sets what is never null
final class Ticket {

    private static final Set<Status> REOPENED_BY_REQUESTER = EnumSet.of(Status.PENDING, Status.ON_HOLD, Status.SOLVED);

    @AggregateIdentifier
    private TicketId id;

    private ProfileId requester;
    private Status status;
    private Priority priority;
    private @Nullable ProfileId assignee;
    private @Nullable TeamId team;
    private final Set<CommentId> comments = new HashSet<>();
    private final Timeline timeline = new Timeline();

    Ticket() {}

    @CommandHandler
    Ticket(CreateTicket command, @MetaDataValue("act") Act act, @MetaDataValue("facts") Facts facts) {
        var ticketId = Objects.requireNonNull(command.ticketId(), "made at the door");
        if (!act.staff()) {
            if (command.requesterId() != null) throw refused(new StaffOnly("requesterId"));
            if (command.priority() != null) throw refused(new StaffOnly("priority"));
            if (command.teamId() != null) throw refused(new StaffOnly("teamId"));
        }
        Timeline.begin(act, ticketId.value());
        if (command.requesterId() == null && act.role() == Role.SERVICE) throw refused(new RequesterRequired());
        if (command.requesterId() != null) facts.active(command.requesterId(), "requesterId");
        if (command.teamId() != null && !facts.teams().contains(command.teamId()))
            throw refused(new UnknownTeam("teamId"));
        apply(
                act,
                new TicketCreated(
                        ticketId,
                        command.requesterId() != null ? command.requesterId() : act.person(),
                        Personal.of(command.subject()),
                        Personal.of(command.description()),
                        command.priority() != null ? command.priority() : Priority.NORMAL,
                        command.type(),
                        command.tags() != null ? command.tags() : List.of(),
                        command.teamId()));
    }

    /** Before every command on a ticket that exists: what the caller may not know of is not there. */
    @CommandHandlerInterceptor
    void admit(@MetaDataValue("act") Act act) {
        if (!act.staff() && !act.person().equals(requester)) throw refused(new NotFound());
        timeline.admit(act, id.value(), getVersion());
    }

    @CommandHandler
    void handle(AddComment command, @MetaDataValue("act") Act act) {
        var commentId = Objects.requireNonNull(command.commentId(), "made at the door");
        var open = command.visibility() == Visibility.PUBLIC;
        if (!open && !act.staff()) throw refused(new StaffOnly("visibility"));
        changeable();
        if (comments.contains(commentId)) throw refused(new AlreadyExists("commentId"));
        var author = act.person();
        apply(act, new CommentAdded(id, commentId, author, Personal.of(command.body()), command.visibility()));
        if (open && opens(act, author)) apply(act, new StatusChanged(id, status, Status.OPEN));
    }

    /** Whether a public comment opens the ticket: the requester's reopens, the first of staff is the answer. */
    private boolean opens(Act act, ProfileId author) {
        if (author.equals(requester)) return REOPENED_BY_REQUESTER.contains(status);
        return status == Status.NEW && act.role().staff() && !act.automation();
    }

    @CommandHandler
    void handle(AssignTicket command, @MetaDataValue("act") Act act, @MetaDataValue("facts") Facts facts) {
        if (command.assigneeId().equals(assignee)) return;
        changeable();
        if (!facts.active(command.assigneeId(), "assigneeId").staff()) throw refused(new AssigneeNotStaff());
        apply(act, new TicketAssigned(id, assignee, command.assigneeId()));
    }

    @CommandHandler
    void handle(UnassignTicket command, @MetaDataValue("act") Act act) {
        if (assignee == null) return;
        changeable();
        apply(act, new TicketUnassigned(id, assignee));
    }

    @CommandHandler
    void handle(MoveToTeam command, @MetaDataValue("act") Act act, @MetaDataValue("facts") Facts facts) {
        if (command.teamId().equals(team)) return;
        changeable();
        if (!facts.teams().contains(command.teamId())) throw refused(new UnknownTeam("teamId"));
        apply(act, new MovedToTeam(id, team, command.teamId()));
    }

    @CommandHandler
    void handle(ChangeStatus command, @MetaDataValue("act") Act act) {
        if (command.status() == status) return;
        if (!status.next().contains(command.status()))
            throw refused(new IllegalTransition(status, command.status(), status.next()));
        apply(act, new StatusChanged(id, status, command.status()));
    }

    @CommandHandler
    void handle(ChangePriority command, @MetaDataValue("act") Act act) {
        if (command.priority() == priority) return;
        changeable();
        apply(act, new PriorityChanged(id, priority, command.priority()));
    }

    @EventSourcingHandler
    void on(TicketEvent event, @Timestamp Instant at, @MetaDataValue("act") @Nullable Act act) {
        timeline.saw(isLive(), at, act);
        switch (event) {
            case TicketCreated e -> {
                id = e.ticketId();
                requester = e.requesterId();
                status = Status.NEW;
                priority = e.priority();
                team = e.teamId();
            }
            case CommentAdded e -> comments.add(e.commentId());
            case TicketAssigned e -> assignee = e.to();
            case TicketUnassigned _ -> assignee = null;
            case MovedToTeam e -> team = e.to();
            case StatusChanged e -> status = e.to();
            case PriorityChanged e -> priority = e.to();
        }
    }

    private void changeable() {
        if (status == Status.CLOSED) throw refused(new TicketClosed());
    }

    private static CommandRefusedException refused(Refusal reason) {
        return new CommandRefusedException(reason);
    }

    private static void apply(Act act, TicketEvent event) {
        AggregateLifecycle.apply(event, MetaData.from(act.metadata()));
    }
}
