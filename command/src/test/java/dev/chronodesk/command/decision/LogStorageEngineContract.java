package dev.chronodesk.command.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.chronodesk.command.Desk;
import dev.chronodesk.command.authorization.Act;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.db.log.AppendConflictException;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.PostgresEventLog;
import dev.chronodesk.db.log.ReceiptDraft;
import dev.chronodesk.events.codec.EventCodec;
import dev.chronodesk.events.codec.Upcaster;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.team.TeamCreated;
import dev.chronodesk.events.team.TeamId;
import dev.chronodesk.events.team.TeamMemberAdded;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.GapAwareTrackingToken;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventhandling.GenericEventMessage;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventhandling.TrackingToken;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Axon expects of an {@code EventStorageEngine}, of ours. Run on every supported release of the server. */
@Timeout(60)
abstract class LogStorageEngineContract {

    private static final UUID ACTOR = new UUID(1, 1);

    private TestDatabase database;
    private EventLog log;
    private LogStorageEngine engine;

    abstract TestDatabase create();

    @BeforeEach
    void open() {
        database = create();
        log = database.log();
        engine = new LogStorageEngine(log);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Nested
    class A_stream {

        @Test
        void is_read_as_it_was_appended() {
            var team = team();
            var messages = events(team, 0, 4);
            append(messages);
            var read = engine.readEvents(team.toString()).asStream().toList();
            assertThat(read).extracting(DomainEventMessage::getSequenceNumber).containsExactly(0L, 1L, 2L, 3L);
            assertThat(payloads(read)).isEqualTo(payloads(messages));
            assertThat(read).allSatisfy(message -> {
                assertThat(message.getType()).isEqualTo("team");
                assertThat(message.getAggregateIdentifier()).isEqualTo(team.toString());
            });
            assertThat(read).extracting(EventMessage::getIdentifier).doesNotHaveDuplicates();
            assertThat(engine.readEvents(team.toString())
                            .asStream()
                            .map(DomainEventMessage::getIdentifier)
                            .toList())
                    .as("the same identity each time")
                    .isEqualTo(read.stream().map(EventMessage::getIdentifier).toList());
        }

        @Test
        void is_read_from_any_event_of_it_on() {
            var team = team();
            append(events(team, 0, 4));
            for (var first = 0; first < 5; first++)
                assertThat(engine.readEvents(team.toString(), first).asStream())
                        .hasSize(4 - first)
                        .extracting(DomainEventMessage::getSequenceNumber)
                        .isEqualTo(IntStream.range(first, 4)
                                .mapToObj(Long::valueOf)
                                .toList());
        }

        @Test
        void has_nothing_of_others() {
            var one = team();
            var two = team();
            append(Stream.concat(events(one, 0, 2).stream(), events(two, 0, 3).stream())
                    .toList());
            assertThat(engine.readEvents(one.toString()).asStream()).hasSize(2);
            assertThat(engine.readEvents(two.toString()).asStream()).hasSize(3);
        }

        @Test
        void that_does_not_exist_is_empty_and_has_no_last_number() {
            var team = team().toString();
            assertThat(engine.readEvents(team).hasNext()).isFalse();
            assertThat(engine.readEvents(team, 7).hasNext()).isFalse();
            assertThat(engine.lastSequenceNumberFor(team)).isEmpty();
        }

        @Test
        void has_its_last_number() {
            var team = team();
            append(events(team, 0, 1));
            assertThat(engine.lastSequenceNumberFor(team.toString())).contains(0L);
            append(events(team, 1, 3));
            assertThat(engine.lastSequenceNumberFor(team.toString())).contains(3L);
        }

        @Test
        void has_an_id_and_no_name() {
            assertThatIllegalArgumentException().isThrownBy(() -> engine.readEvents("my first team"));
        }
    }

    @Nested
    class An_append {

        @Test
        void of_nothing_is_nothing() {
            engine.appendEvents(List.of());
            assertThat(log.head().position()).isZero();
        }

        @Test
        void with_a_number_that_is_taken_conflicts_and_leaves_nothing() {
            var team = team();
            append(events(team, 0, 2));
            for (var first : new int[] {0, 1})
                assertThatExceptionOfType(AppendConflictException.class)
                        .isThrownBy(() -> append(events(team, first, 1)));
            assertThat(engine.lastSequenceNumberFor(team.toString())).contains(1L);
        }

        @Test
        void that_would_leave_a_hole_conflicts_and_leaves_nothing() {
            var team = team();
            append(events(team, 0, 1));
            assertThatExceptionOfType(AppendConflictException.class).isThrownBy(() -> append(events(team, 2, 1)));
            assertThat(engine.lastSequenceNumberFor(team.toString())).contains(0L);
        }

        @Test
        void of_several_streams_is_all_or_nothing() {
            var taken = team();
            append(events(taken, 0, 1));
            var free = team();
            assertThatExceptionOfType(AppendConflictException.class)
                    .isThrownBy(() -> append(Stream.concat(events(free, 0, 2).stream(), events(taken, 0, 1).stream())
                            .toList()));
            assertThat(engine.lastSequenceNumberFor(free.toString())).isEmpty();
            append(Stream.concat(events(free, 0, 2).stream(), events(taken, 1, 1).stream())
                    .toList());
            assertThat(engine.lastSequenceNumberFor(taken.toString())).contains(1L);
        }

        @Test
        void of_fifty_at_once_for_one_number_succeeds_once() throws Exception {
            var team = team();
            append(events(team, 0, 1));
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var all = Stream.generate(
                                () -> (Callable<Throwable>) () -> catchThrowable(() -> append(events(team, 1, 1))))
                        .limit(50)
                        .toList();
                var failures = new ArrayList<Throwable>();
                for (var each : threads.invokeAll(all)) if (each.get() != null) failures.add(each.get());
                assertThat(failures).hasSize(49).hasOnlyElementsOfType(AppendConflictException.class);
            }
            assertThat(engine.lastSequenceNumberFor(team.toString())).contains(1L);
        }

        @Test
        void of_an_event_without_an_aggregate_is_refused() {
            var plain = GenericEventMessage.asEventMessage(new TeamCreated(new TeamId(team()), "Nobody's"))
                    .andMetaData(act().metadata());
            assertThatIllegalStateException()
                    .isThrownBy(() -> append(List.of(plain)))
                    .withMessageContaining("only aggregates");
            assertThat(log.head().position()).isZero();
        }

        @Test
        void outside_a_decision_is_refused() {
            assertThatExceptionOfType(NullPointerException.class)
                    .isThrownBy(() -> engine.appendEvents(events(team(), 0, 1)))
                    .withMessageContaining("commands are decided");
            assertThat(log.head().position()).isZero();
        }
    }

