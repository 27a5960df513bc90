package dev.chronodesk.app.imports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.Status;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TicketNowSpec {

    static final Instant AT = Instant.parse("2016-03-01T00:00:00Z");

    final TicketNow now = TicketNow.of(List.of());

    @Test
    void nothing_leads_back_to_new_and_nothing_out_of_closed() {
        become(Status.OPEN);
        assertThat(now.wayTo(Status.NEW)).isEmpty();
        become(Status.CLOSED);
        for (var status : Status.values())
            if (status != Status.CLOSED) assertThat(now.wayTo(status)).isEmpty();
    }

    @Test
    void every_other_way_exists_is_a_way_and_is_the_shortest() {
        for (var from : Status.values())
            for (var to : Status.values()) {
                if (from == to || from == Status.CLOSED || to == Status.NEW) continue;
                become(from);
                var way = now.wayTo(to).orElseThrow();
                var at = from;
                for (var next : way) {
                    assertThat(at.next()).contains(next);
                    at = next;
                }
                assertThat(at).isEqualTo(to);
                assertThat(way).hasSize(from.next().contains(to) ? 1 : 2);
            }
    }

    @Test
    void an_open_ticket_is_solved_before_it_is_closed() {
        become(Status.OPEN);
        assertThat(now.wayTo(Status.CLOSED)).contains(List.of(Status.SOLVED, Status.CLOSED));
    }

    @Test
    void a_time_before_the_last_one_is_raised_to_it() {
        now.created(AT);
        assertThat(now.notBefore(AT.minusSeconds(60))).isEqualTo(AT);
        assertThat(now.notBefore(AT.plusSeconds(60))).isEqualTo(AT.plusSeconds(60));
    }

    @Test
    void what_is_so_already_is_known() {
        now.created(AT);
        assertThat(now.has(new Change.Urgency(Priority.NORMAL))).isTrue();
        assertThat(now.has(new Change.Team("Group 1"))).isFalse();
        now.changed(new Change.Team("Group 1"), AT);
        assertThat(now.has(new Change.Team("Group 1"))).isTrue();
    }

    private void become(Status status) {
        now.changed(new Change.State(status), AT);
    }
}
