package dev.chronodesk.identity.session;

import dev.chronodesk.db.Secrets;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.session.Refreshed.OpenSession;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Opens, continues and ends sign-ins. Everything is in the database, so a restart forgets nothing. */
public final class Sessions {

    /** How old {@code last_seen_at} may be: writing at every request would cost more than the rest of the door. */
    static final Duration LOOK_AGAIN = Duration.ofMinutes(5);

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<List<Proof>> PROOFS = new TypeReference<>() {};

    private static final String WITHOUT_METHOD =
            "(select coalesce(jsonb_agg(shown order by n), '[]') from jsonb_array_elements(methods) with ordinality"
                    + " m(shown, n) where shown ->> 'method' <> ?)";

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final RefreshTokens tokens;
    private final Duration reuseInterval;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** @param reuseInterval how long a used token still answers the one that took its place */
    public Sessions(DataSource identity, Secrets secrets, Duration reuseInterval, Clock clock) {
        jdbc = JdbcClient.create(identity);
        transaction = new TransactionTemplate(new DataSourceTransactionManager(identity));
        tokens = new RefreshTokens(secrets.secret("identity-refresh-token"));
        this.reuseInterval = reuseInterval;
        this.clock = clock;
    }

    /**
     * A new sign-in of that person.
     *
     * @param method how they have shown who they are
     */
    public OpenSession open(UUID account, String method, Device device) {
        var id = Uuids.v7(clock.instant(), random);
        var token = tokens.first();
        var proofs = List.of(proof(method));
        jdbc.sql(
                        """
                        with opened as (
                          insert into identity.session (id, account_id, session_version, methods, address, user_agent)
                          select ?, id, session_version, ?::jsonb, ?::inet, ? from identity.principal where id = ?
                          returning id
                        )
                        insert into identity.refresh_token (session_id, hash, generation)
                        select id, ?, 0 from opened""")
                .param(id)
                .param(JSON.writeValueAsString(proofs))
                .param(device.address())
                .param(device.userAgent())
                .param(account)
                .param(RefreshTokens.hash(token))
                .update();
        return new OpenSession(id, account, "aal1", proofs, token);
    }

    private Proof proof(String method) {
        return Proof.of(method, clock.instant());
    }

    /**
     * Adds a second proof to a session that is open: it goes on as {@code aal2}. Its refresh tokens of before are worth
     * nothing any more, or they would buy the higher level for the first proof alone; and the person's other sessions
     * that have no second proof end. Empty when the session has ended meanwhile.
     */
    public Optional<OpenSession> raise(UUID account, UUID session, String method) {
        var token = tokens.first();
        return transaction.execute(status -> {
            // tokens before sessions, as a refresh locks them. One at this moment leaves another active token.
            var replaced = false;
            for (var attempt = 0; attempt < 3 && !replaced; attempt++)
                replaced = replaceActive(account, session, token);
            if (!replaced) return Optional.empty();
            var proofs = jdbc.sql("update identity.session set aal = 'aal2', methods = " + WITHOUT_METHOD
                            + " || ?::jsonb where id = ? returning methods::text")
                    .param(method)
                    .param(JSON.writeValueAsString(List.of(proof(method))))
                    .param(session)
                    .query(String.class)
                    .single();
            // not deleted: that would lock sessions before tokens
            jdbc.sql(
                            """
                            update identity.session set revoked_at = now()
                            where account_id = ? and id <> ? and aal = 'aal1' and revoked_at is null""")
                    .param(account)
                    .param(session)
                    .update();
            return Optional.of(new OpenSession(session, account, "aal2", proofs(proofs), token));
        });
    }

