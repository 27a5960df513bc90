package dev.chronodesk.db.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.events.codec.EventCodec;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What the log promises. Run on every supported release of the server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
abstract class EventLogContract {

    private TestDatabase database;
    private EventLog log;

    abstract TestDatabase create();

    @BeforeAll
    void open() {
        database = create();
        log = database.log();
    }

    @AfterAll
    void close() {
        database.close();
    }

    @Nested
    class An_append {

        @Test
        void is_read_back_by_stream_and_by_position() {
            var stream = Samples.id();
            var append = Samples.append(stream, 0, 3);
            var before = log.head().position();

            var appended = log.append(append);

            assertThat(appended.firstPosition()).isEqualTo(before + 1);
            assertThat(appended.lastPosition()).isEqualTo(before + 3);
            var read = log.stream(stream, 0);
            assertThat(read)
                    .extracting(Recorded::event)
                    .containsExactlyElementsOf(
                            append.events().stream().map(NewEvent::event).toList());
            assertThat(read).extracting(Recorded::seq).containsExactly(0, 1, 2);
            assertThat(read)
                    .extracting(Recorded::metadata)
                    .containsOnly(append.events().getFirst().metadata());
            assertThat(read)
                    .extracting(Recorded::eventId)
                    .containsExactlyElementsOf(
                            append.events().stream().map(NewEvent::eventId).toList());
            assertThat(read).extracting(Recorded::recordedAt).containsOnly(appended.recordedAt());
            assertThat(log.after(before, 10)).isEqualTo(read);
            assertThat(log.stream(stream, 1)).isEqualTo(read.subList(1, 3));
            assertThat(log.version(stream)).isEqualTo(3);
            assertThat(log.head()).isEqualTo(new Head(before + 3, appended.recordedAt()));
        }

        @Test
        void is_stored_byte_for_byte() {
            var event = Samples.event(Samples.id(), 0, "é 🎫 \" \\ ");
            var codec = new EventCodec();
            // sealing one thing twice gives other bytes
            Appended appended;
            try (var plain = new PostgresEventLog(database.database().write(), codec)) {
                appended = plain.append(new Append(List.of(event), null));
            }

            var stored = log.storedAfter(appended.firstPosition() - 1, 1).getFirst();

            assertThat(stored.payload()).isEqualTo(codec.encode(event.event()).payload());
            assertThat(stored.metadata()).isEqualTo(codec.encode(event.metadata()));
            assertThat(stored.type()).isEqualTo("CommentAdded");
            assertThat(stored.streamType()).isEqualTo("ticket");
            assertThat(stored.revision()).isEqualTo(1);
        }

        @Test
        void may_concern_several_streams_and_is_all_or_nothing() {
            var one = Samples.id();
            var other = Samples.id();
            var both = new ArrayList<NewEvent>();
            both.addAll(Samples.append(one, 0, 2).events());
            both.addAll(Samples.append(other, 0, 1).events());
            log.append(new Append(both, null));
            var half = new ArrayList<NewEvent>();
            half.addAll(Samples.append(one, 2, 1).events());
            half.addAll(Samples.append(other, 0, 1).events());
            var before = log.head();

            assertThatExceptionOfType(AppendConflictException.class)
                    .isThrownBy(() -> log.append(new Append(half, null)));

            assertThat(log.head()).isEqualTo(before);
            assertThat(log.version(one)).isEqualTo(2);
            assertThat(log.version(other)).isEqualTo(1);
        }

        @Test
        void conflicts_when_its_stream_has_another_version() {
            var stream = Samples.id();
            log.append(Samples.append(stream, 0, 2));
            var before = log.head();

            for (var seq : List.of(0, 1, 3, 9))
                assertThatExceptionOfType(AppendConflictException.class)
                        .isThrownBy(() -> log.append(Samples.append(stream, seq, 1)));

            assertThatExceptionOfType(AppendConflictException.class)
                    .isThrownBy(() -> log.append(Samples.append(Samples.id(), 1, 1)));
            assertThat(log.head()).isEqualTo(before);
        }

        @Test
        void whose_events_are_not_numbered_in_order_is_refused_before_it_is_sent() {
            var stream = Samples.id();
            var events = List.of(Samples.event(stream, 0), Samples.event(stream, 2));

            assertThatIllegalArgumentException().isThrownBy(() -> log.append(new Append(events, null)));
            assertThatIllegalArgumentException().isThrownBy(() -> log.append(Samples.append(stream, -1, 1)));
        }

