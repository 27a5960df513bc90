package dev.chronodesk.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chronodesk.events.Uuids;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;

/**
 * The plainest baseline: one row per transaction into a table with the log's columns and keys, positions from a
 * sequence, so many connections as given. It checks nothing, promises no order without gaps and keeps no receipts.
 */
final class RawInserts implements AutoCloseable {

    private static final String INSERT =
            """
            insert into raw.event
              (stream_id, seq, stream_type, type, revision, event_id, occurred_at, payload, metadata)
            values (?, 0, 'ticket', 'TicketCreated', 1, ?, now(), ?, ?)
            """;

    private final HikariDataSource pool;
    private final byte[] payload;
    private final byte[] metadata;

    /**
     * @param admin a login that may create a schema
     * @param payload bytes of one event's payload, and {@code metadata} of its metadata: the same as the log's
     */
    RawInserts(
            DataSource admin,
            String url,
            String user,
            String password,
            int connections,
            byte[] payload,
            byte[] metadata)
            throws SQLException {
        this.payload = payload.clone();
        this.metadata = metadata.clone();
        createTable(admin);
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(connections);
        config.setConnectionTimeout(60_000);
        pool = new HikariDataSource(config);
    }

    private static void createTable(DataSource admin) throws SQLException {
        try (var connection = admin.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create schema if not exists raw");
            statement.execute(
                    """
                    create table if not exists raw.event (
                      position    bigint      generated always as identity primary key,
                      stream_id   uuid        not null,
                      seq         int         not null,
                      stream_type text        not null,
                      type        text        not null,
                      revision    smallint    not null,
                      event_id    uuid        not null,
                      recorded_at timestamptz not null default clock_timestamp(),
                      occurred_at timestamptz not null,
                      payload     bytea       not null,
                      metadata    bytea       not null,
                      unique (stream_id, seq)
                    )
                    """);
        }
    }

    void insert() throws SQLException {
        try (var connection = pool.getConnection();
                var statement = prepared(connection)) {
            statement.executeUpdate();
        }
    }

    private PreparedStatement prepared(Connection connection) throws SQLException {
        var statement = connection.prepareStatement(INSERT);
        var random = ThreadLocalRandom.current();
        statement.setObject(1, Uuids.v7(Instant.now(), random));
        statement.setObject(2, Uuids.v7(Instant.now(), random));
        statement.setBytes(3, payload);
        statement.setBytes(4, metadata);
        return statement;
    }

    @Override
    public void close() {
        pool.close();
    }
}
