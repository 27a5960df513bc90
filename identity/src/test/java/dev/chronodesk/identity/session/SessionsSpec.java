package dev.chronodesk.identity.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.Secrets;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.identity.Registered;
import dev.chronodesk.identity.session.Refreshed.AlreadyUsed;
import dev.chronodesk.identity.session.Refreshed.Continued;
import dev.chronodesk.identity.session.Refreshed.OpenSession;
import dev.chronodesk.identity.session.Refreshed.Stolen;
import dev.chronodesk.identity.session.Refreshed.Unknown;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class SessionsSpec {

    private static TestDatabase database;
    private static JdbcClient jdbc;

    private Sessions sessions;
    private UUID ada;

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
    void a_person() {
        sessions = sessions();
        ada = person();
    }

    private static Sessions sessions() {
        return new Sessions(
                database.database().identity(),
                new Secrets(database.database().write()),
                Duration.ofSeconds(10),
                Clock.systemUTC());
    }

    private static UUID person() {
        return Registered.account(database);
    }

    /** As if everything had been used so long ago. */
    private static void passes(Duration time, UUID session) {
        jdbc.sql("update identity.refresh_token set used_at = used_at - ? * interval '1 millisecond' where"
                        + " session_id = ?")
                .param(time.toMillis())
                .param(session)
                .update();
    }

    private OpenSession continued(String token) {
        return continued(sessions, token);
    }

    private static OpenSession continued(Sessions sessions, String token) {
        var refreshed = sessions.refresh(token, Device.NONE);
        assertThat(refreshed).isInstanceOf(Continued.class);
        return ((Continued) refreshed).session();
    }

    @Nested
    class Refresh {

        @Test
        void gives_the_same_session_another_token() {
            var opened = sessions.open(ada, "password", Device.NONE);
            var next = continued(opened.refreshToken());
            assertThat(next.id()).isEqualTo(opened.id());
            assertThat(next.account()).isEqualTo(ada);
            assertThat(next.proofs()).isEqualTo(opened.proofs());
            assertThat(next.refreshToken()).isNotEqualTo(opened.refreshToken()).hasSize(43);
        }

        @Test
        void of_a_token_that_nobody_had_is_unknown() {
            assertThat(sessions.refresh("A".repeat(43), Device.NONE)).isInstanceOf(Unknown.class);
        }

        @Test
        void again_within_the_interval_answers_the_active_one_however_far_it_is() {
            var opened = sessions.open(ada, "password", Device.NONE);
            var second = continued(opened.refreshToken());
            var third = continued(second.refreshToken());
            var fourth = continued(third.refreshToken());
            assertThat(continued(opened.refreshToken()).refreshToken()).isEqualTo(fourth.refreshToken());
            assertThat(continued(third.refreshToken()).refreshToken()).isEqualTo(fourth.refreshToken());
            assertThat(continued(fourth.refreshToken()).refreshToken()).isNotEqualTo(fourth.refreshToken());
        }

        @Test
        void of_the_parent_of_the_unused_active_token_answers_that_one_at_any_time() {
            var opened = sessions.open(ada, "password", Device.NONE);
            var active = continued(opened.refreshToken());
            passes(Duration.ofDays(30), opened.id());
            assertThat(continued(opened.refreshToken()).refreshToken()).isEqualTo(active.refreshToken());
        }

        @Test
        void of_an_older_token_ends_the_whole_family() {
            var opened = sessions.open(ada, "password", Device.NONE);
            var second = continued(opened.refreshToken());
            var third = continued(second.refreshToken());
            passes(Duration.ofSeconds(11), opened.id());
            assertThat(sessions.refresh(opened.refreshToken(), Device.NONE))
                    .isInstanceOfAny(AlreadyUsed.class, Stolen.class);
            assertThat(sessions.refresh(third.refreshToken(), Device.NONE))
                    .isInstanceOfAny(AlreadyUsed.class, Stolen.class);
            assertThat(sessions.refresh(second.refreshToken(), Device.NONE))
                    .isInstanceOfAny(AlreadyUsed.class, Stolen.class);
            assertThat(sessions.standing(ada, opened.id()))
                    .hasValueSatisfying(
                            standing -> assertThat(standing.signedIn()).isFalse());
        }

        @Test
        void of_an_older_token_leaves_other_sign_ins_alone() {
            var stolen = sessions.open(ada, "password", Device.NONE);
            var other = sessions.open(ada, "password", Device.NONE);
            continued(continued(stolen.refreshToken()).refreshToken());
            passes(Duration.ofSeconds(11), stolen.id());
            assertThat(sessions.refresh(stolen.refreshToken(), Device.NONE))
                    .isInstanceOfAny(AlreadyUsed.class, Stolen.class);
            continued(other.refreshToken());
        }

        @Test
        void just_inside_the_interval_is_no_theft() {
            var opened = sessions.open(ada, "password", Device.NONE);
            var third = continued(continued(opened.refreshToken()).refreshToken());
            passes(Duration.ofSeconds(5), opened.id());
            assertThat(continued(opened.refreshToken()).refreshToken()).isEqualTo(third.refreshToken());
        }

        @Test
        void survives_a_restart() {
            var opened = sessions.open(ada, "password", Device.NONE);
            var second = continued(opened.refreshToken());
            var restarted = sessions();
            assertThat(continued(restarted, opened.refreshToken()).refreshToken())
                    .isEqualTo(second.refreshToken());
            var third = continued(restarted, second.refreshToken());
            passes(Duration.ofSeconds(11), opened.id());
            assertThat(sessions().refresh(opened.refreshToken(), Device.NONE))
                    .isInstanceOfAny(AlreadyUsed.class, Stolen.class);
            assertThat(sessions().refresh(third.refreshToken(), Device.NONE))
                    .isInstanceOfAny(AlreadyUsed.class, Stolen.class);
        }

        @Test
        void stores_no_token() {
            var opened = sessions.open(ada, "password", Device.NONE);
            var next = continued(opened.refreshToken());
            var stored = jdbc.sql(
                            "select t::text || encode(hash, 'escape') from identity.refresh_token t where session_id ="
                                    + " ?")
                    .param(opened.id())
                    .query(String.class)
                    .list();
            assertThat(stored)
                    .hasSize(2)
                    .noneMatch(row -> row.contains(opened.refreshToken()) || row.contains(next.refreshToken()));
        }

        @Test
        void by_50_threads_at_once_gives_each_token_exactly_one_child() throws Exception {
            var tokens = Integer.getInteger("refresh.tokens", 100);
            var threads = 50;
            var opened = new ArrayList<OpenSession>();
            for (var i = 0; i < tokens; i++) opened.add(sessions.open(ada, "password", Device.NONE));
            try (var pool = Executors.newFixedThreadPool(threads)) {
                for (var session : opened) {
                    var start = new CountDownLatch(1);
                    Callable<String> refresh = () -> {
                        start.await();
                        return continued(session.refreshToken()).refreshToken();
                    };
                    var answers = new ArrayList<Future<String>>();
                    for (var i = 0; i < threads; i++) answers.add(pool.submit(refresh));
                    start.countDown();
                    var different = new HashSet<String>();
                    for (var answer : answers) different.add(answer.get());
                    assertThat(different).hasSize(1);
                }
            }
            for (var session : opened)
                assertThat(jdbc.sql("select count(*) from identity.refresh_token where session_id = ?")
                                .param(session.id())
                                .query(Integer.class)
                                .single())
                        .isEqualTo(2);
            System.out.println(
                    "SessionsSpec refreshed " + tokens + " tokens by " + threads + " threads, one child each");
        }

        @Test
        void of_an_old_token_by_many_at_once_is_refused_to_all() throws Exception {
            var opened = sessions.open(ada, "password", Device.NONE);
            continued(continued(opened.refreshToken()).refreshToken());
            passes(Duration.ofSeconds(11), opened.id());
            try (var pool = Executors.newFixedThreadPool(20)) {
                var answers = new ArrayList<Future<Refreshed>>();
                for (var i = 0; i < 20; i++)
                    answers.add(pool.submit(() -> sessions.refresh(opened.refreshToken(), Device.NONE)));
                for (var answer : answers) assertThat(answer.get()).isInstanceOfAny(AlreadyUsed.class, Stolen.class);
            }
        }
    }

    @Nested
    class SigningOut {

        @Test
        void everywhere_ends_all_sessions_of_that_person_only() {
            var one = sessions.open(ada, "password", Device.NONE);
            var two = sessions.open(ada, "password", Device.NONE);
            var bob = person();
            var bobs = sessions.open(bob, "password", Device.NONE);
            sessions.endAll(ada);
            assertThat(sessions.refresh(one.refreshToken(), Device.NONE)).isInstanceOf(Unknown.class);
            assertThat(sessions.refresh(two.refreshToken(), Device.NONE)).isInstanceOf(Unknown.class);
            assertThat(sessions.standing(ada, one.id()).orElseThrow().signedIn())
                    .isFalse();
            assertThat(sessions.standing(bob, bobs.id()).orElseThrow().signedIn())
                    .isTrue();
        }

        @Test
        void here_ends_this_session_only() {
            var one = sessions.open(ada, "password", Device.NONE);
            var two = sessions.open(ada, "password", Device.NONE);
            sessions.end(one.id());
            assertThat(sessions.refresh(one.refreshToken(), Device.NONE)).isInstanceOf(Unknown.class);
            continued(two.refreshToken());
        }

        @Test
        void of_the_others_keeps_this_one() {
            var one = sessions.open(ada, "password", Device.NONE);
            var two = sessions.open(ada, "password", Device.NONE);
            sessions.endOthers(ada, one.id());
            assertThat(sessions.refresh(two.refreshToken(), Device.NONE)).isInstanceOf(Unknown.class);
            continued(one.refreshToken());
        }
    }

    @Nested
    class Standings {

        @Test
        void a_session_counts_for_its_own_person_only() {
            var bob = person();
            var session = sessions.open(ada, "password", Device.NONE);
            assertThat(sessions.standing(bob, session.id()).orElseThrow().signedIn())
                    .isFalse();
        }

        @Test
        void another_session_version_ends_every_session_before() {
            var session = sessions.open(ada, "password", Device.NONE);
            jdbc.sql("update identity.principal set session_version = session_version + 1 where id = ?")
                    .param(ada)
                    .update();
            assertThat(sessions.standing(ada, session.id()).orElseThrow().signedIn())
                    .isFalse();
            assertThat(sessions.refresh(session.refreshToken(), Device.NONE))
                    .isInstanceOfAny(AlreadyUsed.class, Stolen.class);
            var later = sessions.open(ada, "password", Device.NONE);
            assertThat(sessions.standing(ada, later.id()).orElseThrow().signedIn())
                    .isTrue();
        }

        @Test
        void bans_and_their_end_are_seen_at_once() {
            var session = sessions.open(ada, "password", Device.NONE);
            ban("now() + interval '1 hour'");
            assertThat(sessions.standing(ada, session.id()).orElseThrow().barred())
                    .isTrue();
            ban("now() - interval '1 second'");
            assertThat(sessions.standing(ada, session.id()).orElseThrow().barred())
                    .isFalse();
            jdbc.sql("update identity.principal set disabled = true where id = ?")
                    .param(ada)
                    .update();
            assertThat(sessions.standing(ada, session.id()).orElseThrow().barred())
                    .isTrue();
        }

        private void ban(String until) {
            jdbc.sql("update identity.principal set banned_until = " + until + " where id = ?")
                    .param(ada)
                    .update();
        }

        @Test
        void nobody_stands_nowhere() {
            assertThat(sessions.standing(Registered.id(), null)).isEmpty();
        }
    }

    @Test
    void a_session_prints_no_token() {
        var session = sessions.open(ada, "password", Device.NONE);
        assertThat(session + " " + new Continued(session)).doesNotContain(session.refreshToken());
    }
}
