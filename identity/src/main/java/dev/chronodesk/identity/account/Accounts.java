package dev.chronodesk.identity.account;

import dev.chronodesk.db.Secrets;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.Secret;
import dev.chronodesk.identity.mfa.Factor;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The table {@code identity.account}. */
public final class Accounts {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
    private static final TypeReference<List<Factor>> FACTORS = new TypeReference<>() {};
    private static final TypeReference<List<Identity>> IDENTITIES = new TypeReference<>() {};
    private static final String SELECT =
            """
            select a.id, a.email, a.state, a.password_hash, a.app_metadata, a.user_metadata, a.email_confirmed_at,
                   a.email_on_trust, a.email_identity_at, a.confirmation_sent_at, a.recovery_sent_at, a.invited_at, a.new_email, a.email_change_sent_at,
                   a.last_sign_in_at, a.created_at, a.updated_at, coalesce(p.role, 'customer') as role,
                   coalesce(p.disabled, false) as disabled, p.banned_until,
                   (select coalesce(jsonb_agg(jsonb_build_object(
                             'id', f.id, 'friendlyName', f.friendly_name, 'verified', f.status = 'verified',
                             'createdAt', f.created_at, 'updatedAt', f.updated_at,
                             'lastChallengedAt', f.last_challenged_at) order by f.created_at, f.id), '[]')
                    from identity.factor f where f.account_id = a.id) as factors,
                   (select coalesce(jsonb_agg(jsonb_build_object(
                             'id', i.id, 'provider', i.provider, 'subject', i.subject, 'claims', i.claims,
                             'createdAt', i.created_at, 'updatedAt', i.updated_at,
                             'lastSignInAt', i.last_sign_in_at) order by i.created_at, i.id), '[]')
                    from identity.identity i where i.account_id = a.id) as identities
            from identity.account a left join identity.principal p on p.id = a.id""";

    private static final String MAC = "HmacSHA256";

    private final byte[] key;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    public Accounts(DataSource identity, Secrets secrets) {
        key = secrets.secret("identity-subject");
        jdbc = JdbcClient.create(identity);
        transaction = new TransactionTemplate(new DataSourceTransactionManager(identity));
    }

    /** A new pending account; false when another one has the address or the id. */
    boolean add(NewAccount account) {
        var email = account.email();
        return jdbc.sql(
                                """
                                insert into identity.account
                                  (id, email, state, password_hash, user_metadata, email_confirmed_at, email_on_trust,
                                   email_identity_at)
                                values (?, ?, 'pending', ?, ?::jsonb, case when ? then now() end, ?,
                                        case when ? then now() end)
                                on conflict do nothing""")
                        .param(account.id())
                        .param(email == null ? null : email.value())
                        .param(text(account.passwordHash()))
                        .param(JSON.writeValueAsString(account.userMetadata()))
                        .param(account.confirmation() != NewAccount.Confirmation.NONE)
                        .param(account.confirmation() == NewAccount.Confirmation.ON_TRUST)
                        .param(account.byEmail())
                        .update()
                == 1;
    }

    /** A new pending account of whom a provider has named; false when another one has the address or the identity. */
    boolean add(NewAccount account, ProviderPerson person) {
        return transaction.execute(status -> {
            var added = add(account) && addIdentity(account.id(), person);
            if (!added) status.setRollbackOnly();
            return added;
        });
    }

    /** The person signs in by that identity too from now on; false when somebody has it, this person or another. */
    public boolean addIdentity(UUID account, ProviderPerson person) {
        return jdbc.sql(
                                """
                                insert into identity.identity
                                  (id, account_id, provider, subject, subject_key, claims, last_sign_in_at)
                                values (gen_random_uuid(), ?, ?, ?, ?, ?::jsonb, now()) on conflict do nothing""")
                        .param(account)
                        .param(person.provider())
                        .param(person.subject())
                        .param(subjectKey(person))
                        .param(JSON.writeValueAsString(person.claims()))
                        .update()
                == 1;
    }

    /** Whether whoever had that identity was erased since then. */
    public boolean erasedSince(ProviderPerson person, Instant then) {
        return jdbc.sql(
                        """
                        select exists (select 1 from identity.erased_subject
                                       where subject_key = ? and erased_at >= ?)""")
                .param(subjectKey(person))
                .param(Timestamp.from(then))
                .query(Boolean.class)
                .single();
    }