    @Nested
    class The_whole_log {

        @Test
        void is_read_from_its_beginning_in_its_order_over_many_batches() {
            var team = team();
            append(events(team, 0, 700));
            append(events(team(), 0, 500));
            for (TrackingToken from : new TrackingToken[] {null, engine.createTailToken()}) {
                var read = read(from);
                assertThat(positions(read))
                        .isEqualTo(IntStream.rangeClosed(1, 1200)
                                .mapToObj(Long::valueOf)
                                .toList());
                assertThat(((DomainEventMessage<?>) read.getFirst()).getAggregateIdentifier())
                        .isEqualTo(team.toString());
            }
        }

        @Test
        void is_read_on_from_a_token() {
            append(events(team(), 0, 5));
            var all = read(null);
            for (var from = 0; from < 5; from++)
                assertThat(positions(read(all.get(from).trackingToken())))
                        .isEqualTo(positions(all.subList(from + 1, 5)));
        }

        @Test
        void has_nothing_after_its_head_until_more_comes() {
            append(events(team(), 0, 3));
            var head = engine.createHeadToken();
            assertThat(read(head)).isEmpty();
            append(events(team(), 0, 2));
            assertThat(positions(read(head))).containsExactly(4L, 5L);
        }

        @Test
        void that_is_empty_has_a_head_and_a_tail_that_are_the_same() {
            assertThat(engine.createHeadToken()).isEqualTo(engine.createTailToken());
            assertThat(read(null)).isEmpty();
        }

        @Test
        void is_waited_for_by_who_may_block() throws Exception {
            append(events(team(), 0, 1));
            var head = engine.createHeadToken();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var next = threads.submit(
                        () -> engine.readEvents(head, true).iterator().next());
                Thread.sleep(100);
                assertThat(next.isDone()).isFalse();
                append(events(team(), 0, 1));
                assertThat(next.get().trackingToken()).isEqualTo(new GlobalSequenceTrackingToken(2));
            }
        }

        @Test
        void ends_for_who_waits_when_nothing_comes() {
            append(events(team(), 0, 1));
            assertThat(engine.readEvents(null, true)).hasSize(1);
        }

