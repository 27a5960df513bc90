package dev.chronodesk.db.keys;

import com.google.crypto.tink.KmsClient;
import com.google.crypto.tink.KmsClients;
import dev.chronodesk.db.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Where the key-encryption key is kept, as {@code chronodesk.keys.kek} says. Prints as what somebody may see. */
sealed interface KeySource {

    /** What is there, read anew each time; empty when there is nothing yet. */
    Optional<KeyEncryption> read();

    /** Keeps it in place of what was there; durable when this returns. */
    void write(KeyEncryption keys);

    /** Whether {@link #write} works here. */
    default boolean isWritable() {
        return true;
    }

    /** In a file that only its owner may read. */
    record InFile(Path file) implements KeySource {

        @Override
        public Optional<KeyEncryption> read() {
            try {
                return Optional.of(KeyEncryption.of(Files.readString(file)));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            } catch (IOException | GeneralSecurityException e) {
                throw unreadable(this, e);
            }
        }

        @Override
        public void write(KeyEncryption keys) {
            try {
                SecretFile.write(file, keys.json() + "\n");
            } catch (IOException | GeneralSecurityException e) {
                throw new KeysUnusableException("chronodesk.keys.kek: " + this + " cannot be written", e);
            }
        }

        @Override
        public String toString() {
            return "the file " + file.toAbsolutePath().normalize();
        }
    }

    /** In the environment, as base64 of the same JSON. */
    record InEnvironment(String name, UnaryOperator<@Nullable String> environment) implements KeySource {

        @Override
        public Optional<KeyEncryption> read() {
            var value = environment.apply(name);
            if (value == null || value.isBlank()) return Optional.empty();
            try {
                var json = new String(Base64.getMimeDecoder().decode(value.strip()), StandardCharsets.UTF_8);
                return Optional.of(KeyEncryption.of(json));
            } catch (IllegalArgumentException | GeneralSecurityException e) {
                throw unreadable(this, e);
            }
        }

        @Override
        public void write(KeyEncryption keys) {
            throw new KeysUnusableException("chronodesk.keys.kek: " + this + " cannot be changed from here");
        }

        @Override
        public boolean isWritable() {
            return false;
        }

        @Override
        public String toString() {
            return "the environment's " + name;
        }
    }

    /** In the database, encrypted by a key-management service, which is asked at start and when the key changes. */
    record Managed(String uri, DataSource source) implements KeySource {

        @Override
        public Optional<KeyEncryption> read() {
            var client = client();
            try (var connection = source.getConnection();
                    var select = connection.prepareStatement(
                            "select sealed from log.key_set where uri = ? order by number desc limit 1")) {
                select.setString(1, uri);
                try (var row = select.executeQuery()) {
                    if (!row.next()) return Optional.empty();
                    return Optional.of(KeyEncryption.of(String.valueOf(row.getString("sealed")), client.getAead(uri)));
                }
            } catch (GeneralSecurityException | SQLException e) {
                throw unreadable(this, e);
            }
        }

        @Override
        public void write(KeyEncryption keys) {
            try (var connection = source.getConnection();
                    var insert = connection.prepareStatement("insert into log.key_set (uri, sealed) values (?, ?)")) {
                insert.setString(1, uri);
                insert.setString(2, keys.json(client().getAead(uri)));
                insert.executeUpdate();
            } catch (GeneralSecurityException | SQLException e) {
                throw new KeysUnusableException("chronodesk.keys.kek: " + this + " cannot be used", e);
            }
        }

        /** One that was registered, or one that stands on the class path. */
        private KmsClient client() {
            try {
                return KmsClients.get(uri);
            } catch (GeneralSecurityException none) {
                try {
                    for (var client : ServiceLoader.load(KmsClient.class))
                        if (client.doesSupport(uri)) return client.withDefaultCredentials();
                } catch (GeneralSecurityException e) {
                    throw new KeysUnusableException("chronodesk.keys.kek: no credentials for " + uri, e);
                }
                throw new KeysUnusableException(
                        "chronodesk.keys.kek names " + uri + ", and nothing on the class path speaks to that service."
                                + " Add " + artefact() + " to the class path, or name a file.",
                        none);
            }
        }

        private String artefact() {
            return switch (uri.substring(0, uri.indexOf("://"))) {
                case "aws-kms" -> "com.google.crypto.tink:tink-awskms";
                case "gcp-kms" -> "com.google.crypto.tink:tink-gcpkms";
                case "hcvault" -> "com.google.crypto.tink:tink-hcvault";
                default -> "Tink's integration for it";
            };
        }

        @Override
        public String toString() {
            return "the key set under " + uri;
        }
    }

    private static KeysUnusableException unreadable(KeySource source, Exception e) {
        return new KeysUnusableException(
                "chronodesk.keys.kek: " + source + " cannot be read: "
                        + e.getClass().getSimpleName()
                        + ". It must be the key set that this database was started with.",
                e);
    }

    /**
     * The source that the setting names.
     *
     * @throws KeysUnusableException when it names none
     */
    static KeySource of(@Nullable String setting, Path directory, DataSource source) {
        if (setting == null || setting.isBlank()) return new InFile(directory.resolve("kek.json"));
        if (setting.startsWith("file:") && setting.length() > "file:".length())
            return new InFile(Path.of(setting.substring("file:".length())));
        if (setting.startsWith("env:") && setting.length() > "env:".length())
            return new InEnvironment(setting.substring("env:".length()), System::getenv);
        if (setting.matches("[a-z][a-z0-9+.-]*://.+")) return new Managed(setting, source);
        throw new KeysUnusableException("chronodesk.keys.kek must be file:PATH, env:NAME or the URI of a key-management"
                + " service, as aws-kms://…, gcp-kms://… or hcvault://…");
    }
}
