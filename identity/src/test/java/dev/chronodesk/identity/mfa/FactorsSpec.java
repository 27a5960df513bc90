package dev.chronodesk.identity.mfa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chronodesk.db.Secrets;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.identity.Moment;
import dev.chronodesk.identity.Registered;
import dev.chronodesk.identity.mfa.FactorRejection.AnotherAddress;
import dev.chronodesk.identity.mfa.FactorRejection.ChallengeOver;
import dev.chronodesk.identity.mfa.FactorRejection.NameTaken;
import dev.chronodesk.identity.mfa.FactorRejection.NoSuchChallenge;
import dev.chronodesk.identity.mfa.FactorRejection.NoSuchFactor;
import dev.chronodesk.identity.mfa.FactorRejection.Rejected;
import dev.chronodesk.identity.mfa.FactorRejection.SecondNeededToAdd;
import dev.chronodesk.identity.mfa.FactorRejection.SecondNeededToRemove;
import dev.chronodesk.identity.mfa.FactorRejection.SignedOut;
import dev.chronodesk.identity.mfa.FactorRejection.TooMany;
import dev.chronodesk.identity.mfa.FactorRejection.TooSoon;
import dev.chronodesk.identity.mfa.FactorRejection.WrongCode;
import dev.chronodesk.identity.session.Device;
import dev.chronodesk.identity.session.Refreshed.OpenSession;
import dev.chronodesk.identity.session.Sessions;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class FactorsSpec {

    private static final String HERE = "192.0.2.1";

    private static TestDatabase database;
    private static JdbcClient jdbc;

    private final Moment clock = new Moment();
    private Sessions sessions;
    private Factors factors;
    private UUID ada;
    private OpenSession session;

    @BeforeAll
    static void open() {
        database = TestDatabase.create();
        jdbc = JdbcClient.create(database.database().identity());
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @BeforeEach
    void a_person_who_is_signed_in() {
        var identity = database.database().identity();
        var secrets = new Secrets(database.database().write());
        sessions = new Sessions(identity, secrets, Duration.ofSeconds(10), clock);
        factors = new Factors(identity, secrets, sessions, clock);
        ada = Registered.account(database);
        session = open(ada);
    }

    private OpenSession open(UUID person) {
        return sessions.open(person, "password", Device.NONE);
    }

    /** A factor with the app that knows its secret. */
    private record Enrolled(UUID id, Authenticator app) {}

    private Enrolled enrolled() {
        var enrolment = factors.enrol(ada, session.id(), null);
        return new Enrolled(
                enrolment.factor().id(), new Authenticator(enrolment.secret().reveal()));
    }

    private OpenSession verify(Enrolled factor, UUID challenge, String code) {
        return factors.verify(ada, session.id(), new Factors.Answer(factor.id(), challenge, code, HERE));
    }

    private OpenSession verify(Enrolled factor, String code) {
        return verify(factor, asked(factor), code);
    }

    private UUID asked(Enrolled factor) {
        return factors.challenge(ada, factor.id(), HERE).id();
    }

    private String code(Enrolled factor) {
        return factor.app().at(clock.instant());
    }

    private String wrong(Enrolled factor) {
        return factor.app().wrongAt(clock.instant());
    }

    /** A factor that a code was right for, one step ago. */
    private Enrolled verified() {
        var factor = enrolled();
        verify(factor, code(factor));
        clock.passes(Totp.STEP);
        return factor;
    }

    private static void rejected(Class<? extends FactorRejection> reason, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(Rejected.class, rejected -> assertThat(rejected.reason())
                .isInstanceOf(reason));
    }

    private static String aal(OpenSession session) {
        return jdbc.sql("select aal from identity.session where id = ?")
                .param(session.id())
                .query(String.class)
                .single();
    }

    private static List<String> methods(OpenSession session) {
        return jdbc.sql("select jsonb_array_elements(methods) ->> 'method' from identity.session where id = ?")
                .param(session.id())
                .query(String.class)
                .list();
    }

    /** What became of each when they started at once; null for what was accepted. */
    private static List<FactorRejection> atOnce(int threads, IntFunction<Callable<?>> each) throws Exception {
        var outcomes = new ArrayList<FactorRejection>();
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var start = new CountDownLatch(1);
            var answers = new ArrayList<Future<FactorRejection>>();
            for (var i = 0; i < threads; i++) {
                var call = each.apply(i);
                answers.add(pool.submit(() -> {
                    start.await();
                    try {
                        call.call();
                        return null;
                    } catch (Rejected e) {
                        return e.reason();
                    }
                }));
            }
            start.countDown();
            for (var answer : answers) outcomes.add(answer.get());
        }
        return outcomes;
    }

    @Nested
    class Enrolling {

        @Test
        void gives_160_random_bits_that_are_kept_sealed() {
            var factor = enrolled();
            var other = enrolled();
            assertThat(factor.app().secret())
                    .hasSize(20)
                    .isNotEqualTo(other.app().secret());
            var row = jdbc.sql("select f::text from identity.factor f where id = ?")
                    .param(factor.id())
                    .query(String.class)
                    .single();
            assertThat(row).doesNotContain(HexFormat.of().formatHex(factor.app().secret()));
        }

        @Test
        void seals_a_secret_for_its_factor_alone() {
            var factor = enrolled();
            var other = enrolled();
            jdbc.sql("update identity.factor f set secret = o.secret from identity.factor o where f.id = ? and"
                            + " o.id = ?")
                    .param(factor.id())
                    .param(other.id())
                    .update();
            assertThatThrownBy(() -> verify(factor, code(other)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cannot be opened");
        }

        @Test
        void names_a_factor_once_for_each_person() {
            var enrolment = factors.enrol(ada, session.id(), "phone");
            assertThat(enrolment.factor().friendlyName()).isEqualTo("phone");
            assertThat(enrolment.factor().verified()).isFalse();
            rejected(NameTaken.class, () -> factors.enrol(ada, session.id(), "phone"));
            var bob = Registered.account(database);
            factors.enrol(bob, open(bob).id(), "phone");
            assertThat(factors.of(bob)).hasSize(1);
            assertThat(factors.of(ada)).containsExactly(enrolment.factor());
        }

        @Test
        void stops_at_ten_factors_however_many_ask_at_once() throws Exception {
            var outcomes = atOnce(20, i -> FactorsSpec.this::enrolled);
            assertThat(outcomes.stream().filter(TooMany.class::isInstance)).hasSize(10);
            assertThat(factors.of(ada)).hasSize(10);
        }

        @Test
        void frees_the_name_and_place_of_one_that_was_not_finished() {
            var verified = verified();
            factors.enrol(ada, session.id(), "phone");
            clock.passes(Factors.TO_ENROL.minusSeconds(1));
            rejected(NameTaken.class, () -> factors.enrol(ada, session.id(), "phone"));
            clock.passes(Duration.ofSeconds(1));
            var again = factors.enrol(ada, session.id(), "phone").factor();
            assertThat(factors.of(ada)).extracting(Factor::id).containsExactly(verified.id(), again.id());
        }

        @Test
        void another_one_needs_the_verified_one() {
            var factor = verified();
            var low = open(ada);
            rejected(SecondNeededToAdd.class, () -> factors.enrol(ada, low.id(), null));
            enrolled();
            assertThat(factor.id()).isNotNull();
        }
    }

    @Nested
    class Asking {

        @Test
        void gives_five_minutes_and_is_shown_on_the_factor() {
            var factor = enrolled();
            var challenge = factors.challenge(ada, factor.id(), HERE);
            assertThat(challenge.expiresAt())
                    .isEqualTo(clock.instant().truncatedTo(ChronoUnit.MICROS).plusSeconds(300));
            assertThat(factors.of(ada).getFirst().lastChallengedAt())
                    .isBetween(clock.instant().minusMillis(1), clock.instant().plusMillis(1));
        }

        @Test
        void is_for_ones_own_factors() {
            var factor = enrolled();
            var bob = Registered.account(database);
            rejected(NoSuchFactor.class, () -> factors.challenge(bob, factor.id(), HERE));
            rejected(NoSuchFactor.class, () -> factors.challenge(ada, UUID.randomUUID(), HERE));
        }

        @Test
        void leaves_no_questions_behind_that_nobody_can_answer() {
            var factor = enrolled();
            asked(factor);
            clock.passes(Factors.TO_ANSWER);
            asked(factor);
            assertThat(jdbc.sql("select count(*) from identity.challenge where factor_id = ?")
                            .param(factor.id())
                            .query(Integer.class)
                            .single())
                    .isEqualTo(1);
        }
    }

    @Nested
    class Verifying {

        @Test
        void lets_the_same_session_go_on_with_both_methods() {
            var factor = enrolled();
            assertThat(factors.needsSecond(ada, session.id())).isFalse();
            var raised = verify(factor, code(factor));
            assertThat(raised.id()).isEqualTo(session.id());
            assertThat(aal(raised)).isEqualTo("aal2");
            assertThat(methods(raised)).endsWith("totp");
            assertThat(factors.of(ada))
                    .singleElement()
                    .extracting(Factor::verified)
                    .isEqualTo(true);
            assertThat(factors.needsSecond(ada, session.id())).isFalse();
            assertThat(factors.needsSecond(ada, open(ada).id())).isTrue();
        }

        @Test
        void again_names_the_method_once() {
            var factor = verified();
            assertThat(methods(verify(factor, code(factor)))).containsOnlyOnce("totp");
        }

        @Test
        void takes_a_code_of_one_step_before_or_after() {
            for (var off : new int[] {-30, 30}) {
                var factor = enrolled();
                verify(factor, factor.app().at(clock.instant().plusSeconds(off)));
            }
        }

        @Test
        void refuses_a_wrong_code() {
            var factor = enrolled();
            rejected(WrongCode.class, () -> verify(factor, wrong(factor)));
            for (var off : new int[] {-60, 60})
                rejected(
                        WrongCode.class,
                        () -> verify(factor, factor.app().at(clock.instant().plusSeconds(off))));
            assertThat(aal(session)).isEqualTo("aal1");
            assertThat(factors.of(ada))
                    .singleElement()
                    .extracting(Factor::verified)
                    .isEqualTo(false);
        }

        @Test
        void takes_a_code_once_and_none_from_before_it() {
            var factor = enrolled();
            var before = factor.app().at(clock.instant().minusSeconds(30));
            var taken = code(factor);
            verify(factor, taken);
            rejected(WrongCode.class, () -> verify(factor, taken));
            rejected(WrongCode.class, () -> verify(factor, before));
            clock.passes(Totp.STEP);
            rejected(WrongCode.class, () -> verify(factor, taken));
            verify(factor, code(factor));
        }

        @Test
        void takes_one_code_once_when_50_present_it_at_once() throws Exception {
            var factor = enrolled();
            var taken = code(factor);
            var outcomes = atOnce(50, i -> {
                var challenge = asked(factor);
                return () -> verify(factor, challenge, taken);
            });
            assertThat(Collections.frequency(outcomes, null)).isEqualTo(1);
            assertThat(outcomes).contains(new WrongCode());
        }

        @Test
        void answers_a_question_once_with_however_many_right_codes_at_once() throws Exception {
            for (var round = 0; round < 10; round++) {
                var factor = verified();
                var challenge = asked(factor);
                var outcomes = atOnce(
                        3,
                        i -> () -> verify(
                                factor,
                                challenge,
                                factor.app().at(clock.instant().plusSeconds(30L * (i % 2)))));
                assertThat(Collections.frequency(outcomes, null)).isEqualTo(1);
                clock.passes(Duration.ofMinutes(1));
                rejected(ChallengeOver.class, () -> verify(factor, challenge, code(factor)));
            }
        }

        @Test
        void is_for_those_who_asked() {
            var factor = enrolled();
            var other = enrolled();
            var challenge = asked(factor);
            var code = code(factor);
            rejected(NoSuchChallenge.class, () -> verify(factor, UUID.randomUUID(), code));
            rejected(NoSuchChallenge.class, () -> verify(factor, asked(other), code));
            rejected(NoSuchFactor.class, () -> verify(new Enrolled(UUID.randomUUID(), factor.app()), challenge, code));
            var bob = Registered.account(database);
            var bobs = open(bob).id();
            for (var i = 0; i < Factors.TRIES; i++) // which use up none of hers
            rejected(
                        NoSuchFactor.class,
                        () -> factors.verify(bob, bobs, new Factors.Answer(factor.id(), challenge, code, HERE)));
            rejected(
                    AnotherAddress.class,
                    () -> factors.verify(
                            ada, session.id(), new Factors.Answer(factor.id(), challenge, code, "192.0.2.2")));
            verify(factor, challenge, code);
        }

        @Test
        void comes_too_late_after_five_minutes() {
            var factor = enrolled();
            var challenge = asked(factor);
            clock.passes(Factors.TO_ANSWER);
            rejected(ChallengeOver.class, () -> verify(factor, challenge, code(factor)));
        }

        @Test
        void of_a_session_that_has_ended_raises_nothing() {
            var factor = enrolled();
            var challenge = asked(factor);
            sessions.end(session.id());
            rejected(SignedOut.class, () -> verify(factor, challenge, code(factor)));
            assertThat(factors.of(ada))
                    .singleElement()
                    .extracting(Factor::verified)
                    .isEqualTo(false);
        }

        @Test
        void ends_what_the_password_alone_has_opened_or_begun() {
            var low = open(ada);
            var factor = enrolled();
            enrolled();
            var bob = Registered.account(database);
            factors.enrol(bob, open(bob).id(), null);
            verify(factor, code(factor));
            assertThat(factors.of(ada)).extracting(Factor::id).containsExactly(factor.id());
            assertThat(factors.of(bob)).hasSize(1);
            assertThat(sessions.standing(ada, low.id()).orElseThrow().signedIn())
                    .isFalse();
        }

        @Test
        void a_new_factor_beside_a_verified_one_needs_the_verified_one() {
            var first = verified();
            var second = enrolled();
            var low = open(ada);
            var challenge = asked(second);
            rejected(
                    SecondNeededToAdd.class,
                    () -> factors.verify(
                            ada, low.id(), new Factors.Answer(second.id(), challenge, code(second), HERE)));
            verify(second, code(second));
            assertThat(factors.of(ada)).extracting(Factor::id).containsExactly(first.id(), second.id());
        }
    }

    @Nested
    class Guessing {

        private Duration wait(Enrolled factor) {
            var waits = new ArrayList<Duration>();
            assertThatThrownBy(() -> verify(factor, code(factor)))
                    .isInstanceOfSatisfying(
                            Rejected.class, rejected -> waits.add(((TooSoon) rejected.reason()).delay()));
            return waits.getFirst();
        }

        @Test
        void ends_a_question_after_five_wrong_codes() {
            var factor = enrolled();
            var challenge = asked(factor);
            for (var i = 0; i < Factors.TRIES; i++)
                rejected(WrongCode.class, () -> verify(factor, challenge, wrong(factor)));
            clock.passes(Duration.ofSeconds(2));
            rejected(ChallengeOver.class, () -> verify(factor, challenge, code(factor)));
            verify(factor, code(factor));
        }

        @Test
        void makes_the_next_code_wait_longer_each_time_but_never_for_good() {
            var factor = enrolled();
            for (var i = 0; i < Factors.TRIES; i++) rejected(WrongCode.class, () -> verify(factor, wrong(factor)));
            for (var expected : new long[] {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300}) {
                assertThat(wait(factor)).isBetween(Duration.ofSeconds(expected - 1), Duration.ofSeconds(expected));
                clock.passes(Duration.ofSeconds(expected));
                rejected(WrongCode.class, () -> verify(factor, wrong(factor)));
            }
            jdbc.sql("update identity.factor set tries = 2000000000 where id = ?")
                    .param(factor.id())
                    .update();
            clock.passes(Factors.LONGEST_WAIT);
            rejected(WrongCode.class, () -> verify(factor, wrong(factor)));
            clock.passes(Factors.LONGEST_WAIT);
            verify(factor, code(factor));
        }

        @Test
        void is_forgotten_after_a_right_code() {
            var factor = enrolled();
            for (var round = 0; round < 3; round++) {
                for (var i = 1; i < Factors.TRIES; i++) rejected(WrongCode.class, () -> verify(factor, wrong(factor)));
                verify(factor, code(factor));
                clock.passes(Totp.STEP);
            }
        }

        @Test
        void by_50_at_once_is_looked_at_five_times() throws Exception {
            var factor = enrolled();
            var wrong = wrong(factor);
            var outcomes = atOnce(50, i -> {
                var challenge = asked(factor);
                return () -> verify(factor, challenge, wrong);
            });
            assertThat(outcomes.stream().filter(WrongCode.class::isInstance)).hasSize(Factors.TRIES);
            assertThat(outcomes.stream().filter(TooSoon.class::isInstance)).hasSize(50 - Factors.TRIES);
        }

        @Test
        void one_question_by_50_at_once_is_looked_at_five_times() throws Exception {
            var factor = enrolled();
            // as if the factor had no bound of its own
            jdbc.sql("update identity.factor set tries = -1000 where id = ?")
                    .param(factor.id())
                    .update();
            var challenge = asked(factor);
            var wrong = wrong(factor);
            var outcomes = atOnce(50, i -> () -> verify(factor, challenge, wrong));
            assertThat(outcomes.stream().filter(WrongCode.class::isInstance)).hasSize(Factors.TRIES);
        }
    }

    @Nested
    class Removing {

        @Test
        void a_verified_factor_needs_it() {
            var factor = verified();
            var low = open(ada);
            rejected(SecondNeededToRemove.class, () -> factors.unenrol(ada, low.id(), factor.id()));
            var unverified = enrolled();
            factors.unenrol(ada, low.id(), unverified.id());
            factors.unenrol(ada, session.id(), factor.id());
            assertThat(factors.of(ada)).isEmpty();
        }

        @Test
        void a_verified_factor_lowers_every_session_of_that_person() {
            var factor = verified();
            var bob = Registered.account(database);
            var bobs = open(bob);
            sessions.raise(bob, bobs.id(), "totp");
            factors.unenrol(ada, session.id(), factor.id());
            assertThat(aal(session)).isEqualTo("aal1");
            assertThat(methods(session)).doesNotContain("totp");
            assertThat(aal(bobs)).isEqualTo("aal2");
        }

        @Test
        void an_unverified_factor_lowers_nothing() {
            verified();
            factors.unenrol(ada, session.id(), enrolled().id());
            assertThat(aal(session)).isEqualTo("aal2");
        }

        @Test
        void by_an_administrator_needs_no_code() {
            var factor = verified();
            assertThat(factors.remove(ada, factor.id()).id()).isEqualTo(factor.id());
            assertThat(factors.needsSecond(ada, open(ada).id())).isFalse();
            assertThat(aal(session)).isEqualTo("aal1");
        }

        @Test
        void is_for_factors_of_that_person() {
            var factor = verified();
            var bob = Registered.account(database);
            var bobs = open(bob).id();
            rejected(NoSuchFactor.class, () -> factors.unenrol(bob, bobs, factor.id()));
            rejected(NoSuchFactor.class, () -> factors.remove(bob, factor.id()));
            rejected(NoSuchFactor.class, () -> factors.remove(ada, UUID.randomUUID()));
        }
    }

    @Test
    void nothing_prints_a_secret_or_a_code() {
        var enrolment = factors.enrol(ada, session.id(), null);
        var secret = enrolment.secret().reveal();
        assertThat(enrolment + " " + enrolment.uri("desk", "ada@example.org")).doesNotContain(secret);
        assertThat(new Factors.Answer(new UUID(1, 2), new UUID(3, 4), "123456", HERE).toString())
                .doesNotContain("123456", HERE);
    }
}
