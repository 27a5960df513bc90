package dev.chronodesk.identity.account;

import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.Secret;
import dev.chronodesk.identity.mfa.Factor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The table {@code identity.account}. */
public final class Accounts {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
    private static final TypeReference<List<Factor>> FACTORS = new TypeReference<>() {};
    private static final String SELECT =
            """
            select a.id, a.email, a.state, a.password_hash, a.app_metadata, a.user_metadata, a.email_confirmed_at,
                   a.confirmation_sent_at, a.recovery_sent_at, a.invited_at, a.new_email, a.email_change_sent_at,
                   a.last_sign_in_at, a.created_at, a.updated_at, coalesce(p.role, 'customer') as role,
                   coalesce(p.disabled, false) as disabled, p.banned_until,
                   (select coalesce(jsonb_agg(jsonb_build_object(
                             'id', f.id, 'friendlyName', f.friendly_name, 'verified', f.status = 'verified',
                             'createdAt', f.created_at, 'updatedAt', f.updated_at,
                             'lastChallengedAt', f.last_challenged_at) order by f.created_at, f.id), '[]')
                    from identity.factor f where f.account_id = a.id) as factors
            from identity.account a left join identity.principal p on p.id = a.id""";

    private final JdbcClient jdbc;

    public Accounts(DataSource identity) {
        jdbc = JdbcClient.create(identity);
    }

    /**
     * A new pending account; false when another one has the address or the id.
     *
     * @param trusted whether the address counts as confirmed
     */
    boolean add(
            UUID id,
            EmailAddress email,
            @Nullable Secret passwordHash,
            Map<String, Object> userMetadata,
            boolean trusted) {
        return jdbc.sql(
                                """
                                insert into identity.account
                                  (id, email, state, password_hash, user_metadata, email_confirmed_at)
                                values (?, ?, 'pending', ?, ?::jsonb, case when ? then now() end)
                                on conflict do nothing""")
                        .param(id)
                        .param(email.value())
                        .param(text(passwordHash))
                        .param(JSON.writeValueAsString(userMetadata))
                        .param(trusted)
                        .update()
                == 1;
    }

    public Optional<Account> byId(UUID id) {
        return jdbc.sql(SELECT + " where a.id = ?")
                .param(id)
                .query(Accounts::account)
                .optional();
    }

    public Optional<Account> byEmail(EmailAddress email) {
        return jdbc.sql(SELECT + " where a.email = ?")
                .param(email.value())
                .query(Accounts::account)
                .optional();
    }

    /** Accounts in the order of making. */
    public List<Account> page(int offset, int atMost) {
        return jdbc.sql(SELECT + " where a.state = 'active' order by a.created_at, a.id offset ? limit ?")
                .param(offset)
                .param(atMost)
                .query(Accounts::account)
                .list();
    }

    /** How many accounts there are. */
    public long count() {
        return jdbc.sql("select count(*) from identity.account where state = 'active'")
                .query(Long.class)
                .single();
    }

    /** Accounts that have been pending for so long, the oldest first. */
    List<Account> pendingFor(Duration atLeast) {
        return jdbc.sql(SELECT + " where a.state = 'pending'"
                        + " and a.created_at <= now() - ? * interval '1 millisecond' order by a.created_at limit 100")
                .param(atLeast.toMillis())
                .query(Accounts::account)
                .list();
    }

    /** The log knows the person and the address is theirs. */
    void activate(UUID id) {
        jdbc.sql("update identity.account set state = 'active', updated_at = now() where id = ? and state = 'pending'")
                .param(id)
                .update();
    }

    /** The address counts as the person's own from now on; false when it did before. */
    public boolean confirm(UUID id) {
        return jdbc.sql(
                                """
                                update identity.account set email_confirmed_at = now(), updated_at = now()
                                where id = ? and email_confirmed_at is null""")
                        .param(id)
                        .update()
                == 1;
    }

    /** The address belongs to somebody else after all. */
    void removePending(UUID id) {
        jdbc.sql("delete from identity.account where id = ? and state = 'pending'")
                .param(id)
                .update();
    }

    void signedIn(UUID id) {
        jdbc.sql("update identity.account set last_sign_in_at = now() where id = ?")
                .param(id)
                .update();
    }

    public void changePassword(UUID id, @Nullable Secret passwordHash) {
        jdbc.sql("update identity.account set password_hash = ?, updated_at = now() where id = ?")
                .param(text(passwordHash))
                .param(id)
                .update();
    }

