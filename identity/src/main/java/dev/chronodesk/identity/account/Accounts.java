package dev.chronodesk.identity.account;

import dev.chronodesk.identity.Secret;
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
    private static final String COLUMNS =
            "id, email, state, password_hash, user_metadata, email_confirmed_at, last_sign_in_at, created_at,"
                    + " updated_at";

    private final JdbcClient jdbc;

    public Accounts(DataSource identity) {
        jdbc = JdbcClient.create(identity);
    }

    /** A new pending account; false when another one has the address or the id. */
    boolean add(UUID id, EmailAddress email, Secret passwordHash, Map<String, Object> userMetadata) {
        return jdbc.sql(
                                """
                                insert into identity.account (id, email, state, password_hash, user_metadata)
                                values (?, ?, 'pending', ?, ?::jsonb) on conflict do nothing""")
                        .param(id)
                        .param(email.value())
                        .param(passwordHash.reveal())
                        .param(JSON.writeValueAsString(userMetadata))
                        .update()
                == 1;
    }

    public Optional<Account> byId(UUID id) {
        return jdbc.sql("select " + COLUMNS + " from identity.account where id = ?")
                .param(id)
                .query(Accounts::account)
                .optional();
    }

    Optional<Account> byEmail(EmailAddress email) {
        return jdbc.sql("select " + COLUMNS + " from identity.account where email = ?")
                .param(email.value())
                .query(Accounts::account)
                .optional();
    }

    /** Accounts that have been pending for so long, the oldest first. */
    List<Account> pendingFor(Duration atLeast) {
        return jdbc.sql("select " + COLUMNS + " from identity.account where state = 'pending'"
                        + " and created_at <= now() - ? * interval '1 millisecond' order by created_at limit 100")
                .param(atLeast.toMillis())
                .query(Accounts::account)
                .list();
    }

    /** The log knows the person and the address is theirs. There is no mail yet, so it counts as confirmed. */
    void activate(UUID id) {
        jdbc.sql(
                        """
                        update identity.account set state = 'active', email_confirmed_at = now(), updated_at = now()
                        where id = ? and state = 'pending'""")
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

    void changePassword(UUID id, Secret passwordHash) {
        jdbc.sql("update identity.account set password_hash = ?, updated_at = now() where id = ?")
                .param(passwordHash.reveal())
                .param(id)
                .update();
    }

    /** Replaces what the person wrote about themselves, unless somebody else did since it was read. */
    boolean changeUserMetadata(Account read, Map<String, Object> userMetadata) {
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
                new Secret(row.getString("password_hash")),
                JSON.readValue(row.getString("user_metadata"), OBJECT),
                instant(row.getTimestamp("email_confirmed_at")),
                instant(row.getTimestamp("last_sign_in_at")),
                row.getTimestamp("created_at").toInstant(),
                row.getTimestamp("updated_at").toInstant());
    }

    private static @Nullable Instant instant(@Nullable Timestamp timestamp) {
        return timestamp == null ? null : timestamp.toInstant();
    }
}
