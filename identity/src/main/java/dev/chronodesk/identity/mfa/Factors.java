package dev.chronodesk.identity.mfa;

import dev.chronodesk.db.Secrets;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.identity.Seal;
import dev.chronodesk.identity.Secret;
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
import dev.chronodesk.identity.session.Refreshed.OpenSession;
import dev.chronodesk.identity.session.Sessions;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Second factors of people (RFC 6238) and the questions for their codes. A time step is taken once, a question is
 * answered once, and wrong codes make the next one wait; nobody is locked out for good.
 */
public final class Factors {

    /** How many factors a person may have. */
    static final int MOST = 10;

    /** How long a question can be answered. */
    static final Duration TO_ANSWER = Duration.ofMinutes(5);

    /** How long an enrolment that no code was shown for keeps its name and place. */
    static final Duration TO_ENROL = Duration.ofMinutes(30);

    /** Codes that may be presented for one question, and for a factor before the next one has to wait. */
    static final int TRIES = 5;

    /** The longest wait: one guess in it finds one of a million codes, three of which are right. */
    static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    /** How the contract calls a code of an authenticator app as a method of authentication. */
    static final String METHOD = "totp";

    private static final String COLUMNS = "id, friendly_name, status, created_at, updated_at, last_challenged_at";

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final Seal seal;
    private final Sessions sessions;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public Factors(DataSource identity, Secrets secrets, Sessions sessions, Clock clock) {
        jdbc = JdbcClient.create(identity);
        transaction = new TransactionTemplate(new DataSourceTransactionManager(identity));
        seal = new Seal("factor", secrets.secret("identity-factor"));
        this.sessions = sessions;
        this.clock = clock;
    }

    /** The factors of that person, the oldest first. */
    public List<Factor> of(UUID account) {
        return jdbc.sql("select " + COLUMNS + " from identity.factor where account_id = ? order by created_at, id")
                .param(account)
                .query(Factors::factor)
                .list();
    }

    /**
     * Whether that person has a verified factor and has not shown one in that session: then password and address stay
     * as they are. Read now, whatever an old token says.
     */
    public boolean needsSecond(UUID account, UUID session) {
        return jdbc.sql(
                        """
                        select exists (select 1 from identity.factor where account_id = ? and status = 'verified')
                           and not exists (select 1 from identity.session
                                           where id = ? and account_id = ? and aal = 'aal2')""")
                .param(account)
                .param(session)
                .param(account)
                .query(Boolean.class)
                .single();
    }

    /**
     * A new factor, which protects nothing before a code of it was right.
     *
     * @throws Rejected with {@link SecondNeededToAdd}, {@link TooMany} or {@link NameTaken}
     */
    public Enrolment enrol(UUID account, UUID session, @Nullable String friendlyName) {
        var secret = new byte[Totp.SECRET];
        random.nextBytes(secret);
        return transaction.execute(status -> {
            lock(account);
            if (needsSecond(account, session)) throw new Rejected(new SecondNeededToAdd());
            jdbc.sql("delete from identity.factor where account_id = ? and status = 'unverified' and created_at <= ?")
                    .param(account)
                    .param(Timestamp.from(instant().minus(TO_ENROL)))
                    .update();
            if (of(account).size() >= MOST) throw new Rejected(new TooMany());
            return new Enrolment(add(account, friendlyName, secret), new Secret(Totp.base32(secret)));
        });
    }

    private Factor add(UUID account, @Nullable String friendlyName, byte[] secret) {
        var id = Uuids.v7(instant(), random);
        return jdbc.sql("insert into identity.factor (id, account_id, friendly_name, kind, secret, created_at,"
                        + " updated_at) values (?, ?, ?, 'totp', ?, ?, ?) on conflict (account_id, friendly_name)"
                        + " do nothing returning " + COLUMNS)
                .param(id)
                .param(account)
                .param(friendlyName)
                .param(seal.close(id.toString(), secret))
                .param(now())
                .param(now())
                .query(Factors::factor)
                .optional()
                .orElseThrow(() -> new Rejected(new NameTaken()));
    }

