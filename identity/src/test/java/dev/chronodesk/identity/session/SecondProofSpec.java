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
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a second proof does to a session, to its refresh tokens and to the person's other sessions. */
class SecondProofSpec {

    private static TestDatabase database;
    private static JdbcClient jdbc;
    private static Sessions sessions;

    private UUID ada;

    @BeforeAll
    static void open() {
        database = TestDatabase.create();
        var identity = database.database().identity();
        jdbc = JdbcClient.create(identity);
        sessions = new Sessions(
                identity, new Secrets(database.database().write()), Duration.ofSeconds(10), Clock.systemUTC());
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @BeforeEach
    void a_person() {
        ada = Registered.account(database);
    }

    private static OpenSession open(UUID person) {
        return sessions.open(person, "password", Device.NONE);
    }

    private static Refreshed refresh(String token) {
        return sessions.refresh(token, Device.NONE);
    }

    private static OpenSession continued(String token) {
        var refreshed = refresh(token);
        assertThat(refreshed).isInstanceOf(Continued.class);
        return ((Continued) refreshed).session();
    }

    private OpenSession raised(OpenSession opened) {
        return sessions.raise(ada, opened.id(), "totp").orElseThrow();
    }

    @Test
    void gives_the_same_session_a_token_of_its_own() {
        var opened = open(ada);
        var raised = raised(opened);
        assertThat(raised.id()).isEqualTo(opened.id());
        assertThat(raised.aal()).isEqualTo("aal2");
        assertThat(raised.proofs()).extracting(Proof::method).containsExactly("password", "totp");
        var later = continued(continued(raised.refreshToken()).refreshToken());
        assertThat(later.id()).isEqualTo(opened.id());
        assertThat(later.aal()).isEqualTo("aal2");
        assertThat(later.proofs()).isEqualTo(raised.proofs());
    }

    @Test
    void names_each_method_once() {
        var opened = open(ada);
        raised(opened);
        assertThat(raised(opened).proofs()).extracting(Proof::method).containsExactly("password", "totp");
    }

    @Test
    void that_counts_no_more_leaves_the_first_one() {
        var raised = raised(open(ada));
        sessions.lower(ada, "totp");
        var lower = continued(raised.refreshToken());
        assertThat(lower.aal()).isEqualTo("aal1");
        assertThat(lower.proofs()).extracting(Proof::method).containsExactly("password");
    }

    @Test
    void makes_the_tokens_of_before_worthless_without_calling_it_theft_at_first() {
        var opened = open(ada);
        var second = continued(opened.refreshToken());
        var raised = raised(opened);
        for (var token : List.of(opened.refreshToken(), second.refreshToken()))
            assertThat(refresh(token)).isInstanceOf(AlreadyUsed.class);
        var later = continued(raised.refreshToken());
        assertThat(refresh(second.refreshToken())).isInstanceOf(AlreadyUsed.class);
        assertThat(continued(raised.refreshToken()).refreshToken()).isEqualTo(later.refreshToken());
    }

    @Test
    void does_not_make_theft_of_them_unseen() {
        var opened = open(ada);
        var raised = raised(opened);
        jdbc.sql("update identity.refresh_token set used_at = used_at - interval '11 seconds' where session_id = ?")
                .param(opened.id())
                .update();
        assertThat(refresh(opened.refreshToken())).isInstanceOf(Stolen.class);
        assertThat(refresh(raised.refreshToken())).isInstanceOf(AlreadyUsed.class);
    }

    @Test
    void while_it_is_refreshed_leaves_one_active_token() throws Exception {
        try (var pool = Executors.newFixedThreadPool(2)) {
            for (var i = 0; i < 50; i++) {
                var opened = open(ada);
                var start = new CountDownLatch(1);
                var refreshed = pool.submit(() -> {
                    start.await();
                    return refresh(opened.refreshToken());
                });
                var raised = pool.submit(() -> {
                    start.await();
                    return raised(opened);
                });
                start.countDown();
                assertThat(refreshed.get()).isNotInstanceOf(Unknown.class);
                continued(raised.get().refreshToken());
            }
        }
    }

    @Test
    void ends_the_lower_sign_ins_of_that_person() {
        var other = open(ada);
        var bobs = open(Registered.account(database));
        var first = raised(open(ada));
        var second = raised(open(ada));
        assertThat(refresh(other.refreshToken())).isInstanceOf(AlreadyUsed.class);
        assertThat(sessions.standing(ada, other.id()).orElseThrow().signedIn()).isFalse();
        continued(first.refreshToken());
        continued(second.refreshToken());
        continued(bobs.refreshToken());
    }

    @Test
    void of_a_session_that_has_ended_or_is_somebody_elses_does_nothing() {
        var ended = open(ada);
        sessions.end(ended.id());
        var bobs = open(Registered.account(database));
        for (var session : List.of(ended, bobs))
            assertThat(sessions.raise(ada, session.id(), "totp")).isEmpty();
        continued(bobs.refreshToken());
    }
}
