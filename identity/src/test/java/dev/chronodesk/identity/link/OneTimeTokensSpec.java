package dev.chronodesk.identity.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.db.Secrets;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.identity.Registered;
import dev.chronodesk.identity.account.EmailAddress;
import dev.chronodesk.identity.link.FlowStates.Exchanged;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a mail or a link carries is used up by one statement, so by one of many who come at once. */
class OneTimeTokensSpec {

    private static final EmailAddress ADA = new EmailAddress("ada@example.org");
    private static final EnumSet<LinkKind> KINDS = EnumSet.of(LinkKind.MAGICLINK);

    private static TestDatabase database;
    private static OneTimeTokens tokens;
    private static FlowStates flows;

    @BeforeAll
    static void open() {
        database = TestDatabase.create();
        var secrets = new Secrets(database.database().write());
        tokens = new OneTimeTokens(database.database().identity(), secrets, Clock.systemUTC());
        flows = new FlowStates(database.database().identity(), secrets, Clock.systemUTC());
    }

    @AfterAll
    static void close() {
        database.close();
    }

    /** How many of fifty threads had it. */
    private static long had(Callable<Boolean> use) throws Exception {
        var start = new CountDownLatch(1);
        try (var pool = Executors.newFixedThreadPool(50)) {
            var answers = new ArrayList<Future<Boolean>>();
            for (var i = 0; i < 50; i++)
                answers.add(pool.submit(() -> {
                    start.await();
                    return use.call();
                }));
            start.countDown();
            var had = 0;
            for (var answer : answers) if (answer.get()) had++;
            return had;
        }
    }

    @Test
    void none_is_stored_as_it_is() {
        var account = Registered.account(database);
        var issued = tokens.issue(account, LinkKind.MAGICLINK, ADA, null);
        var exchange = flows.begin(new Challenge("v".repeat(43), "plain"));
        var code = flows.code(exchange, account, "recovery", null).orElseThrow();
        var rows = JdbcClient.create(database.database().identity())
                .sql(
                        """
                        select encode(link_hash, 'escape') || ' ' || encode(code_hash, 'escape')
                        from identity.one_time_token
                        union all select encode(code_hash, 'escape') from identity.flow_state""")
                .query(String.class)
                .list();
        assertThat(rows)
                .hasSizeGreaterThanOrEqualTo(2)
                .noneMatch(row -> row.contains(issued.link()) || row.contains(issued.code()) || row.contains(code));
    }

    @Test
    void a_link_is_had_by_one_of_fifty() throws Exception {
        var account = Registered.account(database);
        for (var round = 0; round < 10; round++) {
            var link = tokens.issue(account, LinkKind.MAGICLINK, ADA, null).link();
            assertThat(had(() -> tokens.use(link, KINDS).isPresent())).isEqualTo(1);
        }
    }

    @Test
    void digits_are_had_by_one_of_fifty_at_most_though_ten_are_looked_at() throws Exception {
        var account = Registered.account(database);
        for (var round = 0; round < 10; round++) {
            var code = tokens.issue(account, LinkKind.MAGICLINK, ADA, null).code();
            assertThat(had(() -> tokens.use(ADA, code, KINDS).isPresent())).isEqualTo(1);
        }
    }

    @Test
    void a_code_of_an_exchange_is_had_by_one_of_fifty() throws Exception {
        var account = Registered.account(database);
        var verifier = "v".repeat(43);
        for (var round = 0; round < 10; round++) {
            var exchange = flows.begin(new Challenge(verifier, "plain"));
            var code = flows.code(exchange, account, "recovery", null).orElseThrow();
            assertThat(had(() -> flows.exchange(code, verifier) instanceof Exchanged.Proved))
                    .isEqualTo(1);
        }
    }
}
