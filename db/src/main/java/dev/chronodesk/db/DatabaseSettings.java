package dev.chronodesk.db;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the database is.
 *
 * @param url {@code chronodesk.database.url}, a {@code jdbc:postgresql:} URL without user and password; null for the
 *     embedded server
 * @param username {@code chronodesk.database.username}, of a role that owns the database and may create roles
 * @param password {@code chronodesk.database.password}; the run-time logins' passwords are derived from it
 * @param binaries {@code chronodesk.database.binaries}, a directory with {@code bin/postgres} for the embedded server;
 *     null to take them from the class path
 * @param directory where the embedded server keeps its data, {@code ./.chronodesk}
 */
public record DatabaseSettings(
        @Nullable String url,
        @Nullable String username,
        @Nullable String password,
        @Nullable Path binaries,
        Path directory) {

    /** The embedded server with its binaries on the class path. */
    public static DatabaseSettings embedded(Path directory) {
        return new DatabaseSettings(null, null, null, null, directory);
    }

    /** A password never reaches a log file by accident. */
    @Override
    public String toString() {
        return "DatabaseSettings[url=" + url + ", username=" + username + ", binaries=" + binaries + ", directory="
                + directory + "]";
    }
}