    /** Forgets erased identities whose tokens of before have long expired, at most so many at once. */
    public int purgeErased(int atMost) {
        return jdbc.sql(
                        """
                        delete from identity.erased_subject where subject_key in
                          (select subject_key from identity.erased_subject
                           where erased_at < now() - interval '31 days' limit ?)""")
                .param(atMost)
                .update();
    }

    private byte[] subjectKey(ProviderPerson person) {
        try {
            var mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(key, MAC));
            return mac.doFinal((person.provider() + "\0" + person.subject()).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + MAC, e);
        }
    }

    /** Whoever has that identity, with what the provider says now. */
    public Optional<Account> byIdentity(ProviderPerson person) {
        return jdbc.sql(
                        """
                        update identity.identity
                        set claims = ?::jsonb, last_sign_in_at = now(),
                            updated_at = case when claims = ?::jsonb then updated_at else now() end
                        where provider = ? and subject = ? returning account_id""")
                .param(JSON.writeValueAsString(person.claims()))
                .param(JSON.writeValueAsString(person.claims()))
                .param(person.provider())
                .param(person.subject())
                .query(UUID.class)
                .optional()
                .flatMap(this::byId);
    }

    /** The person signs in by that identity no more; false when they never did, or by nothing else. */
    public boolean removeIdentity(UUID account, UUID identity) {
        return jdbc.sql(
                                """
                                delete from identity.identity
                                where id = ? and account_id = ?
                                  and (exists (select 1 from identity.account a
                                               where a.id = account_id and a.email_identity_at is not null)
                                       or exists (select 1 from identity.identity o
                                                  where o.account_id = identity.account_id and o.id <> identity.id))""")
                        .param(identity)
                        .param(account)
                        .update()
                == 1;
    }

    /** The person has no password and signs in by providers from now on; false when there are none. */
    public boolean removeEmailIdentity(UUID account) {
        return jdbc.sql(
                                """
                                update identity.account a
                                set email_identity_at = null, password_hash = null, updated_at = now()
                                where id = ?
                                  and exists (select 1 from identity.identity i where i.account_id = a.id)""")
                        .param(account)
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

    /** The address is the person's own, as somebody has shown. */
    public void confirm(UUID id) {
        jdbc.sql(
                        """
                        update identity.account
                        set email_confirmed_at = coalesce(email_confirmed_at, now()), email_on_trust = false,
                            updated_at = now()
                        where id = ? and (email_confirmed_at is null or email_on_trust)""")
                .param(id)
                .update();
    }

    /** The address counts as the person's own, though nobody has shown anything. */
    public void trust(UUID id) {
        jdbc.sql(
                        """
                        update identity.account set email_confirmed_at = now(), email_on_trust = true, updated_at = now()
                        where id = ? and email_confirmed_at is null""")
                .param(id)
                .update();
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

    /** @param passwordHash null for none; else the address is a way to sign in from now on */
    public void changePassword(UUID id, @Nullable Secret passwordHash) {
        jdbc.sql(
                        """
                        update identity.account
                        set password_hash = ?, updated_at = now(),
                            email_identity_at = case when ? then coalesce(email_identity_at, now())
                                                     else email_identity_at end
                        where id = ?""")
                .param(text(passwordHash))
                .param(passwordHash != null)
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

    /** One of the two addresses has agreed to the change; true when both have now, or the only one. */
    public boolean agreed(UUID id, boolean current) {
        var column = current ? "email_change_current_at" : "email_change_new_at";
        return jdbc.sql("update identity.account set " + column + " = now(), updated_at = now()"
                        + " where id = ? and new_email is not null"
                        + " returning (email is null or email_change_current_at is not null)"
                        + " and email_change_new_at is not null")
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
                address(row.getString("email")),
                "active".equals(row.getString("state")),
                secret(row.getString("password_hash")),
                JSON.readValue(row.getString("app_metadata"), OBJECT),
                JSON.readValue(row.getString("user_metadata"), OBJECT),
                instant(row.getTimestamp("email_confirmed_at")),
                row.getBoolean("email_on_trust"),
                instant(row.getTimestamp("email_identity_at")),
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
                JSON.readValue(row.getString("factors"), FACTORS),
                JSON.readValue(row.getString("identities"), IDENTITIES));
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