    /** The active token counts as used, and that one, which cannot be derived from it, takes its place. */
    private boolean replaceActive(UUID account, UUID session, String token) {
        return jdbc.sql(
                                """
                                with used as (
                                  update identity.refresh_token t set used_at = now()
                                  from identity.session s join identity.principal p on p.id = s.account_id
                                  where s.id = ? and s.account_id = ? and s.revoked_at is null
                                    and s.session_version = p.session_version
                                    and t.session_id = s.id and t.used_at is null
                                  returning t.session_id, t.generation
                                )
                                insert into identity.refresh_token (session_id, hash, generation)
                                select session_id, ?, generation + 1 from used""")
                        .param(session)
                        .param(account)
                        .param(RefreshTokens.hash(token))
                        .update()
                == 1;
    }

    /** No sign-in of that person counts as having shown that method any more. */
    public void lower(UUID account, String method) {
        jdbc.sql("update identity.session set aal = 'aal1', methods = " + WITHOUT_METHOD
                        + " where account_id = ? and aal = 'aal2'")
                .param(method)
                .param(account)
                .update();
    }

    private static List<Proof> proofs(String json) {
        return JSON.readValue(json, PROOFS);
    }

    /**
     * Continues the session of that refresh token with its successor. One atomic statement uses the token and stores
     * the successor, so each token has one child however many ask at once.
     */
    public Refreshed refresh(String token, Device device) {
        var next = tokens.next(token);
        var rotated = jdbc.sql(
                        """
                        with used as (
                          update identity.refresh_token t set used_at = now()
                          from identity.session s join identity.principal p on p.id = s.account_id
                          where t.hash = ? and t.used_at is null
                            and s.id = t.session_id and s.revoked_at is null and s.session_version = p.session_version
                          returning t.id, t.session_id, t.generation, s.account_id, s.aal, s.methods
                        ), born as (
                          insert into identity.refresh_token (session_id, hash, parent_id, generation)
                          select session_id, ?, id, generation + 1 from used
                        ), seen as (
                          update identity.session s
                          set refreshed_at = now(), last_seen_at = now(), address = coalesce(?::inet, s.address),
                              user_agent = coalesce(?, s.user_agent)
                          from used where s.id = used.session_id
                        )
                        select session_id, account_id, aal, methods::text as methods from used""")
                .param(RefreshTokens.hash(token))
                .param(RefreshTokens.hash(next))
                .param(device.address())
                .param(device.userAgent())
                .query((row, number) -> new OpenSession(
                        row.getObject("session_id", UUID.class),
                        row.getObject("account_id", UUID.class),
                        row.getString("aal"),
                        proofs(row.getString("methods")),
                        next))
                .optional();
        return rotated.<Refreshed>map(Refreshed.Continued::new).orElseGet(() -> refreshAgain(token));
    }

    private record Family(
            UUID session,
            UUID account,
            String aal,
            List<Proof> proofs,
            boolean ended,
            boolean unused,
            boolean recent,
            boolean parentOfActive,
            boolean outgrown,
            int steps) {}

