package dev.chronodesk.query.ticket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.db.port.HistoryEntry.Change;
import dev.chronodesk.events.Metadata;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.codec.EventCodec;
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
import dev.chronodesk.query.fold.FoldException;
import dev.chronodesk.query.fold.Rows;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TicketProjectionSpec {

    private static final TicketId TICKET = new TicketId(UUID.randomUUID());
    private static final ProfileId BOB = new ProfileId(UUID.randomUUID());
    private static final ProfileId ADA = new ProfileId(UUID.randomUUID());
    private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

    private final TicketProjection projection = new TicketProjection(new EventCodec());
    private final Rows rows = Rows.ofWholeHistory();
    private int seq;

    private TicketRow after(TicketEvent event, ProfileId actor, Role role, boolean automation) {
        projection.fold(
                new Recorded<>(
                        100 + seq,
                        seq,
                        1,
                        UUID.randomUUID(),
                        NINE.plus(Duration.ofDays(1)),
                        NINE.plus(Duration.ofMinutes(seq)),
                        event,
                        new Metadata(actor.value(), role, actor.value(), automation, "Test", "key", null)),
                rows);
        seq++;
        return rows.get(TicketRow.TABLE, TICKET.value());
    }

    private TicketRow created() {
        return after(
                new TicketCreated(
                        TICKET,
                        BOB,
                        Personal.of("Printer on fire"),
                        Personal.erased(),
                        Priority.NORMAL,
                        null,
                        List.of("a"),
                        null),
                BOB,
                Role.CUSTOMER,
                false);
    }

    private TicketRow says(ProfileId author, Role role, boolean automation, Visibility visibility) {
        return after(
                new CommentAdded(TICKET, new CommentId(UUID.randomUUID()), author, Personal.of("text"), visibility),
                author,
                role,
                automation);
    }

    private TicketRow moves(Status from, Status to) {
        return after(new StatusChanged(TICKET, from, to), ADA, Role.AGENT, false);
    }

    @Test
    void a_ticket_is_numbered_by_its_birth_and_an_erased_text_is_null() {
        var row = created();
        assertThat(row.number()).isEqualTo(100);
        assertThat(row.subject()).isEqualTo("Printer on fire");
        assertThat(row.description()).isNull();
        assertThat(row.status()).isEqualTo(Status.NEW);
        assertThat(row.version()).isEqualTo(1);
        assertThat(row.createdAt()).isEqualTo(NINE);
        assertThat(row.updatedAt()).isEqualTo(NINE);
    }

    @Test
    void an_internal_note_moves_nothing_that_a_customer_sees_but_the_version() {
        var before = created();
        var row = says(ADA, Role.AGENT, false, Visibility.INTERNAL);
        assertThat(row.commentCount()).isZero();
        assertThat(row.updatedAt()).isEqualTo(before.updatedAt());
        assertThat(row.firstResponseAt()).isNull();
        assertThat(row.version()).isEqualTo(2);
        assertThat(rows.all(TicketCommentRow.TABLE)).hasSize(1);
        assertThat(rows.get(TicketEventRow.TABLE, 101L).internal()).isTrue();
    }

    @Test
    void a_public_comment_counts_and_dates() {
        created();
        var row = says(BOB, Role.CUSTOMER, false, Visibility.PUBLIC);
        assertThat(row.commentCount()).isEqualTo(1);
        assertThat(row.updatedAt()).isEqualTo(NINE.plusSeconds(60));
        assertThat(rows.get(TicketEventRow.TABLE, 101L).internal()).isFalse();
        assertThat(rows.get(TicketEventRow.TABLE, 101L).changes()).isEmpty();
    }

    @Test
    void the_first_response_is_staff_s_first_public_comment_and_neither_a_note_nor_a_program_nor_the_requester() {
        created();
        assertThat(says(ADA, Role.AGENT, false, Visibility.INTERNAL).firstResponseAt())
                .isNull();
        assertThat(says(ADA, Role.AGENT, true, Visibility.PUBLIC).firstResponseAt())
                .isNull();
        assertThat(says(BOB, Role.AGENT, false, Visibility.PUBLIC).firstResponseAt())
                .isNull();
        assertThat(says(ADA, Role.CUSTOMER, false, Visibility.PUBLIC).firstResponseAt())
                .isNull();
        assertThat(says(ADA, Role.ADMIN, false, Visibility.PUBLIC).firstResponseAt())
                .isEqualTo(NINE.plusSeconds(300));
        assertThat(says(ADA, Role.AGENT, false, Visibility.PUBLIC).firstResponseAt())
                .isEqualTo(NINE.plusSeconds(300));
    }

    @Test
    void solved_at_is_the_last_solving_and_nothing_after_a_reopening() {
        created();
        assertThat(moves(Status.NEW, Status.SOLVED).solvedAt()).isEqualTo(NINE.plusSeconds(60));
        var reopened = moves(Status.SOLVED, Status.OPEN);
        assertThat(reopened.solvedAt()).isNull();
        assertThat(reopened.reopenCount()).isEqualTo(1);
        moves(Status.OPEN, Status.PENDING);
        assertThat(moves(Status.PENDING, Status.OPEN).reopenCount()).isEqualTo(1);
        assertThat(moves(Status.OPEN, Status.SOLVED).solvedAt()).isEqualTo(NINE.plusSeconds(300));
        var closed = moves(Status.SOLVED, Status.CLOSED);
        assertThat(closed.solvedAt()).isEqualTo(NINE.plusSeconds(300));
        assertThat(closed.closedAt()).isEqualTo(NINE.plusSeconds(360));
        assertThat(closed.version()).isEqualTo(7);
    }

    @Test
    void assignee_team_and_priority_are_what_was_said_last() {
        created();
        var team = new TeamId(UUID.randomUUID());
        assertThat(after(new TicketAssigned(TICKET, null, ADA), ADA, Role.AGENT, false)
                        .assigneeId())
                .isEqualTo(ADA.value());
        var moved = after(new MovedToTeam(TICKET, null, team), ADA, Role.AGENT, false);
        assertThat(moved.teamId()).isEqualTo(team.value());
        assertThat(moved.assigneeId()).isEqualTo(ADA.value());
        assertThat(after(new TicketUnassigned(TICKET, ADA), ADA, Role.AGENT, false)
                        .assigneeId())
                .isNull();
        assertThat(after(new PriorityChanged(TICKET, Priority.NORMAL, Priority.URGENT), ADA, Role.AGENT, false)
                        .priority())
                .isEqualTo(Priority.URGENT);
    }

    @Test
    void changes_are_by_column_and_never_texts() {
        created();
        assertThat(rows.get(TicketEventRow.TABLE, 100L).changes())
                .isEqualTo(Map.of(
                        "requester_id",
                        new Change(null, BOB.toString()),
                        "status",
                        new Change(null, "new"),
                        "priority",
                        new Change(null, "normal"),
                        "tags",
                        new Change(null, List.of("a"))));
        moves(Status.NEW, Status.OPEN);
        assertThat(rows.get(TicketEventRow.TABLE, 101L).changes())
                .isEqualTo(Map.of("status", new Change("new", "open")));
        assertThat(rows.get(TicketEventRow.TABLE, 101L).type()).isEqualTo("StatusChanged");
    }

    @Test
    void an_event_out_of_step_is_refused() {
        created();
        seq++;
        assertThatThrownBy(() -> moves(Status.NEW, Status.OPEN)).isInstanceOf(FoldException.class);
        seq = 0;
        assertThatThrownBy(this::created).isInstanceOf(FoldException.class);
    }
}
