package dev.chronodesk.db;

import java.sql.Connection;
import java.sql.SQLException;

/** What a server must be like, so that what it acknowledged is there after a crash and its policies hold. */
final class Requirements {

    private static final int OLDEST = 150_014;

    private Requirements() {}

    /** The server, as that connection sees it: settings may differ by role and by database. */
    static void check(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(
                        """
                        select
                            current_setting('server_version_num')::integer as version,
                            current_setting('server_version') as version_text,
                            current_setting('fsync') as fsync,
                            current_setting('full_page_writes') as full_page_writes,
                            current_setting('synchronous_commit') as synchronous_commit,
                            current_setting('server_encoding') as encoding,
                            current_user as role
                        """)) {
            row.next();
            demandVersion(row.getInt("version"), row.getString("version_text"));
            demandOn(row.getString("fsync"), "fsync", "alter system set fsync = on");
            demandOn(row.getString("full_page_writes"), "full_page_writes", "alter system set full_page_writes = on");
            if (row.getString("synchronous_commit").equals("off"))
                throw new DatabaseUnusableException("synchronous_commit is off for the role " + row.getString("role")
                        + ": acknowledged commands could be lost in a crash. Mend it with: alter system set"
                        + " synchronous_commit = on; select pg_reload_conf(); and remove what is set for the role or"
                        + " the database (alter role … reset synchronous_commit).");
            if (!row.getString("encoding").equals("UTF8"))
                throw new DatabaseUnusableException("The database's encoding is " + row.getString("encoding")
                        + "; texts need UTF8. Create it with: create database … encoding 'UTF8' template template0");
        }
    }

    /** A number as in {@code server_version_num}. */
    static void demandVersion(int number, String version) {
        if (number < OLDEST)
            throw new DatabaseUnusableException("PostgreSQL " + version
                    + " is too old: chronodesk.database.url must lead to 15.14 or newer. Install the latest minor"
                    + " release of 15 or a newer major one.");
    }

    private static void demandOn(String value, String setting, String mend) {
        if (!value.equals("on"))
            throw new DatabaseUnusableException(setting + " is " + value + ": a crash could destroy the log. Mend it"
                    + " with: " + mend + "; select pg_reload_conf();");
    }

    /** No role that the service runs with may step over the append-only guards or the policies, by any path. */
    static void checkRole(Connection connection, String role) throws SQLException {
        if (Roles.is(
                connection,
                """
                select exists (
                    select from pg_roles s
                    where (s.rolsuper or s.rolbypassrls) and pg_has_role(?::name, s.oid, 'member'))
                """,
                role))
            throw new DatabaseUnusableException("The run-time role " + role + " is a superuser or may bypass row-level"
                    + " security, itself or through a role it is a member of. Mend it with: alter role " + role
                    + " nosuperuser nobypassrls; and revoke such memberships from it.");
    }
}