    /** The same password under better parameters, unless it was changed meanwhile. */
    void upgradePassword(UUID id, Secret before, Secret after) {
        jdbc.sql("update identity.account set password_hash = ? where id = ? and password_hash = ?")
                .param(after.reveal())
                .param(id)
                .param(before.reveal())
                .update();
    }

    /** Notes that a mail was sent, in the column of its kind. */
    public void sent(UUID id, Sent what) {
        jdbc.sql("update identity.account set " + what.column + " = now(), updated_at = now() where id = ?")
                .param(id)
                .update();
    }

    /** Mails whose last sending is shown with the account. */
    public enum Sent {
        CONFIRMATION("confirmation_sent_at"),
        RECOVERY("recovery_sent_at"),
        INVITE("invited_at"),
        EMAIL_CHANGE("email_change_sent_at");

        private final String column;

        Sent(String column) {
            this.column = column;
        }
    }

    /** The person wants another address; whatever was agreed to before about one counts no more. */
    public void wants(UUID id, EmailAddress newEmail) {
        jdbc.sql(
                        """
                        update identity.account
                        set new_email = ?, email_change_current_at = null, email_change_new_at = null,
                            email_change_sent_at = now(), updated_at = now()
                        where id = ?""")
                .param(newEmail.value())
                .param(id)
                .update();
    }

    /** One of the two addresses has agreed to the change; true when both have now. */
    public boolean agreed(UUID id, boolean current) {
        var column = current ? "email_change_current_at" : "email_change_new_at";
        return jdbc.sql("update identity.account set " + column + " = now(), updated_at = now()"
                        + " where id = ? and new_email is not null"
                        + " returning email_change_current_at is not null and email_change_new_at is not null")
                .param(id)
                .query(Boolean.class)
                .optional()
                .orElse(false);
    }

    /** Replaces what administrators wrote about the person. */
    public void changeAppMetadata(UUID id, Map<String, Object> appMetadata) {
        jdbc.sql("update identity.account set app_metadata = ?::jsonb, updated_at = now() where id = ?")
                .param(JSON.writeValueAsString(appMetadata))
                .param(id)
                .update();
    }

    /** Locks the person out until then and ends their sign-ins; null lets them in again. */
    public void ban(UUID id, @Nullable Instant until) {
        jdbc.sql(
                        """
                        update identity.principal
                        set banned_until = ?, session_version = session_version + case when ? then 1 else 0 end
                        where id = ?""")
                .param(until == null ? null : Timestamp.from(until))
                .param(until != null)
                .param(id)
                .update();
    }

    /** Replaces what the person wrote about themselves, unless somebody else did since it was read. */
    public boolean changeUserMetadata(Account read, Map<String, Object> userMetadata) {
        return jdbc.sql(
                                """
                                update identity.account set user_metadata = ?::jsonb, updated_at = now()
                                where id = ? and user_metadata = ?::jsonb""")
                        .param(JSON.writeValueAsString(userMetadata))
                        .param(read.id())
                        .param(JSON.writeValueAsString(read.userMetadata()))
                        .update()
                == 1;
    }

    private static Account account(ResultSet row, int number) throws SQLException {
        return new Account(
                row.getObject("id", UUID.class),
                new EmailAddress(row.getString("email")),
                "active".equals(row.getString("state")),
                secret(row.getString("password_hash")),
                JSON.readValue(row.getString("app_metadata"), OBJECT),
                JSON.readValue(row.getString("user_metadata"), OBJECT),
                instant(row.getTimestamp("email_confirmed_at")),
                instant(row.getTimestamp("confirmation_sent_at")),
                instant(row.getTimestamp("recovery_sent_at")),
                instant(row.getTimestamp("invited_at")),
                address(row.getString("new_email")),
                instant(row.getTimestamp("email_change_sent_at")),
                instant(row.getTimestamp("last_sign_in_at")),
                row.getTimestamp("created_at").toInstant(),
                row.getTimestamp("updated_at").toInstant(),
                Role.of(row.getString("role")),
                row.getBoolean("disabled"),
                instant(row.getTimestamp("banned_until")),
                JSON.readValue(row.getString("factors"), FACTORS));
    }

    private static @Nullable String text(@Nullable Secret secret) {
        return secret == null ? null : secret.reveal();
    }

    private static @Nullable Secret secret(@Nullable String text) {
        return text == null ? null : new Secret(text);
    }

    private static @Nullable EmailAddress address(@Nullable String text) {
        return text == null ? null : new EmailAddress(text);
    }

    private static @Nullable Instant instant(@Nullable Timestamp timestamp) {
        return timestamp == null ? null : timestamp.toInstant();
    }
}
