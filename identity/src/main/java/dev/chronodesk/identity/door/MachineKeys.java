package dev.chronodesk.identity.door;

import dev.chronodesk.db.caller.Caller;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.Secret;
import java.security.SecureRandom;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keys of single programs: named, with a role at the desk and scopes, until they expire or are revoked. Asked about at
 * each request, so that a revocation is in force at once. Only a hash is stored.
 */
public final class MachineKeys {

    /** The roles that a program may have; the others belong to people. */
    public static final Set<Role> ROLES = EnumSet.of(Role.SERVICE, Role.AUDITOR, Role.ANALYST);

    /** How old {@code last_used_at} may be: writing at every request would cost more than the rest of the door. */
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(5);

    private static final String COLUMNS =
            "id, name, prefix, role, scopes, created_at, created_by, expires_at, last_used_at, revoked_at";

    private static final int SHOWN = 16;

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public MachineKeys(DataSource identity, Clock clock) {
        jdbc = JdbcClient.create(identity);
        transaction = new TransactionTemplate(new DataSourceTransactionManager(identity));
        this.clock = clock;
    }

    /** What a key may be used for, beside what its role may. */
    public enum Scope {
        /** Requests that change nothing: GET and HEAD. */
        READ,
        /** All other requests but those about accounts. */
        WRITE,
        /** Requests about the accounts of others. */
        ADMIN;

        /** The scope of that name. */
        public static Optional<Scope> of(String text) {
            return Arrays.stream(values())
                    .filter(scope -> scope.toString().equals(text))
                    .findFirst();
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A key, without itself.
     *
     * @param prefix its first characters
     * @param lastUsedAt exact to some minutes
     */
    public record Key(
            UUID id,
            String name,
            String prefix,
            Role role,
            Set<Scope> scopes,
            Instant createdAt,
            @Nullable UUID createdBy,
            @Nullable Instant expiresAt,
            @Nullable Instant lastUsedAt,
            @Nullable Instant revokedAt) {}

    /** A key that was made now, to be shown once. */
    public record Made(Key key, Secret text) {}

    /** Makes a key. */
    public Made make(String name, Role role, Set<Scope> scopes, @Nullable Instant expiresAt, UUID by) {
        var bytes = new byte[32];
        random.nextBytes(bytes);
        var text = "sb_secret_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        var key = jdbc.sql("insert into identity.api_key (id, kind, hash, name, prefix, role, scopes, expires_at,"
                        + " created_by) values (?, 'machine', ?, ?, ?, ?, ?, ?, ?) returning " + COLUMNS)
                .param(Uuids.v7(clock.instant(), random))
                .param(ApiKeys.hash(text))
                .param(name)
                .param(text.substring(0, SHOWN))
                .param(role.toString())
                .param(scopes.stream().map(Scope::toString).sorted().toArray(String[]::new))
                .param(expiresAt == null ? null : Timestamp.from(expiresAt))
                .param(by)
                .query(MachineKeys::key)
                .single();
        return new Made(key, new Secret(text));
    }

    /**
     * A new key with the same name and rights; the old one works on for that long. Empty when there is no such key that
     * still works.
     */
    public Optional<Made> rotate(UUID id, Duration overlap, UUID by) {
        return transaction.execute(status -> {
            var until = clock.instant().plus(overlap);
            var before = jdbc.sql("select " + COLUMNS + " from identity.api_key where id = ? and kind = 'machine'"
                            + " and revoked_at is null and (expires_at is null or expires_at > now()) for update")
                    .param(id)
                    .query(MachineKeys::key)
                    .optional();
            return before.map(old -> {
                jdbc.sql("update identity.api_key set expires_at = least(coalesce(expires_at, ?), ?) where id = ?")
                        .param(Timestamp.from(until))
                        .param(Timestamp.from(until))
                        .param(id)
                        .update();
                return make(old.name(), old.role(), old.scopes(), old.expiresAt(), by);
            });
        });
    }

    /** Ends a key, from the next request on; false when there is none, or it was revoked before. */
    public boolean revoke(UUID id) {
        return jdbc.sql(
                                """
                                update identity.api_key set revoked_at = now()
                                where id = ? and kind = 'machine' and revoked_at is null""")
                        .param(id)
                        .update()
                == 1;
    }

    /** All keys there are and were, the latest first; at most 1,000. */
    public List<Key> all() {
        return jdbc.sql("select " + COLUMNS + " from identity.api_key where kind = 'machine' order by id desc"
                        + " limit 1000")
                .query(MachineKeys::key)
                .list();
    }

    /** A key that works now. */
    record Working(Caller.Known caller, Set<Scope> scopes) {}

    /** Whose key it is; empty for one that there is not, or that has ended. */
    Optional<Working> working(String text) {
        record Found(UUID id, Role role, Set<Scope> scopes, boolean unseen) {}
        var found = jdbc.sql(
                        """
                        select id, role, scopes, coalesce(last_used_at < now() - ? * interval '1 second', true) as unseen
                        from identity.api_key
                        where hash = ? and kind = 'machine' and revoked_at is null
                          and (expires_at is null or expires_at > now())""")
                .param(LOOK_AGAIN.toSeconds())
                .param(ApiKeys.hash(text))
                .query((row, number) -> new Found(
                        Objects.requireNonNull(row.getObject("id", UUID.class)),
                        Role.of(row.getString("role")),
                        scopes(row.getArray("scopes")),
                        row.getBoolean("unseen")))
                .optional();
        found.filter(Found::unseen)
                .ifPresent(key -> jdbc.sql("update identity.api_key set last_used_at = now() where id = ?")
                        .param(key.id())
                        .update());
        return found.map(key -> new Working(new Caller.Known(key.id(), key.role()), key.scopes()));
    }

    private static Set<Scope> scopes(Array array) throws SQLException {
        return Arrays.stream((String[]) array.getArray())
                .flatMap(text -> Scope.of(text).stream())
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Scope.class)));
    }

    private static Key key(ResultSet row, int number) throws SQLException {
        return new Key(
                row.getObject("id", UUID.class),
                row.getString("name"),
                row.getString("prefix"),
                Role.of(row.getString("role")),
                scopes(row.getArray("scopes")),
                row.getTimestamp("created_at").toInstant(),
                row.getObject("created_by", UUID.class),
                instant(row.getTimestamp("expires_at")),
                instant(row.getTimestamp("last_used_at")),
                instant(row.getTimestamp("revoked_at")));
    }

    private static @Nullable Instant instant(@Nullable Timestamp timestamp) {
        return timestamp == null ? null : timestamp.toInstant();
    }
}
