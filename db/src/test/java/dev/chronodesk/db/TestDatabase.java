package dev.chronodesk.db;

import dev.chronodesk.db.keys.KeySettings;
import dev.chronodesk.db.keys.PersonKeys;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.PostgresEventLog;
import dev.chronodesk.events.codec.EventCodec;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/** A fresh database of real PostgreSQL with all schemas on the class path, for a test class or a test. */
public final class TestDatabase implements AutoCloseable {

    private final TestServer server;
    private final String name;
    private final Database database;
    private final KeySettings keySettings;
    private final PersonKeys keys;
    private final EventCodec codec;
    private final PostgresEventLog log;

    /** A Tink key set of one AES-256-GCM key that everybody knows. */
    public static final String KEK =
            """
            {"primaryKeyId":1,"key":[{"keyData":{"typeUrl":"type.googleapis.com/google.crypto.tink.AesGcmKey",\
            "value":"GiAAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHw==","keyMaterialType":"SYMMETRIC"},\
            "status":"ENABLED","keyId":1,"outputPrefixType":"TINK"}]}
            """;

    private TestDatabase(TestServer server) throws SQLException, IOException {
        this.server = server;
        this.name = server.create();
        this.database = Database.copy(server.admin(name));
        this.keySettings = new KeySettings(null, server.directory().resolve("keys-of-" + name));
        SecretFile.write(keySettings.directory().resolve("kek.json"), KEK);
        this.keys = PersonKeys.open(database.keys(), keySettings);
        this.codec = new EventCodec(keys);
        this.log = new PostgresEventLog(database.write(), codec);
    }

    /** On the embedded server of this JVM. */
    public static TestDatabase create() {
        return on(TestServer.shared());
    }

    /** On PostgreSQL 15, for what must hold on the oldest release too. */
    public static TestDatabase createOnOldest() {
        return on(TestServer.oldest());
    }

    static TestDatabase on(TestServer server) {
        try {
            return new TestDatabase(server);
        } catch (SQLException | IOException e) {
            throw new IllegalStateException("a test database cannot be made", e);
        }
    }

    public Database database() {
        return database;
    }

    /** The same database as another node has it, with connections of its own; whoever asks closes it. */
    public Database node() {
        try {
            return Database.copy(admin());
        } catch (SQLException e) {
            throw new IllegalStateException("the database cannot be opened once more", e);
        }
    }

    public EventLog log() {
        return log;
    }

    /** The codec of that log, with the keys of its persons. */
    public EventCodec codec() {
        return codec;
    }

    public PersonKeys keys() {
        return keys;
    }

    /** Where its key-encryption key and its list of destroyed keys are. */
    public KeySettings keySettings() {
        return keySettings;
    }

    /** The same database as somebody configures it: with a URL and an administrator. */
    public DatabaseSettings settings() {
        var admin = admin();
        return new DatabaseSettings(admin.url(), admin.username(), admin.password(), null, server.directory());
    }

    /** A connection that may do everything, to look behind the scenes and to break things. */
    public Connection superuser() throws SQLException {
        return admin().connect();
    }

    Database.Admin admin() {
        return server.admin(name);
    }

    @Override
    public void close() {
        log.close();
        keys.close();
        database.close();
        server.drop(name);
    }
}
