package dev.chronodesk.db.keys;

import dev.chronodesk.db.log.LogUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Everything that is asked of {@code log.person_key}. */
final class KeyTable {

    /** The key of nobody: there from the first start on, it tells whether a key-encryption key is this database's. */
    static final UUID NOBODY = new UUID(0, 0);

    /** Held on one connection while the key-encryption key is made or changed: the bytes of CHRONOKK. */
    private static final long CHANGING = 0x4348524F4E4F4B4BL;

    private static final int ATTEMPTS = 5;

    /** A row; {@code wrapped} is null for a destroyed key. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Row(long number, UUID person, long kek, byte @Nullable [] wrapped) {}

    /** One that was destroyed, and the how many-th. */
    record Destroyed(long number, UUID person) {}

    interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }

    private final DataSource source;

    KeyTable(DataSource source) {
        this.source = source;
    }

    DataSource source() {
        return source;
    }

    /** The person's row and up to {@code ahead - 1} that were made after it; empty when there is none. */
    List<Row> from(UUID person, int ahead) {
        return ask(connection -> {
            try (var select = connection.prepareStatement(
                    """
                    select number, person, kek, wrapped
                    from log.person_key
                    where number >= (select p.number from log.person_key p where p.person = ?)
                    order by number
                    limit ?
                    """)) {
                select.setObject(1, person);
                select.setInt(2, ahead);
                return rows(select);
            }
        });
    }

    /** Keeps a new key unless there is one already: two nodes may do this at once. */
    void keep(UUID person, long kek, byte[] wrapped) {
        ask(connection -> {
            try (var insert = connection.prepareStatement(
                    """
                    insert into log.person_key (person, kek, wrapped) values (?, ?, ?) on conflict (person) do nothing
                    """)) {
                insert.setObject(1, person);
                insert.setLong(2, kek);
                insert.setBytes(3, wrapped);
                return insert.executeUpdate();
            }
        });
    }

    /** Up to {@code limit} rows after {@code number} that another key than {@code kek} wraps. */
    List<Row> wrappedOtherwise(long number, long kek, int limit) {
        return ask(connection -> {
            try (var select = connection.prepareStatement(
                    """
                    select number, person, kek, wrapped
                    from log.person_key
                    where number > ? and kek <> ?
                    order by number
                    limit ?
                    """)) {
                select.setLong(1, number);
                select.setLong(2, kek);
                select.setInt(3, limit);
                return rows(select);
            }
        });
    }

    /** Puts another wrapping around the same key, unless it was destroyed or wrapped anew meanwhile. */
    void rewrap(List<Row> before, List<byte[]> wrapped, long kek) {
        ask(connection -> {
            try (var update = connection.prepareStatement(
                    "update log.person_key set kek = ?, wrapped = ? where person = ? and wrapped = ?")) {
                for (var i = 0; i < before.size(); i++) {
                    update.setLong(1, kek);
                    update.setBytes(2, wrapped.get(i));
                    update.setObject(3, before.get(i).person());
                    update.setBytes(4, before.get(i).wrapped());
                    update.addBatch();
                }
                return update.executeBatch();
            }
        });
    }

    /** How many keys each key-encryption key wraps. */
    Map<Long, Long> wrappings() {
        return ask(connection -> {
            try (var select = connection.prepareStatement(
                            """
                            select kek, count(*) as keys
                            from log.person_key
                            where kek is not null and person <> '00000000-0000-0000-0000-000000000000'
                            group by kek
                            """);
                    var rows = select.executeQuery()) {
                var wrappings = new TreeMap<Long, Long>();
                while (rows.next()) wrappings.put(rows.getLong("kek"), rows.getLong("keys"));
                return wrappings;
            }
        });
    }

    /** Destroys them, one after the other. */
    void destroy(Collection<UUID> persons) {
        ask(connection -> {
            try (var call = connection.prepareStatement("select log.destroy_person_key(?) as number")) {
                for (var person : persons) {
                    call.setObject(1, person);
                    call.executeQuery().close();
                }
            }
            return persons.size();
        });
    }

    /** What was destroyed after the {@code number}-th, in order. */
    List<Destroyed> destroyedAfter(long number) {
        return ask(connection -> {
            try (var select = connection.prepareStatement(
                    """
                    select destroyed_number, person
                    from log.person_key
                    where destroyed_number > ?
                    order by destroyed_number
                    """)) {
                select.setLong(1, number);
                try (var rows = select.executeQuery()) {
                    var destroyed = new ArrayList<Destroyed>();
                    while (rows.next())
                        destroyed.add(
                                new Destroyed(rows.getLong("destroyed_number"), rows.getObject("person", UUID.class)));
                    return destroyed;
                }
            }
        });
    }

    /** The number of the last one that was destroyed; 0 before the first. */
    long lastDestroyed() {
        return ask(connection -> {
            try (var select = connection.prepareStatement(
                            "select coalesce(max(destroyed_number), 0) as number from log.person_key");
                    var row = select.executeQuery()) {
                row.next();
                return row.getLong("number");
            }
        });
    }

    Optional<Row> canary() {
        return from(NOBODY, 1).stream().findFirst();
    }

    /** Runs it while no other node makes or changes the key-encryption key. */
    <T> T alone(Question<T> question) {
        try (var connection = source.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("select pg_advisory_lock(" + CHANGING + ")");
            try {
                return question.ask(connection);
            } finally {
                statement.execute("select pg_advisory_unlock(" + CHANGING + ")");
            }
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    /** Asks again on another connection when that one was dead: whatever is asked here may be asked twice. */
    private <T> T ask(Question<T> question) {
        for (var attempt = 1; ; attempt++) {
            try (var connection = source.getConnection()) {
                return question.ask(connection);
            } catch (SQLException e) {
                var state = String.valueOf(e.getSQLState());
                if (attempt == ATTEMPTS || !(state.startsWith("08") || state.startsWith("57P"))) throw unavailable(e);
            }
        }
    }

    private static LogUnavailableException unavailable(SQLException e) {
        return new LogUnavailableException("the keys of persons cannot be asked for", e);
    }

    private static List<Row> rows(PreparedStatement select) throws SQLException {
        try (var rows = select.executeQuery()) {
            var found = new ArrayList<Row>();
            while (rows.next()) found.add(row(rows));
            return found;
        }
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                row.getLong("number"),
                row.getObject("person", UUID.class),
                row.getLong("kek"),
                row.getBytes("wrapped"));
    }
}