    /**
     * A question for a code of that factor.
     *
     * @param address of who asks, and of who may answer
     * @throws Rejected with {@link NoSuchFactor}
     */
    public Challenge challenge(UUID account, UUID factor, String address) {
        var id = Uuids.v7(instant(), random);
        var expires = instant().plus(TO_ANSWER);
        jdbc.sql("delete from identity.challenge where factor_id = ? and expires_at <= ?")
                .param(factor)
                .param(now())
                .update();
        var asked = jdbc.sql(
                        """
                        with asked as (
                          update identity.factor set last_challenged_at = ? where id = ? and account_id = ? returning id
                        )
                        insert into identity.challenge (id, factor_id, address, created_at, expires_at)
                        select ?, id, ?, ?, ? from asked""")
                .param(now())
                .param(factor)
                .param(account)
                .param(id)
                .param(address)
                .param(now())
                .param(Timestamp.from(expires))
                .update();
        if (asked == 0) throw new Rejected(new NoSuchFactor());
        return new Challenge(id, expires);
    }

    /** What is presented to prove a factor. */
    public record Answer(UUID factor, UUID challenge, String code, String address) {
        @Override
        public String toString() {
            return "Answer[" + challenge + "]";
        }
    }

    /**
     * Takes the code and lets the session go on with both methods. The person's other sessions that only a password
     * opened end, and so do enrolments that were not finished.
     *
     * @throws Rejected with the reason; a wrong code counts even so
     */
    public OpenSession verify(UUID account, UUID session, Answer answer) {
        var secret = tried(account, answer).orElseThrow(() -> new Rejected(whyNot(account, answer)));
        var step = Totp.step(secret, answer.code(), instant()).orElseThrow(() -> new Rejected(new WrongCode()));
        return transaction.execute(status -> {
            lock(account);
            var factor = one(account, answer.factor()).orElseThrow(() -> new Rejected(new NoSuchFactor()));
            if (!factor.verified() && needsSecond(account, session)) throw new Rejected(new SecondNeededToAdd());
            if (!take(answer, step)) throw new Rejected(new WrongCode());
            jdbc.sql("delete from identity.factor where account_id = ? and status = 'unverified'")
                    .param(account)
                    .update();
            return sessions.raise(account, session, METHOD).orElseThrow(() -> new Rejected(new SignedOut()));
        });
    }

    /**
     * Counts the code before it is looked at, so that many at once are not more guesses than one after the other. After
     * {@link #TRIES} of them the next one waits 1 s, then 2, 4 and so on.
     */
    private Optional<byte[]> tried(UUID account, Answer answer) {
        return jdbc.sql(
                        """
                        with asked as (
                          update identity.challenge c set tries = c.tries + 1
                          from identity.factor f
                          where c.id = ? and c.factor_id = f.id and f.id = ? and f.account_id = ?
                            and c.address = ? and c.expires_at > ? and c.verified_at is null and c.tries < ?
                          returning c.factor_id
                        )
                        update identity.factor f
                        set tries = f.tries + 1,
                            next_try_at = case when f.tries + 1 >= ? then
                              ?::timestamptz + least(power(2, least(f.tries + 1 - ?, 30)), ?) * interval '1 second' end
                        from asked
                        where f.id = asked.factor_id and (f.next_try_at is null or f.next_try_at <= ?)
                        returning f.secret""")
                .param(answer.challenge())
                .param(answer.factor())
                .param(account)
                .param(answer.address())
                .param(now())
                .param(TRIES)
                .param(TRIES)
                .param(now())
                .param(TRIES)
                .param(LONGEST_WAIT.toSeconds())
                .param(now())
                .query(byte[].class)
                .optional()
                .map(secret -> seal.open(answer.factor().toString(), secret));
    }