        @Test
        void occurs_when_it_is_recorded_unless_it_says_otherwise() {
            var plain = Samples.event(Samples.id(), 0);
            var at = Instant.parse("2016-02-29T23:59:59.123456789Z");
            var imported = new NewEvent(
                    0, Samples.id(), at, Samples.event(Samples.id(), 0).event(), plain.metadata());

            log.append(new Append(List.of(plain), null));
            log.append(new Append(List.of(imported), null));

            var first = log.stream(plain.event().streamId(), 0).getFirst();
            assertThat(first.occurredAt()).isEqualTo(first.recordedAt());
            var second = log.stream(imported.event().streamId(), 0).getFirst();
            assertThat(second.occurredAt()).isEqualTo(at.truncatedTo(ChronoUnit.MICROS));
        }

        @Test
        void occurs_at_a_time_that_the_database_can_hold() {
            var event = Samples.event(Samples.id(), 0);
            for (var at : List.of(Instant.MIN, Instant.MAX, Instant.parse("0000-12-31T23:59:59Z")))
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> log.append(new Append(
                                List.of(new NewEvent(0, Samples.id(), at, event.event(), event.metadata())), null)));
            for (var at :
                    List.of(Instant.parse("0001-01-01T00:00:00Z"), Instant.parse("9999-12-31T23:59:59.999999Z"))) {
                var edge = Samples.event(Samples.id(), 0);
                log.append(
                        new Append(List.of(new NewEvent(0, edge.eventId(), at, edge.event(), edge.metadata())), null));
                assertThat(log.stream(edge.event().streamId(), 0).getFirst().occurredAt())
                        .isEqualTo(at);
            }
        }
    }

    @Nested
    class A_key {

        @Test
        void is_used_once_and_answers_every_retry_alike() {
            var receipt = Samples.receipt(Samples.id(), "a key");
            var appended = log.append(Samples.append(Samples.id(), 0, 2, receipt));
            var before = log.head();

            for (var retry : List.of(
                    Samples.append(Samples.id(), 0, 1, receipt),
                    Samples.append(Samples.id(), 5, 1, receipt),
                    Samples.only(receipt)))
                assertThatExceptionOfType(ReceiptExistsException.class)
                        .isThrownBy(() -> log.append(retry))
                        .satisfies(known -> {
                            assertThat(known.receipt().firstPosition()).isEqualTo(appended.firstPosition());
                            assertThat(known.receipt().lastPosition()).isEqualTo(appended.lastPosition());
                            assertThat(known.receipt().recordedAt()).isEqualTo(appended.recordedAt());
                            assertThat(known.receipt().outcome()).isEqualTo(receipt.outcome());
                            assertThat(known.receipt().fingerprint()).isEqualTo(receipt.fingerprint());
                        });
            assertThat(log.head()).isEqualTo(before);
            assertThat(log.receipt(receipt.principal(), receipt.key())).isPresent();
        }

        @Test
        void belongs_to_its_principal() {
            log.append(Samples.only(Samples.receipt(Samples.id(), "the same")));
            log.append(Samples.only(Samples.receipt(Samples.id(), "the same")));
            assertThat(log.receipt(Samples.id(), "the same")).isEmpty();
        }

        @Test
        void of_a_command_that_changed_nothing_stands_at_the_head() {
            var receipt = Samples.receipt(Samples.id(), "nothing");
            var appended = log.append(Samples.only(receipt));
            assertThat(appended.lastPosition()).isEqualTo(log.head().position());
            assertThat(log.receipt(receipt.principal(), receipt.key())
                            .orElseThrow()
                            .lastPosition())
                    .isEqualTo(appended.lastPosition());
        }

        @Test
        void is_free_again_after_a_conflict() {
            var receipt = Samples.receipt(Samples.id(), "again");
            var stream = Samples.id();
            assertThatExceptionOfType(AppendConflictException.class)
                    .isThrownBy(() -> log.append(Samples.append(stream, 4, 1, receipt)));
            assertThat(log.receipt(receipt.principal(), receipt.key())).isEmpty();
            log.append(Samples.append(stream, 0, 1, receipt));
        }

        @Test
        void sent_by_many_at_once_appends_once() throws Exception {
            var receipt = Samples.receipt(Samples.id(), "parallel");
            var stream = Samples.id();
            var outcomes = parallel(64, number -> {
                try {
                    return log.append(Samples.append(number % 2 == 0 ? stream : Samples.id(), 0, 1, receipt))
                            .firstPosition();
                } catch (ReceiptExistsException e) {
                    return e.receipt().firstPosition();
                }
            });
            assertThat(outcomes).hasSize(64).containsOnly(outcomes.getFirst());
        }

        @Test
        void must_be_storable_text() {
            for (var key : List.of("", "x".repeat(256), "a\0b", "\uD800", "\uDC00x"))
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> log.append(Samples.only(Samples.receipt(Samples.id(), key))));
            log.append(Samples.only(Samples.receipt(Samples.id(), "🎫".repeat(255))));
        }
    }

    /** Appends that the function decides in one call. */
    @Nested
    class A_batch {

        private List<Batch.Fate> append(Append... appends) throws SQLException {
            var codec = new EventCodec();
            var batch = new Batch(List.of(appends).stream()
                    .map(append -> Entry.of(append, codec))
                    .toList());
            try (var connection = database.database().write().getConnection()) {
                return batch.append(connection).fates();
            }
        }

        private Batch.Fate durable(long first, long last) throws SQLException {
            return new Batch.Fate.Durable(
                    new Appended(first, last, log.after(last - 1, 1).getFirst().recordedAt()));
        }

        @Test
        void leaves_out_only_what_conflicts_and_numbers_the_rest_densely() throws SQLException {
            var taken = Samples.id();
            log.append(Samples.append(taken, 0, 1));
            var head = log.head().position();

            var fates = append(
                    Samples.append(Samples.id(), 0, 2),
                    Samples.append(taken, 0, 3),
                    Samples.append(Samples.id(), 0, 1),
                    Samples.append(Samples.id(), 7, 1),
                    Samples.append(taken, 1, 1));

            assertThat(fates)
                    .containsExactly(
                            durable(head + 1, head + 2),
                            new Batch.Fate.Conflicting(),
                            durable(head + 3, head + 3),
                            new Batch.Fate.Conflicting(),
                            durable(head + 4, head + 4));
            assertThat(log.head().position()).isEqualTo(head + 4);
        }

        @Test
        void of_five_hundred_one_that_conflicts_fails_alone() throws SQLException {
            var taken = Samples.id();
            var known = Samples.receipt(Samples.id(), "known");
            log.append(Samples.append(taken, 0, 1, known));

            // the one goes on with a stream at another version, begins a stream that is there, or has a key that is
            // known
            oneOfFiveHundred(Samples.append(taken, 5, 1), new Batch.Fate.Conflicting());
            oneOfFiveHundred(Samples.append(taken, 0, 1), new Batch.Fate.Conflicting());
            oneOfFiveHundred(
                    Samples.append(Samples.id(), 0, 1, Samples.receipt(known.principal(), known.key())),
                    new Batch.Fate.Known());
        }

        private void oneOfFiveHundred(Append one, Batch.Fate itsFate) throws SQLException {
            var head = log.head().position();
            var appends = new Append[500];
            for (var i = 0; i < appends.length; i++)
                appends[i] =
                        i == 250 ? one : Samples.append(Samples.id(), 0, 1, Samples.receipt(Samples.id(), "key " + i));

            var fates = append(appends);

            assertThat(fates.get(250)).isEqualTo(itsFate);
            for (var i = 0; i < appends.length; i++) {
                if (i == 250) continue;
                var position = head + (i < 250 ? i + 1 : i);
                assertThat(fates.get(i)).isInstanceOfSatisfying(Batch.Fate.Durable.class, durable -> assertThat(
                                durable.appended().firstPosition())
                        .isEqualTo(position));
                var receipt = appends[i].receipt();
                assertThat(log.receipt(receipt.principal(), receipt.key()))
                        .hasValueSatisfying(
                                kept -> assertThat(kept.firstPosition()).isEqualTo(position));
            }
            assertThat(log.head().position()).isEqualTo(head + 499);
        }

        @Test
        void decides_competing_appends_in_their_order() throws SQLException {
            var stream = Samples.id();
            var head = log.head().position();

            var fates = append(
                    Samples.append(stream, 0, 1),
                    Samples.append(stream, 0, 1),
                    Samples.append(stream, 1, 2),
                    Samples.append(stream, 2, 1),
                    Samples.append(stream, 3, 1));

            assertThat(fates)
                    .containsExactly(
                            durable(head + 1, head + 1),
                            new Batch.Fate.Conflicting(),
                            durable(head + 2, head + 3),
                            new Batch.Fate.Conflicting(),
                            durable(head + 4, head + 4));
            assertThat(log.stream(stream, 0)).extracting(Recorded::seq).containsExactly(0, 1, 2, 3);
        }

        @Test
        void takes_a_key_once_also_when_it_comes_twice() throws SQLException {
            var key = Samples.receipt(Samples.id(), "twice");
            var stored = Samples.receipt(Samples.id(), "stored");
            log.append(Samples.append(Samples.id(), 0, 1, stored));
            var stream = Samples.id();
            var head = log.head().position();

            var fates = append(
                    Samples.append(stream, 3, 1, key),
                    Samples.append(stream, 0, 1, stored),
                    Samples.append(stream, 0, 2, key),
                    Samples.append(Samples.id(), 0, 1, key),
                    Samples.only(key));

            assertThat(fates)
                    .containsExactly(
                            new Batch.Fate.Conflicting(),
                            new Batch.Fate.Known(),
                            durable(head + 1, head + 2),
                            new Batch.Fate.Known(),
                            new Batch.Fate.Known());
            var receipt = log.receipt(key.principal(), key.key()).orElseThrow();
            assertThat(receipt.firstPosition()).isEqualTo(head + 1);
            assertThat(receipt.lastPosition()).isEqualTo(head + 2);
        }

        @Test
        void of_one_event_with_its_receipt_is_decided_like_any_other() throws SQLException {
            var taken = Samples.id();
            var used = Samples.receipt(Samples.id(), "used");
            log.append(Samples.append(taken, 0, 2, used));
            var head = log.head().position();

            assertThat(append(Samples.append(taken, 0, 1, key()))).containsExactly(new Batch.Fate.Conflicting());
            assertThat(append(Samples.append(taken, 1, 1, key()))).containsExactly(new Batch.Fate.Conflicting());
            assertThat(append(Samples.append(taken, 3, 1, key()))).containsExactly(new Batch.Fate.Conflicting());
            assertThat(append(Samples.append(Samples.id(), 1, 1, key()))).containsExactly(new Batch.Fate.Conflicting());
            assertThat(append(Samples.append(Samples.id(), 0, 1, used))).containsExactly(new Batch.Fate.Known());
            assertThat(append(Samples.append(taken, 2, 1, used))).containsExactly(new Batch.Fate.Known());
            assertThat(log.head().position()).isEqualTo(head);

            assertThat(append(Samples.append(taken, 2, 1, key()))).containsExactly(durable(head + 1, head + 1));
            assertThat(append(Samples.append(Samples.id(), 0, 1, key()))).containsExactly(durable(head + 2, head + 2));
        }

        private static ReceiptDraft key() {
            return Samples.receipt(Samples.id(), "any");
        }

        @Test
        void keeps_positions_apart_in_the_receipts_of_its_appends() throws SQLException {
            var keys = IntStream.range(0, 5)
                    .mapToObj(number -> Samples.receipt(Samples.id(), "key " + number))
                    .toList();
            var head = log.head().position();

            append(
                    Samples.append(Samples.id(), 0, 1, keys.get(0)),
                    Samples.append(Samples.id(), 1, 1, keys.get(1)),
                    Samples.append(Samples.id(), 0, 3, keys.get(2)),
                    Samples.only(keys.get(3)),
                    Samples.append(Samples.id(), 0, 1, keys.get(4)));

            assertThat(keys.stream()
                            .flatMap(key -> log.receipt(key.principal(), key.key()).stream())
                            .map(receipt -> receipt.firstPosition() + "-" + receipt.lastPosition()))
                    .containsExactly(
                            (head + 1) + "-" + (head + 1),
                            (head + 2) + "-" + (head + 4),
                            (head + 5) + "-" + (head + 5),
                            (head + 5) + "-" + (head + 5));
            assertThat(log.receipt(keys.get(1).principal(), keys.get(1).key())).isEmpty();
        }

        @Test
        void is_refused_in_a_transaction_that_cannot_see_what_was_committed_meanwhile() throws SQLException {
            var batch = new Batch(List.of(Entry.of(Samples.append(Samples.id(), 0, 1), new EventCodec())));
            try (var connection = database.database().write().getConnection()) {
                connection.setAutoCommit(false);
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(() -> batch.append(connection))
                        .withMessageContaining("READ COMMITTED");
                connection.rollback();
            }
        }
    }

    @Nested
    class The_schema {

        @Test
        void refuses_a_second_event_with_the_same_number_in_its_stream_whoever_writes_it() throws SQLException {
            var stream = Samples.id();
            log.append(Samples.append(stream, 0, 1));
            try (var connection = database.database().write().getConnection();
                    var insert = connection.prepareStatement(
                            """
                            insert into log.event (position, recorded_at, occurred_at, stream_id, event_id, seq, revision,
                                stream_type, type, payload, metadata)
                            select 1000000 + position, recorded_at, occurred_at, stream_id, gen_random_uuid(), seq,
                                revision, stream_type, type, payload, metadata
                            from log.event where stream_id = ?
                            """)) {
                insert.setObject(1, stream);
                assertThatExceptionOfType(SQLException.class)
                        .isThrownBy(insert::executeUpdate)
                        .satisfies(refused -> assertThat(refused.getSQLState()).isEqualTo("23505"))
                        .withMessageContaining("event_stream_seq_key");
            }
        }
    }

    @Nested
    class Time {

        @Test
        void never_goes_back_along_positions_even_when_the_clock_does() throws SQLException {
            try (var other = create()) {
                other.log().append(Samples.append(Samples.id(), 0, 1));
                // the same as if the clock had been an hour ahead and was then set right
                execute(
                        other,
                        """
                        insert into log.event (position, recorded_at, occurred_at, stream_id, event_id, seq, revision,
                            stream_type, type, payload, metadata)
                        select 2, recorded_at + interval '1 hour', occurred_at, gen_random_uuid(), gen_random_uuid(), 0,
                            revision, stream_type, type, payload, metadata
                        from log.event
                        """);
                var ahead = other.log().head().recordedAt();
                assertThat(other.log()
                                .append(Samples.append(Samples.id(), 0, 1))
                                .recordedAt())
                        .isEqualTo(ahead);
            }
        }

        @Test
        void finds_the_last_position_at_or_before_a_moment() throws SQLException {
            try (var other = create()) {
                var appended = IntStream.range(0, 25)
                        .mapToObj(number -> other.log().append(Samples.append(Samples.id(), 0, 1 + number % 3)))
                        .toList();
                for (var i = 0; i < appended.size(); i++) {
                    var at = appended.get(i).recordedAt();
                    assertThat(other.log().positionAt(at))
                            .isEqualTo(appended.get(i).lastPosition());
                    assertThat(other.log().positionAt(at.minus(1, ChronoUnit.MICROS)))
                            .isEqualTo(i == 0 ? 0 : appended.get(i - 1).lastPosition());
                }
                for (var early : List.of(Instant.MIN, Instant.EPOCH, Instant.parse("2001-01-01T00:00:00Z")))
                    assertThat(other.log().positionAt(early)).isZero();
            }
        }

        @Test
        void of_an_empty_log_is_decided_too() {
            try (var other = create()) {
                assertThat(other.log().head()).isEqualTo(Head.NONE);
                assertThat(other.log().positionAt(Instant.now().minusSeconds(1)))
                        .isZero();
            }
        }

        @Test
        void in_the_future_is_refused() {
            for (var late : List.of(Instant.now().plusSeconds(60), Instant.MAX))
                assertThatIllegalArgumentException().isThrownBy(() -> log.positionAt(late));
        }

        @Test
        void that_was_asked_for_stays_before_everything_that_is_appended_later() throws SQLException {
            try (var other = create()) {
                var first = other.log().append(Samples.append(Samples.id(), 0, 1));
                var moment = first.recordedAt().plus(5, ChronoUnit.MICROS);
                assertThat(other.log().positionAt(moment)).isEqualTo(1);
                assertThat(answeredUntil(other)).isEqualTo(ChronoUnit.MICROS.between(Instant.EPOCH, moment));
                // the same as if the clock had been an hour ahead when it was asked for
                execute(other, "select setval('log.answered_until', last_value + 3600000000) from log.answered_until");

                var next = other.log().append(Samples.append(Samples.id(), 0, 1));

                assertThat(next.recordedAt())
                        .isEqualTo(moment.plus(1, ChronoUnit.HOURS).plus(1, ChronoUnit.MICROS));
            }
        }

        @Test
        void that_nothing_recorded_stands_after_is_decided_while_nobody_appends() throws Exception {
            var moment = log.append(Samples.append(Samples.id(), 0, 1)).recordedAt();
            CompletableFuture<Long> asked;
            try (var lock = new AppendLock(database.superuser())) {
                asked = CompletableFuture.supplyAsync(() -> log.positionAt(moment));
                lock.awaitWaiter();
                assertThat(asked).isNotDone();
            }
            assertThat(asked.get(20, TimeUnit.SECONDS)).isEqualTo(log.head().position());
        }

        @Test
        void asked_for_while_many_append_is_answered_alike_for_ever() throws Exception {
            record Answer(Instant moment, long position) {}
            var until = Instant.now().plusSeconds(2);
            var answers = parallel(12, number -> {
                var given = new ArrayList<Answer>();
                while (Instant.now().isBefore(until)) {
                    if (number < 8) {
                        log.append(Samples.append(Samples.id(), 0, 1));
                    } else {
                        var moment = Instant.now().minus(number * 20 - 160, ChronoUnit.MICROS);
                        try {
                            given.add(new Answer(moment, log.positionAt(moment)));
                        } catch (IllegalArgumentException future) {
                            assertThat(moment).isAfter(Instant.now().minusSeconds(1));
                        }
                    }
                }
                return given;
            });
            var all = answers.stream().flatMap(List::stream).toList();
            assertThat(all).hasSizeGreaterThan(20);
            for (var answer : all)
                assertThat(log.positionAt(answer.moment())).as("%s", answer).isEqualTo(answer.position());
        }

        private static long answeredUntil(TestDatabase database) throws SQLException {
            try (var connection = database.superuser();
                    var statement = connection.createStatement();
                    var row = statement.executeQuery("select last_value from log.answered_until")) {
                row.next();
                return row.getLong("last_value");
            }
        }
    }

    @Nested
    class An_event_that_cannot_be_decoded {

        @Test
        void stops_the_reader_and_says_where() throws SQLException {
            try (var other = create()) {
                other.log().append(Samples.append(Samples.id(), 0, 2));
                execute(
                        other,
                        """
                        insert into log.event (position, recorded_at, occurred_at, stream_id, event_id, seq, revision,
                            stream_type, type, payload, metadata)
                        select 3, recorded_at, occurred_at, gen_random_uuid(), gen_random_uuid(), 0, 9,
                            stream_type, type, payload, metadata
                        from log.event where position = 1
                        """);
                assertThatExceptionOfType(UndecodableStoredEventException.class)
                        .isThrownBy(() -> other.log().after(0, 10))
                        .satisfies(stopped -> assertThat(stopped.position()).isEqualTo(3))
                        .withMessageContaining("revision 9");
                assertThat(other.log().after(0, 2)).hasSize(2);
                assertThat(other.log().storedAfter(0, 10)).hasSize(3);
            }
        }
    }

    @Nested
    class A_follower {

        @Test
        void reads_on_without_a_gap_however_much_it_takes_at_once() {
            var from = log.head().position();
            for (var i = 0; i < 5; i++) log.append(Samples.append(Samples.id(), 0, 500));
            log.append(Samples.append(Samples.id(), 0, 7));
            for (var limit : List.of(1, 999, 1_000, 1_001, 2_000, 2_506, 2_507, 2_508, 10_000))
                assertThat(log.after(from, limit).stream().map(Recorded::position))
                        .as("limit %s", limit)
                        .containsExactlyElementsOf(LongStream.rangeClosed(from + 1, from + Math.min(limit, 2_507))
                                .boxed()
                                .toList());
        }

        @Test
        void is_woken_by_an_append_of_this_node() throws Exception {
            var head = log.head().position();
            assertThat(log.awaitAfter(head, Duration.ofMillis(300))).isFalse();
            var woken = CompletableFuture.supplyAsync(() -> {
                try {
                    return log.awaitAfter(head, Duration.ofSeconds(20));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            log.append(Samples.append(Samples.id(), 0, 1));
            assertThat(woken.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(log.awaitAfter(head, Duration.ZERO)).isTrue();
        }

        @Test
        void finds_what_another_node_appended() throws Exception {
            try (var node = new PostgresEventLog(database.database().write(), database.codec())) {
                var head = node.head().position();
                log.append(Samples.append(Samples.id(), 0, 1));
                assertThat(node.awaitAfter(head, Duration.ofSeconds(20))).isTrue();
            }
        }
    }

    static void execute(TestDatabase database, String sql) throws SQLException {
        try (var connection = database.superuser();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    interface Task<T> {
        T run(int number) throws Exception;
    }

    static <T> List<T> parallel(int threads, Task<T> task) throws Exception {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<T>> calls = IntStream.range(0, threads)
                    .<Callable<T>>mapToObj(number -> () -> task.run(number))
                    .toList();
            var results = new ArrayList<T>();
            for (Future<T> result : executor.invokeAll(calls)) results.add(result.get());
            return results;
        }
    }
}
