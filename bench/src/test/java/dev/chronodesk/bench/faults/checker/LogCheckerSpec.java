package dev.chronodesk.bench.faults.checker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.bench.faults.journal.Intent;
import dev.chronodesk.bench.faults.journal.Outcome;
import dev.chronodesk.bench.faults.journal.Sending;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A history as it should be passes; each way in which it may be wrong is found, and is the only finding. */
class LogCheckerSpec {

    private static final UUID SENDER = new UUID(7, 1);
    private static final UUID STREAM = new UUID(8, 1);
    private static final UUID OTHER = new UUID(8, 2);
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private final List<Logged> log = new ArrayList<>();
    private final List<Receipted> receipts = new ArrayList<>();
    private final List<Sending> journal = new ArrayList<>();
    private long sends;

    /** Three commands: two accepted, the second with two events, and one refused. */
    LogCheckerSpec() {
        log.add(event(1, STREAM, 0, "TicketCreated", "a"));
        log.add(event(2, STREAM, 1, "CommentAdded", "b"));
        log.add(event(3, STREAM, 2, "StatusChanged", "b"));
        log.add(event(4, OTHER, 0, "TicketCreated", "d"));
        receipts.add(new Receipted(SENDER, "a", 1, 1, 1));
        receipts.add(new Receipted(SENDER, "b", 2, 3, 2));
        receipts.add(new Receipted(SENDER, "d", 4, 4, 1));
        sent("a", accepted(1, STREAM, 1));
        sent("b", new Outcome.Unknown("no answer"));
        sent("b", accepted(3, STREAM, 3));
        sent("c", new Outcome.Refused(422, "illegal-transition"));
        sent("d", accepted(4, OTHER, 1));
    }

    private static Logged event(long position, UUID stream, int seq, String type, String key) {
        return new Logged(position, stream, seq, new UUID(9, position), NOON.plusSeconds(position), type, SENDER, key);
    }

    private static Outcome accepted(long position, UUID stream, int version) {
        return new Outcome.Acknowledged(position, Map.of(stream.toString(), version), false, "{}");
    }

    private void sent(String key, Outcome outcome) {
        journal.add(new Sending(new Intent(++sends, SENDER, key, "Command", "00", "node 1"), outcome));
    }

    private void answer(String key, Outcome outcome) {
        journal.replaceAll(
                sending -> sending.intent().key().equals(key) ? new Sending(sending.intent(), outcome) : sending);
    }

    private void nothingFound() {
        assertThat(LogChecker.check(journal, log, receipts)).isEmpty();
    }

    private void found(Rule... rules) {
        assertThat(LogChecker.check(journal, log, receipts))
                .extracting(Finding::rule)
                .containsExactlyInAnyOrder(rules);
    }

    @Test
    void a_history_as_it_should_be_passes() {
        nothingFound();
    }

    @Test
    void a_part_of_a_log_is_checked_from_where_it_begins() {
        var part = log.subList(3, 4);
        var later = journal.subList(4, 5);
        assertThat(LogChecker.check(later, 3, part, receipts.subList(2, 3))).isEmpty();
        assertThat(LogChecker.check(later, 2, part, receipts.subList(2, 3)))
                .extracting(Finding::rule)
                .containsExactly(Rule.DENSE_POSITIONS);
    }

    @Nested
    class commands {

        @Test
        void a_lost_event_is_found() {
            log.removeLast();
            receipts.removeLast();
            found(Rule.ACKNOWLEDGED_IS_THERE);
        }

        @Test
        void a_doubled_event_is_found() {
            log.add(event(5, OTHER, 1, "TicketCreated", "d"));
            receipts.set(2, new Receipted(SENDER, "d", 4, 5, 2));
            answer("d", accepted(5, OTHER, 2));
            found(Rule.ONCE);
        }

        @Test
        void an_append_in_two_places_is_found() {
            log.set(1, event(2, OTHER, 0, "TicketCreated", "d"));
            log.set(2, event(3, STREAM, 1, "CommentAdded", "b"));
            log.set(3, event(4, OTHER, 1, "StatusChanged", "d"));
            receipts.set(1, new Receipted(SENDER, "b", 3, 3, 1));
            receipts.set(2, new Receipted(SENDER, "d", 2, 4, 2));
            answer("b", accepted(3, STREAM, 2));
            answer("d", accepted(4, OTHER, 2));
            found(Rule.ONCE, Rule.RECEIPTS_POINT_HOME);
        }

        @Test
        void an_acknowledgement_of_another_position_is_found() {
            answer("d", accepted(3, OTHER, 1));
            found(Rule.WHERE_ACKNOWLEDGED);
        }

        @Test
        void an_acknowledgement_of_another_version_is_found() {
            answer("d", accepted(4, OTHER, 2));
            found(Rule.WHERE_ACKNOWLEDGED);
        }