        @Test
        void is_read_from_a_moment_by_when_it_was_recorded() throws Exception {
            append(events(team(), 0, 2));
            Thread.sleep(5);
            append(events(team(), 0, 2));
            var recorded = log.after(2, 1).getFirst().recordedAt();
            assertThat(positions(read(engine.createTokenAt(recorded)))).containsExactly(3L, 4L);
            assertThat(positions(read(engine.createTokenAt(recorded.plusNanos(1000)))))
                    .isEmpty();
            assertThat(positions(read(engine.createTokenAt(Instant.EPOCH)))).hasSize(4);
            assertThat(engine.createTokenAt(Instant.now().plus(Duration.ofDays(1))))
                    .isEqualTo(engine.createHeadToken());
        }

        @Test
        void knows_no_tokens_with_gaps() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> engine.readEvents(GapAwareTrackingToken.newInstance(3, List.of()), false));
        }

        @Test
        void never_shows_less_than_before_while_others_append() throws Exception {
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var appending = threads.submit(() -> {
                    for (var i = 0; i < 200; i++) append(events(team(), 0, 1 + i % 3));
                    return null;
                });
                var seen = new ArrayList<Long>();
                TrackingToken token = null;
                while (!appending.isDone() || !token(seen).equals(engine.createHeadToken())) {
                    for (var message : read(token)) {
                        token = message.trackingToken();
                        seen.add(((GlobalSequenceTrackingToken) token).getGlobalIndex());
                    }
                }
                appending.get();
                assertThat(seen).isEqualTo(positions(read(null)));
                assertThat(seen).doesNotHaveDuplicates().hasSize((int)
                        log.head().position());
            }
        }

        private static TrackingToken token(List<Long> seen) {
            return new GlobalSequenceTrackingToken(seen.isEmpty() ? 0 : seen.getLast());
        }
    }

    @Nested
    class A_snapshot {

        @Test
        void is_never_there_and_cannot_be_stored() {
            var team = team();
            append(events(team, 0, 1));
            assertThat(engine.readSnapshot(team.toString())).isEmpty();
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> engine.storeSnapshot(events(team, 0, 1).getFirst()));
        }
    }

    @Nested
    class An_earlier_revision {

        /** Made up: from now on names are in capitals. */
        private final List<Upcaster> upcasters = List.of(new Upcaster("TeamCreated", 1, old -> {
            old.put("name", old.get("name").stringValue().toUpperCase(java.util.Locale.ROOT));
            return old;
        }));

        @Test
        void is_lifted_in_streams_and_in_the_whole_log() {
            var team = team();
            append(events(team, 0, 2));
            try (var later = new PostgresEventLog(database.database().write(), new EventCodec(upcasters))) {
                var lifted = new LogStorageEngine(later);
                var expected = new TeamCreated(new TeamId(team), "FIRST LINE");
                assertThat(lifted.readEvents(team.toString()).next().getPayload())
                        .isEqualTo(expected);
                assertThat(lifted.readEvents(null, false)
                                .findFirst()
                                .orElseThrow()
                                .getPayload())
                        .isEqualTo(expected);
            }
        }
    }

    private static UUID team() {
        return Desk.IDS.get();
    }

    private static Act act() {
        return new Act(ACTOR, Role.ADMIN, ACTOR, false, "CreateTeam", "a key", null, null);
    }

    private static List<DomainEventMessage<?>> events(UUID team, int first, int count) {
        return IntStream.range(first, first + count)
                .<DomainEventMessage<?>>mapToObj(seq -> new GenericDomainEventMessage<>(
                        "team",
                        team.toString(),
                        seq,
                        seq == 0
                                ? new TeamCreated(new TeamId(team), "First line")
                                : new TeamMemberAdded(new TeamId(team), new ProfileId(new UUID(2, seq))),
                        Map.copyOf(act().metadata())))
                .toList();
    }

    /** Appends them as a command's decision does. */
    private void append(List<? extends EventMessage<?>> messages) {
        var key = UUID.randomUUID().toString();
        Drafting receipt = (changes, until) -> new ReceiptDraft(ACTOR, key, new byte[] {1}, new byte[] {2});
        var decision = new Decision(receipt, false, true, Desk.IDS);
        decision.begin();
        try {
            engine.appendEvents(messages);
        } finally {
            decision.end();
        }
    }

    private List<? extends TrackedEventMessage<?>> read(TrackingToken from) {
        return engine.readEvents(from, false).toList();
    }

    private static List<Long> positions(List<? extends TrackedEventMessage<?>> messages) {
        return messages.stream()
                .map(message -> ((GlobalSequenceTrackingToken) Objects.requireNonNull(message.trackingToken()))
                        .getGlobalIndex())
                .toList();
    }

    private static List<Object> payloads(List<? extends EventMessage<?>> messages) {
        return messages.stream().<Object>map(EventMessage::getPayload).toList();
    }
}
