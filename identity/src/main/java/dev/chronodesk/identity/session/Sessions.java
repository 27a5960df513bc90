package dev.chronodesk.identity.session;

import dev.chronodesk.db.Secrets;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.session.Refreshed.OpenSession;
import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Opens, continues and ends sign-ins. Everything is in the database, so a restart forgets nothing. */
public final class Sessions {

    private final JdbcClient jdbc;
    private final RefreshTokens tokens;
    private final Duration reuseInterval;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** @param reuseInterval how long a used token still answers the one that took its place */
    public Sessions(DataSource identity, Secrets secrets, Duration reuseInterval, Clock clock) {
        jdbc = JdbcClient.create(identity);
        tokens = new RefreshTokens(secrets.secret("identity-refresh-token"));
        this.reuseInterval = reuseInterval;
        this.clock = clock;
    }

    /** A new sign-in of that person. */
    public OpenSession open(UUID account) {
        var id = Uuids.v7(clock.instant(), random);
        var token = tokens.first();
        var since = jdbc.sql(
                        """
                        with opened as (
                          insert into identity.session (id, account_id, session_version)
                          select ?, id, session_version from identity.principal where id = ?
                          returning id, created_at
                        ), born as (
                          insert into identity.refresh_token (session_id, hash, generation)
                          select id, ?, 0 from opened
                        )
                        select created_at from opened""")
                .param(id)
                .param(account)
                .param(RefreshTokens.hash(token))
                .query(Timestamp.class)
                .single()
                .toInstant();
        return new OpenSession(id, account, since, token);
    }

    /**
     * Continues the session of that refresh token with its successor. One atomic statement uses the token and stores
     * the successor, so each token has one child however many ask at once.
     */
    public Refreshed refresh(String token) {
        var next = tokens.next(token);
        var rotated = jdbc.sql(
                        """
                        with used as (
                          update identity.refresh_token t set used_at = now()
                          from identity.session s join identity.principal p on p.id = s.account_id
                          where t.hash = ? and t.used_at is null
                            and s.id = t.session_id and s.revoked_at is null and s.session_version = p.session_version
                          returning t.id, t.session_id, t.generation, s.account_id, s.created_at
                        ), born as (
                          insert into identity.refresh_token (session_id, hash, parent_id, generation)
                          select session_id, ?, id, generation + 1 from used
                        ), seen as (
                          update identity.session s set refreshed_at = now() from used where s.id = used.session_id
                        )
                        select session_id, account_id, created_at from used""")
                .param(RefreshTokens.hash(token))
                .param(RefreshTokens.hash(next))
                .query((row, number) -> new OpenSession(
                        row.getObject("session_id", UUID.class),
                        row.getObject("account_id", UUID.class),
                        row.getTimestamp("created_at").toInstant(),
                        next))
                .optional();
        return rotated.<Refreshed>map(Refreshed.Continued::new).orElseGet(() -> refreshAgain(token));
    }

    private record Family(
            UUID session,
            UUID account,
            Instant since,
            boolean ended,
            boolean unused,
            boolean recent,
            boolean parentOfActive,
            int steps) {}

    private Refreshed refreshAgain(String token) {
        var found = jdbc.sql(
                        """
                        select s.id as session_id, s.account_id, s.created_at,
                               s.revoked_at is not null or s.session_version <> p.session_version as ended,
                               t.used_at is null as unused,
                               coalesce(t.used_at > now() - ? * interval '1 millisecond', false) as recent,
                               coalesce(a.parent_id = t.id, false) as parent_of_active,
                               coalesce(a.generation - t.generation, 0) as steps
                        from identity.refresh_token t
                        join identity.session s on s.id = t.session_id
                        join identity.principal p on p.id = s.account_id
                        left join identity.refresh_token a on a.session_id = s.id and a.used_at is null
                        where t.hash = ?""")
                .param(reuseInterval.toMillis())
                .param(RefreshTokens.hash(token))
                .query((row, number) -> new Family(
                        row.getObject("session_id", UUID.class),
                        row.getObject("account_id", UUID.class),
                        row.getTimestamp("created_at").toInstant(),
                        row.getBoolean("ended"),
                        row.getBoolean("unused"),
                        row.getBoolean("recent"),
                        row.getBoolean("parent_of_active"),
                        row.getInt("steps")))
                .optional();
        if (found.isEmpty()) return new Refreshed.Unknown();
        var family = found.get();
        if (family.ended() || family.unused()) return new Refreshed.AlreadyUsed();
        if (family.recent() || family.parentOfActive())
            return new Refreshed.Continued(new OpenSession(
                    family.session(), family.account(), family.since(), successor(token, family.steps())));
        jdbc.sql("update identity.session set revoked_at = now() where id = ? and revoked_at is null")
                .param(family.session())
                .update();
        return new Refreshed.AlreadyUsed();
    }

    private String successor(String token, int steps) {
        var successor = token;
        for (var i = 0; i < steps; i++) successor = tokens.next(successor);
        return successor;
    }

    /** Ends all sign-ins of that person. */
    public void endAll(UUID account) {
        jdbc.sql("delete from identity.session where account_id = ?")
                .param(account)
                .update();
    }

    /** Ends that sign-in. */
    public void end(UUID session) {
        jdbc.sql("delete from identity.session where id = ?").param(session).update();
    }

    /** Ends all sign-ins of that person but one. */
    public void endOthers(UUID account, UUID session) {
        jdbc.sql("delete from identity.session where account_id = ? and id <> ?")
                .param(account)
                .param(session)
                .update();
    }

    /** How the person stands now; empty when there is no such person. Read at each request. */
    public Optional<Standing> standing(UUID person, @Nullable UUID session) {
        return jdbc.sql(
                        """
                        select p.role, p.disabled or coalesce(p.banned_until > now(), false) as barred,
                               s.id is not null as signed_in
                        from identity.principal p
                        left join identity.session s on s.id = ? and s.account_id = p.id
                             and s.revoked_at is null and s.session_version = p.session_version
                        where p.id = ?""")
                .param(session)
                .param(person)
                .query((row, number) -> new Standing(
                        Role.of(Objects.requireNonNull(row.getString("role"))),
                        row.getBoolean("barred"),
                        row.getBoolean("signed_in")))
                .optional();
    }
}