    private FactorRejection whyNot(UUID account, Answer answer) {
        return jdbc.sql(
                        """
                        select f.next_try_at, c.id is not null as asked, c.address = ? as from_there
                        from identity.factor f left join identity.challenge c on c.factor_id = f.id and c.id = ?
                        where f.id = ? and f.account_id = ?""")
                .param(answer.address())
                .param(answer.challenge())
                .param(answer.factor())
                .param(account)
                .query(this::whyNot)
                .optional()
                .orElseGet(NoSuchFactor::new);
    }

    private FactorRejection whyNot(ResultSet row, int number) throws SQLException {
        if (!row.getBoolean("asked")) return new NoSuchChallenge();
        if (!row.getBoolean("from_there")) return new AnotherAddress();
        var next = row.getTimestamp("next_try_at");
        if (next == null || !next.after(now())) return new ChallengeOver();
        return new TooSoon(Duration.between(instant(), next.toInstant()));
    }

    /** The question is answered and the step is taken, once each, in one statement. */
    private boolean take(Answer answer, long step) {
        return jdbc.sql(
                                """
                                with answered as (
                                  update identity.challenge set verified_at = ?
                                  where id = ? and factor_id = ? and verified_at is null
                                  returning factor_id
                                )
                                update identity.factor f
                                set status = 'verified', last_step = ?, tries = 0, next_try_at = null, updated_at = ?
                                from answered
                                where f.id = answered.factor_id and f.last_step < ?""")
                        .param(now())
                        .param(answer.challenge())
                        .param(answer.factor())
                        .param(step)
                        .param(now())
                        .param(step)
                        .update()
                == 1;
    }

    /**
     * The person's factor goes. Nobody counts as having shown it any more.
     *
     * @throws Rejected with {@link NoSuchFactor} or {@link SecondNeededToRemove}
     */
    public Factor unenrol(UUID account, UUID session, UUID factor) {
        return transaction.execute(status -> {
            lock(account);
            var found = one(account, factor);
            if (found.filter(Factor::verified).isPresent() && needsSecond(account, session))
                throw new Rejected(new SecondNeededToRemove());
            return removed(account, factor);
        });
    }

    /**
     * Somebody's factor goes without being shown, because its device is lost.
     *
     * @throws Rejected with {@link NoSuchFactor}
     */
    public Factor remove(UUID account, UUID factor) {
        return transaction.execute(status -> {
            lock(account);
            return removed(account, factor);
        });
    }

    private Factor removed(UUID account, UUID factor) {
        var removed = jdbc.sql("delete from identity.factor where id = ? and account_id = ? returning " + COLUMNS)
                .param(factor)
                .param(account)
                .query(Factors::factor)
                .optional()
                .orElseThrow(() -> new Rejected(new NoSuchFactor()));
        if (removed.verified()) sessions.lower(account, METHOD);
        return removed;
    }

    private Optional<Factor> one(UUID account, UUID factor) {
        return jdbc.sql("select " + COLUMNS + " from identity.factor where id = ? and account_id = ?")
                .param(factor)
                .param(account)
                .query(Factors::factor)
                .optional();
    }

    /** What changes a person's factors happens one after the other, or two could both be the first. */
    private void lock(UUID account) {
        jdbc.sql("select id from identity.account where id = ? for no key update")
                .param(account)
                .query(UUID.class)
                .optional();
    }

    private Timestamp now() {
        return Timestamp.from(instant());
    }

    /** As exact as the database keeps it, or what was written as now would lie in the future. */
    private Instant instant() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private static Factor factor(ResultSet row, int number) throws SQLException {
        var challenged = row.getTimestamp("last_challenged_at");
        return new Factor(
                row.getObject("id", UUID.class),
                row.getString("friendly_name"),
                "verified".equals(row.getString("status")),
                row.getTimestamp("created_at").toInstant(),
                row.getTimestamp("updated_at").toInstant(),
                challenged == null ? null : challenged.toInstant());
    }
}