        @Test
        void unchanged_with_an_event_is_found() {
            answer("d", new Outcome.Acknowledged(4, Map.of(OTHER.toString(), 1), true, "{}"));
            found(Rule.WHERE_ACKNOWLEDGED);
        }

        @Test
        void unchanged_without_a_receipt_is_found() {
            sent("e", new Outcome.Acknowledged(4, Map.of(OTHER.toString(), 1), true, "{}"));
            found(Rule.ACKNOWLEDGED_IS_THERE);
            receipts.add(new Receipted(SENDER, "e", 4, 4, 0));
            nothingFound();
        }

        @Test
        void refused_and_present_is_found() {
            answer("d", new Outcome.Refused(422, "ticket-closed"));
            found(Rule.REFUSED_LEFT_NOTHING);
        }

        @Test
        void refused_with_a_receipt_is_found() {
            receipts.add(new Receipted(SENDER, "c", 3, 3, 0));
            found(Rule.REFUSED_LEFT_NOTHING);
        }

        @Test
        void what_stays_unknown_is_found() {
            answer("d", new Outcome.Unknown("no answer"));
            found(Rule.UNKNOWN_RESOLVES);
        }

        @Test
        void an_answer_that_is_a_mistake_of_the_service_is_found() {
            journal.add(
                    journal.size() - 1,
                    new Sending(new Intent(0, SENDER, "d", "C", "00", "node 1"), new Outcome.Broken("500")));
            found(Rule.TROUBLE_IS_SAID);
        }

        @Test
        void another_answer_to_a_retry_is_found() {
            sent("a", accepted(2, STREAM, 1));
            found(Rule.ANSWERED_ALIKE);
        }

        @Test
        void a_refusal_after_an_acknowledgement_is_found() {
            sent("a", new Outcome.Refused(409, "already-exists"));
            found(Rule.ANSWERED_ALIKE);
        }

        @Test
        void an_acknowledgement_after_a_refusal_is_found_unless_a_sending_was_on_its_way() {
            sent("e", new Outcome.Refused(409, "conflicting-writers"));
            sent("e", accepted(5, OTHER, 2));
            log.add(event(5, OTHER, 1, "CommentAdded", "e"));
            receipts.add(new Receipted(SENDER, "e", 5, 5, 1));
            found(Rule.ANSWERED_ALIKE);
            journal.add(
                    journal.size() - 2,
                    new Sending(new Intent(0, SENDER, "e", "C", "00", "node 1"), new Outcome.Unknown("paused")));
            nothingFound();
        }

        @Test
        void an_event_that_nobody_sent_is_found() {
            log.add(event(5, OTHER, 1, "CommentAdded", "e"));
            receipts.add(new Receipted(SENDER, "e", 5, 5, 1));
            found(Rule.NOTHING_UNSENT);
        }
    }

    @Nested
    class order {

        @Test
        void a_hole_in_the_positions_is_found() {
            log.set(3, event(5, OTHER, 0, "TicketCreated", "d"));
            receipts.set(2, new Receipted(SENDER, "d", 5, 5, 1));
            answer("d", accepted(5, OTHER, 1));
            found(Rule.DENSE_POSITIONS);
        }

        @Test
        void a_hole_in_a_stream_is_found() {
            log.set(3, event(4, OTHER, 1, "TicketCreated", "d"));
            answer("d", accepted(4, OTHER, 2));
            found(Rule.DENSE_SEQ);
        }

        @Test
        void a_time_that_goes_back_is_found() {
            var last = log.removeLast();
            log.add(new Logged(
                    last.position(),
                    last.stream(),
                    last.seq(),
                    last.eventId(),
                    NOON.plusSeconds(3).minusNanos(1000),
                    last.type(),
                    last.sentBy(),
                    last.key()));
            found(Rule.TIME_FORWARD);
        }

        @Test
        void two_events_with_one_id_are_found() {
            var last = log.removeLast();
            log.add(new Logged(
                    last.position(),
                    last.stream(),
                    last.seq(),
                    new UUID(9, 1),
                    last.recordedAt(),
                    last.type(),
                    last.sentBy(),
                    last.key()));
            found(Rule.UNIQUE_IDS);
        }

        @Test
        void a_receipt_that_points_elsewhere_is_found() {
            receipts.set(0, new Receipted(SENDER, "a", 2, 2, 1));
            found(Rule.RECEIPTS_POINT_HOME);
        }

        @Test
        void a_receipt_without_its_events_is_found() {
            receipts.add(new Receipted(new UUID(7, 2), "elsewhere", 4, 4, 1));
            found(Rule.RECEIPTS_POINT_HOME);
        }

        @Test
        void an_event_without_a_receipt_is_found() {
            receipts.removeLast();
            found(Rule.RECEIPTS_POINT_HOME);
        }
    }
}
