package dev.chronodesk.db;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Keys that the service makes for itself: 32 random bytes at first use, the same for every node from then on. */
public final class Secrets {

    private static final int BYTES = 32;

    private final DataSource write;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, byte[]> known = new ConcurrentHashMap<>();

    public Secrets(DataSource write) {
        this.write = write;
    }

    /** The secret of that name; the caller gets an array of its own. */
    public byte[] secret(String name) {
        return known.computeIfAbsent(name, this::load).clone();
    }

    private byte[] load(String name) {
        try (var connection = write.getConnection()) {
            var stored = stored(connection, name);
            if (stored != null) return stored;
            insert(connection, name);
            stored = stored(connection, name);
            if (stored == null) throw new IllegalStateException("the secret " + name + " was not kept");
            return stored;
        } catch (SQLException e) {
            throw new DatabaseUnusableException("the secret " + name + " can be neither read nor made", e);
        }
    }

    private static byte @Nullable [] stored(Connection connection, String name) throws SQLException {
        try (var select = connection.prepareStatement("select value from log.secret where name = ?")) {
            select.setString(1, name);
            try (var rows = select.executeQuery()) {
                return rows.next() ? rows.getBytes("value") : null;
            }
        }
    }

    /** Two nodes may do this at once: the first one's bytes are kept. */
    private void insert(Connection connection, String name) throws SQLException {
        var value = new byte[BYTES];
        random.nextBytes(value);
        try (var insert = connection.prepareStatement(
                "insert into log.secret (name, value) values (?, ?) on conflict (name) do nothing")) {
            insert.setString(1, name);
            insert.setBytes(2, value);
            insert.executeUpdate();
        }
    }
}
