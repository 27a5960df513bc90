package dev.chronodesk.identity.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chronodesk.db.Database;
import dev.chronodesk.db.Secrets;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.identity.Moment;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

class RateLimitsSpec {

    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final AtomicInteger NETWORKS = new AtomicInteger();

    private static TestDatabase database;

    private final Moment clock = new Moment();
    private final RateLimits limits = limits(database.database(), Map.of());

    /** No other test counts for them. */
    private final String ada = UUID.randomUUID() + "@example.org";

    private final ClientAddress home = address("172.16.0." + NETWORKS.incrementAndGet());

    @BeforeAll
    static void open() {
        database = TestDatabase.create();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    private RateLimits limits(Database node, Map<Limit, List<Rate>> set) {
        return new RateLimits(
                node.limits(), new Secrets(node.write()), new LimitSettings(set, LONGEST, List.of()), clock);
    }

    private static ClientAddress address(String text) {
        return ClientAddress.parse(text).orElseThrow();
    }

    /** One of many, all in networks of their own. */
    private static ClientAddress stranger(int number) {
        return address("10." + number / 65_536 + "." + number / 256 % 256 + "." + number % 256);
    }

    private JdbcClient jdbc() {
        return JdbcClient.create(database.database().identity());
    }

    /** How long somebody was told to wait, 0 when they were let pass. */
    private static int told(Runnable attempt) {
        var refused = catchThrowableOfType(TooManyException.class, attempt::run);
        return refused == null ? 0 : refused.seconds();
    }

    private int passing(int tries, Runnable attempt) {
        return (int)
                IntStream.range(0, tries).filter(each -> told(attempt) == 0).count();
    }

    @Nested
    class ABucket {

        @Test
        void gives_50_threads_on_two_nodes_exactly_what_it_holds() throws Exception {
            var holds = 40;
            var set = Map.of(Limit.SIGN_UP_PER_NETWORK, List.of(new Rate(holds, Duration.ofHours(1))));
            try (var other = database.node();
                    var pool = Executors.newFixedThreadPool(50)) {
                var nodes = List.of(limits(database.database(), set), limits(other, set));
                var start = new CountDownLatch(1);
                var passed = new ArrayList<Future<Integer>>();
                for (var thread = 0; thread < 50; thread++) {
                    var node = nodes.get(thread % 2);
                    passed.add(pool.submit(() -> {
                        start.await();
                        return passing(4, () -> node.signUp(home));
                    }));
                }
                start.countDown();
                var sum = 0;
                for (var each : passed) sum += each.get();
                assertThat(sum).isEqualTo(holds);
            }
        }

        @Test
        void is_as_full_after_a_restart_as_before() {
            assertThat(passing(6, () -> limits.signIn(ada, home))).isEqualTo(5);
            var restarted = limits(database.database(), Map.of());
            assertThat(told(() -> restarted.signIn(ada, home))).isPositive();
        }

        @Test
        void begins_anew_with_other_rates() {
            assertThat(passing(6, () -> limits.signIn(ada, home))).isEqualTo(5);
            var more = limits(
                    database.database(),
                    Map.of(Limit.SIGN_IN_PER_ACCOUNT, List.of(new Rate(3, Duration.ofMinutes(1)))));
            assertThat(passing(6, () -> more.signIn(ada, home))).isEqualTo(3);
        }

        @Test
        void says_to_nobody_whom_it_is_about() {
            limits.signIn(ada, address("198.51.100.7"));
            limits.mail(ada, address("198.51.100.7"));
            var rows = jdbc().sql("select id || ' ' || encode(state, 'escape') from identity.bucket")
                    .query(String.class)
                    .list();
            assertThat(rows).isNotEmpty().noneMatch(row -> row.contains(ada) || row.contains("198.51.100.7"));
            assertThat(jdbc().sql("select id from identity.bucket")
                            .query(String.class)
                            .list())
                    .allMatch(id -> id.matches("[A-Za-z0-9_-]{43}"));
        }

        @Test
        void is_forgotten_in_batches_when_it_has_long_been_full() {
            while (limits.purge(1_000) > 0) Thread.onSpinWait();
            for (var each = 0; each < 5; each++) limits.signUp(stranger(each));
            assertThat(limits.purge(1_000)).isZero();
            jdbc().sql("update identity.bucket set expires_at = 0").update();
            assertThat(limits.purge(3)).isEqualTo(3);
            assertThat(limits.purge(1_000)).isGreaterThanOrEqualTo(2);
            assertThat(jdbc().sql("select count(*) from identity.bucket")
                            .query(Integer.class)
                            .single())
                    .isZero();
        }

        @Test
        void that_expired_goes_however_many_there_are_and_waits_while_the_database_is_away() {
            jdbc().sql(
                            """
                            insert into identity.bucket (id, state, expires_at)
                            select 'expired ' || n, null, 0 from generate_series(1, 2500) n""")
                    .update();
            limits.signUp(home);
            var node = database.node();
            var cut = limits(node, Map.of());
            node.close();
            try (var waiting = new ExpiredBuckets(cut);
                    var purging = new ExpiredBuckets(limits)) {
                waiting.purge();
                purging.start();
                purging.purge();
            }
            assertThat(jdbc().sql("select count(*) from identity.bucket where expires_at = 0")
                            .query(Integer.class)
                            .single())
                    .isZero();
            assertThat(jdbc().sql("select count(*) from identity.bucket")
                            .query(Integer.class)
                            .single())
                    .isPositive();
        }

        @Test
        void is_kept_for_an_hour_after_it_is_full_and_goes_also_when_a_crash_left_it_empty() {
            var before = System.currentTimeMillis();
            jdbc().sql("delete from identity.bucket").update();
            limits.signUp(home);
            var expires = jdbc().sql("select expires_at from identity.bucket")
                    .query(Long.class)
                    .single();
            assertThat(Duration.ofMillis(expires - before)).isBetween(Duration.ofHours(1), Duration.ofHours(2));
            jdbc().sql("insert into identity.bucket (id, state) values ('left', null)")
                    .update();
            assertThat(jdbc().sql("select expires_at from identity.bucket where id = 'left'")
                            .query(Long.class)
                            .single())
                    .isBetween(before, before + Duration.ofDays(2).toMillis());
            jdbc().sql("delete from identity.bucket where id = 'left'").update();
        }
    }

    @Nested
    class WithoutTheDatabase {

        @Test
        void nobody_gets_past_any_door() {
            var node = database.node();
            var cut = limits(node, Map.of());
            var attempt = cut.signIn(ada, home);
            node.close();
            var doors = List.<Runnable>of(
                    () -> cut.signIn(ada, home),
                    () -> cut.signUp(home),
                    () -> cut.mail(ada, home),
                    () -> cut.verify(ada, home),
                    () -> cut.verify(home),
                    () -> cut.refresh(home),
                    () -> cut.reauthenticate(UUID.randomUUID()),
                    () -> cut.mfa(UUID.randomUUID()),
                    attempt::succeeded);
            for (var door : doors) assertThatThrownBy(door::run).isInstanceOf(DataAccessException.class);
        }

        @Test
        void nor_without_the_table() throws SQLException {
            try (var superuser = database.superuser();
                    var statement = superuser.createStatement()) {
                statement.execute("alter table identity.bucket rename to away");
                try {
                    assertThatThrownBy(() -> limits.signIn(ada, home)).isInstanceOf(DataAccessException.class);
                } finally {
                    statement.execute("alter table identity.away rename to bucket");
                }
            }
            limits.signIn(ada, home);
        }
    }

    @Nested
    class WrongPasswords {

        /** Comes back exactly when it is told to; how long it waited before each try. */
        private List<Integer> patiently(int tries) {
            var waits = new ArrayList<Integer>();
            for (var each = 0; each < tries; each++) {
                var wait = told(() -> limits.signIn(ada, home));
                waits.add(wait);
                if (wait == 0) continue;
                clock.passes(Duration.ofSeconds(wait));
                limits.signIn(ada, home);
            }
            return waits;
        }

        @Test
        void are_delayed_more_and_more_and_never_longer_than_the_slowest_rate_says() {
            var waits = patiently(55);
            assertThat(waits.subList(0, 5)).containsOnly(0);
            assertThat(waits.subList(5, 10)).containsOnly(12);
            assertThat(waits.subList(10, 20)).contains(60).allMatch(wait -> wait <= 60);
            assertThat(waits.subList(40, 55)).contains(120).allMatch(wait -> wait <= 120);
        }

        @Test
        void are_forgotten_with_time() {
            patiently(40);
            clock.passes(Duration.ofHours(1));
            assertThat(passing(5, () -> limits.signIn(ada, home))).isEqualTo(5);
        }

        @Test
        void before_a_right_one_do_not_keep_it_out() {
            patiently(20);
            clock.passes(Duration.ofSeconds(told(() -> limits.signIn(ada, home))));
            limits.signIn(ada, home).succeeded();
        }

        @Test
        void count_and_right_ones_do_not() {
            for (var each = 0; each < 50; each++) limits.signIn(ada, home).succeeded();
            assertThat(passing(6, () -> limits.signIn(ada, home))).isEqualTo(5);
        }

        @Test
        void count_for_an_address_however_it_is_typed_and_for_what_is_none() {
            assertThat(passing(5, () -> limits.signIn(ada, home))).isEqualTo(5);
            assertThat(told(() -> limits.signIn("  " + ada.toUpperCase(java.util.Locale.ROOT), home)))
                    .isPositive();
            var none = "nobody " + UUID.randomUUID();
            assertThat(passing(6, () -> limits.signIn(none, home))).isEqualTo(5);
        }

        @Test
        void of_a_network_are_bounded_over_all_accounts() {
            var client = address("2001:db8:1:1::1");
            assertThat(passing(101, () -> limits.signIn(UUID.randomUUID() + "@example.org", client)))
                    .isEqualTo(100);
            assertThat(told(() -> limits.signIn(ada, address("2001:db8:1:1:ffff::2"))))
                    .isPositive();
            assertThat(told(() -> limits.signIn(ada, address("2001:db8:1:2::1"))))
                    .isZero();
        }

        @Test
        void that_strangers_try_without_end_keep_the_owner_out_no_longer_than_the_longest_delay() {
            var networks = new AtomicInteger(10_000);
            strangersTakeAll(networks);
            var longest = clock.instant().plus(LONGEST).plusSeconds(1);
            var wait = told(() -> limits.signIn(ada, home));
            assertThat(wait).isPositive();
            while (wait > 0 && clock.instant().isBefore(longest)) {
                clock.passes(Duration.ofSeconds(wait));
                strangersTakeAll(networks);
                wait = told(() -> limits.signIn(ada, home));
            }
            assertThat(wait).isZero();
            assertThat(clock.instant()).isBeforeOrEqualTo(longest);
        }

        private void strangersTakeAll(AtomicInteger networks) {
            for (var wait = 0; wait == 0; ) {
                var from = stranger(networks.incrementAndGet());
                wait = told(() -> limits.signIn(ada, from));
            }
        }

        @Test
        void of_one_network_that_floods_are_no_more_than_the_account_and_its_own_turns_allow() {
            var tried = 0;
            for (var second = 0; second < 3_600; second += 10) {
                if (told(() -> limits.signIn(ada, home)) == 0) tried++;
                clock.passes(Duration.ofSeconds(10));
            }
            // 30 that were there, 30 that came back, and 4 turns of its own
            assertThat(tried).isBetween(30, 64);
        }
    }

    @Nested
    class Mails {

        @Test
        void go_to_a_recipient_once_a_minute() {
            limits.mail(ada, home);
            assertThatThrownBy(() -> limits.mail(ada, home)).isInstanceOfSatisfying(TooManyException.class, refused -> {
                assertThat(refused.limit()).isEqualTo(Limit.MAIL_PER_RECIPIENT);
                assertThat(refused.code()).isEqualTo("over_email_send_rate_limit");
                assertThat(refused.seconds()).isEqualTo(60);
                assertThat(refused.message())
                        .isEqualTo("For security purposes, you can only request this after 60 seconds.");
            });
            clock.passes(Duration.ofSeconds(60));
            limits.mail(ada, home);
        }

        @Test
        void go_to_a_recipient_ten_times_an_hour() {
            for (var each = 0; each < 10; each++) {
                limits.mail(ada, home);
                clock.passes(Duration.ofMinutes(1));
            }
            assertThat(told(() -> limits.mail(ada, home))).isZero(); // one has come back meanwhile
            clock.passes(Duration.ofMinutes(1));
            assertThat(told(() -> limits.mail(ada, home))).isPositive();
        }

        @Test
        void are_bounded_for_a_network_and_in_total() {
            assertThat(passing(21, () -> limits.mail(UUID.randomUUID() + "@example.org", home)))
                    .isEqualTo(20);
            var few =
                    limits(database.database(), Map.of(Limit.MAIL_IN_TOTAL, List.of(new Rate(3, Duration.ofHours(1)))));
            var networks = IntStream.range(1_000, 1_005)
                    .map(each -> told(() -> few.mail(UUID.randomUUID() + "@example.org", stranger(each))))
                    .filter(wait -> wait == 0);
            assertThat(networks.count()).isEqualTo(3);
        }
    }

    @Nested
    class OtherDoors {

        @Test
        void bound_guesses_at_codes_for_an_address() {
            assertThat(passing(11, () -> limits.verify(ada, home))).isEqualTo(10);
            limits.verify("somebody-else-" + ada, home);
        }

        @Test
        void bound_guesses_and_links_from_a_network() {
            assertThat(passing(61, () -> limits.verify(home))).isEqualTo(60);
            assertThat(told(() -> limits.verify(ada, home))).isPositive();
        }

        @Test
        void bound_refreshes_from_a_network() {
            var few = limits(
                    database.database(),
                    Map.of(Limit.REFRESH_PER_NETWORK, List.of(new Rate(3, Duration.ofMinutes(1)))));
            assertThat(passing(4, () -> few.refresh(home))).isEqualTo(3);
        }

        @Test
        void bound_second_factors_and_second_questions_by_account_without_a_turn_for_each_network() {
            var account = UUID.randomUUID();
            assertThat(passing(6, () -> limits.mfa(account))).isEqualTo(5);
            assertThat(passing(6, () -> limits.reauthenticate(account))).isEqualTo(5);
            clock.passes(Duration.ofSeconds(12));
            limits.mfa(account).succeeded();
            limits.mfa(account);
            assertThat(told(() -> limits.mfa(account))).isPositive();
        }

        @Test
        void say_which_limit_it_was_and_never_for_whom() {
            passing(5, () -> limits.verify(ada, home));
            assertThatThrownBy(() -> passingOn(ada)).isInstanceOfSatisfying(TooManyException.class, refused -> {
                assertThat(refused.code()).isEqualTo("over_request_rate_limit");
                assertThat(refused.message()).isEqualTo("Request rate limit reached");
                assertThat(refused.getMessage())
                        .isEqualTo("verify-per-account is used up")
                        .doesNotContain(ada);
            });
        }

        private void passingOn(String email) {
            for (var each = 0; each < 100; each++) limits.verify(email, home);
        }
    }
}