    private Refreshed refreshAgain(String token) {
        var found = jdbc.sql(
                        """
                        select s.id as session_id, s.account_id, s.aal, s.methods::text as methods,
                               s.revoked_at is not null or s.session_version <> p.session_version as ended,
                               t.used_at is null as unused,
                               coalesce(t.used_at > now() - ? * interval '1 millisecond', false) as recent,
                               coalesce(a.parent_id = t.id, false) as parent_of_active,
                               exists (select 1 from identity.refresh_token r where r.session_id = s.id
                                         and r.parent_id is null and r.generation > t.generation) as outgrown,
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
                        row.getString("aal"),
                        proofs(row.getString("methods")),
                        row.getBoolean("ended"),
                        row.getBoolean("unused"),
                        row.getBoolean("recent"),
                        row.getBoolean("parent_of_active"),
                        row.getBoolean("outgrown"),
                        row.getInt("steps")))
                .optional();
        if (found.isEmpty()) return new Refreshed.Unknown();
        var family = found.get();
        if (family.ended() || family.unused()) return new Refreshed.AlreadyUsed();
        // asked for while the person showed the second factor: no theft, but what it bought then is not enough now
        if (family.recent() && family.outgrown()) return new Refreshed.AlreadyUsed();
        if (family.recent() || family.parentOfActive())
            return new Refreshed.Continued(new OpenSession(
                    family.session(),
                    family.account(),
                    family.aal(),
                    family.proofs(),
                    successor(token, family.steps())));
        var stolen = jdbc.sql("update identity.session set revoked_at = now() where id = ? and revoked_at is null")
                        .param(family.session())
                        .update()
                == 1;
        return stolen ? new Refreshed.Stolen(family.account(), family.session()) : new Refreshed.AlreadyUsed();
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

    /**
     * One open sign-in, as its person sees it.
     *
     * @param address from where it was used last, as far as is known
     * @param lastSeenAt exact to {@link #LOOK_AGAIN}
     */
    public record Listed(
            UUID id,
            String aal,
            List<Proof> proofs,
            @Nullable String address,
            @Nullable String userAgent,
            Instant createdAt,
            Instant lastSeenAt) {}

    /** The person's open sign-ins, the one used last first. */
    public List<Listed> of(UUID account) {
        return jdbc.sql(
                        """
                        select s.id, s.aal, s.methods::text as methods, host(s.address) as address, s.user_agent,
                               s.created_at, s.last_seen_at
                        from identity.session s join identity.principal p on p.id = s.account_id
                        where s.account_id = ? and s.revoked_at is null and s.session_version = p.session_version
                        order by s.last_seen_at desc, s.id limit 1000""")
                .param(account)
                .query((row, number) -> new Listed(
                        row.getObject("id", UUID.class),
                        row.getString("aal"),
                        proofs(row.getString("methods")),
                        row.getString("address"),
                        row.getString("user_agent"),
                        row.getTimestamp("created_at").toInstant(),
                        row.getTimestamp("last_seen_at").toInstant()))
                .list();
    }

    /** Ends that sign-in of that person; false when they have no such one. */
    public boolean end(UUID account, UUID session) {
        return jdbc.sql("delete from identity.session where id = ? and account_id = ?")
                        .param(session)
                        .param(account)
                        .update()
                == 1;
    }

    /** How the open session of that person was proved; empty when it has ended. */
    public Optional<OpenSession> proved(UUID account, UUID session) {
        return jdbc.sql("select aal, methods::text as methods from identity.session where id = ? and account_id = ? and"
                        + " revoked_at is null")
                .param(session)
                .param(account)
                .query((row, number) ->
                        new OpenSession(session, account, row.getString("aal"), proofs(row.getString("methods")), ""))
                .optional();
    }

    /** How the person stands now; empty when there is no such person. Read at each request. */
    public Optional<Standing> standing(UUID person, @Nullable UUID session) {
        var standing = jdbc.sql(
                        """
                        select p.role, p.disabled or coalesce(p.banned_until > now(), false) as barred,
                               s.id is not null as signed_in,
                               coalesce(s.last_seen_at < now() - ? * interval '1 second', false) as unseen
                        from identity.principal p
                        left join identity.session s on s.id = ? and s.account_id = p.id
                             and s.revoked_at is null and s.session_version = p.session_version
                        where p.id = ?""")
                .param(LOOK_AGAIN.toSeconds())
                .param(session)
                .param(person)
                .query((row, number) -> new Standing(
                        Role.of(Objects.requireNonNull(row.getString("role"))),
                        row.getBoolean("barred"),
                        row.getBoolean("signed_in"),
                        row.getBoolean("unseen")))
                .optional();
        if (session != null && standing.isPresent() && standing.get().unseen()) saw(session);
        return standing;
    }

    private void saw(UUID session) {
        jdbc.sql(
                        """
                        update identity.session set last_seen_at = now()
                        where id = ? and last_seen_at < now() - ? * interval '1 second'""")
                .param(session)
                .param(LOOK_AGAIN.toSeconds())
                .update();
    }
}
