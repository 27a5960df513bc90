package dev.chronodesk.identity.trail;

import dev.chronodesk.identity.session.Device;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table {@code identity.trail}, which is only ever added to. */
public final class Trail {

    /** The most entries of one answer. */
    public static final int PAGE = 1_000;

    private final JdbcClient jdbc;

    public Trail(DataSource identity) {
        jdbc = JdbcClient.create(identity);
    }

    /** What can have happened to an account. */
    public enum Action {
        SIGNED_UP,
        CONFIRMED,
        SIGNED_IN,
        SIGN_IN_FAILED,
        SIGNED_OUT,
        REFRESH_TOKEN_STOLEN,
        RECOVERY_ASKED,
        LINK_ASKED,
        LINK_FAILED,
        INVITED,
        PASSWORD_CHANGED,
        PASSWORD_REFUSED,
        EMAIL_CHANGE_ASKED,
        EMAIL_CHANGED,
        REAUTHENTICATION_ASKED,
        SESSION_ENDED,
        IDENTITY_LINKED,
        IDENTITY_UNLINKED,
        PROVIDER_FAILED,
        FACTOR_ENROLLED,
        FACTOR_VERIFIED,
        FACTOR_FAILED,
        FACTOR_REMOVED,
        ACCOUNT_CREATED,
        ACCOUNT_CHANGED,
        ACCOUNT_BANNED,
        ACCOUNT_DELETED,
        LINK_MADE,
        KEY_CREATED,
        KEY_REVOKED;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * One entry.
     *
     * @param actorId who did it; null for nobody known
     * @param accountId whom it concerns; null for an address that nobody has
     * @param cause why, or in which way
     */
    public record Entry(
            long id,
            Instant at,
            String action,
            @Nullable UUID actorId,
            @Nullable UUID accountId,
            @Nullable UUID sessionId,
            @Nullable String address,
            @Nullable String userAgent,
            @Nullable String cause) {}

    /** Adds an entry. */
    public void note(
            Action action,
            @Nullable UUID actor,
            @Nullable UUID account,
            @Nullable UUID session,
            Device device,
            @Nullable String cause) {
        jdbc.sql(
                        """
                        insert into identity.trail
                          (action, actor_id, account_id, session_id, address, user_agent, cause)
                        values (?, ?, ?, ?, ?::inet, ?, ?)""")
                .param(action.toString())
                .param(actor)
                .param(account)
                .param(session)
                .param(device.address())
                .param(device.userAgent())
                .param(cause)
                .update();
    }

    /**
     * Entries before that one, the latest first.
     *
     * @param before only entries with a smaller id; {@link Long#MAX_VALUE} for the latest
     * @param account only what concerns that person, or null for all
     */
    public List<Entry> before(long before, @Nullable UUID account, int atMost) {
        return jdbc.sql(
                        """
                        select id, at, action, actor_id, account_id, session_id, host(address) as address, user_agent,
                               cause
                        from identity.trail
                        where id < ? and (?::uuid is null or account_id = ?::uuid)
                        order by id desc limit ?""")
                .param(before)
                .param(account)
                .param(account)
                .param(Math.min(atMost, PAGE))
                .query((row, number) -> new Entry(
                        row.getLong("id"),
                        row.getTimestamp("at").toInstant(),
                        row.getString("action"),
                        row.getObject("actor_id", UUID.class),
                        row.getObject("account_id", UUID.class),
                        row.getObject("session_id", UUID.class),
                        row.getString("address"),
                        row.getString("user_agent"),
                        row.getString("cause")))
                .list();
    }
}
