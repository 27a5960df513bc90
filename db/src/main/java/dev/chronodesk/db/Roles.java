package dev.chronodesk.db;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The roles of the cluster that every desk in it shares. Several nodes and several databases may make them at the same
 * moment; advisory locks do not reach over databases, so every step looks first and takes a lost race for done.
 */
final class Roles {

    static final String WRITE = "chronodesk_write";
    static final String FOLD = "chronodesk_fold";
    static final String READ = "chronodesk_read";
    static final String IDENTITY = "chronodesk_identity";

    /** What the service runs with. */
    static final List<String> LOGINS = List.of(WRITE, FOLD, READ, IDENTITY);

    /** What the read login becomes for one request. */
    static final List<String> PERSONS = List.of(
            "chronodesk_anon",
            "chronodesk_customer",
            "chronodesk_agent",
            "chronodesk_admin",
            "chronodesk_auditor",
            "chronodesk_analyst",
            "chronodesk_service");

    private static final int ATTEMPTS = 20;

    /** The server's own default; the passwords are random keys already. */
    private static final int SCRAM_ITERATIONS = 4096;

    /** Unique violation, duplicate object, concurrent change of a catalogue row, deadlock: somebody did the same. */
    private static final Set<String> RACES = Set.of("23505", "42710", "XX000", "40P01", "40001");

    private Roles() {}

    private interface Step {
        void run() throws SQLException;
    }

    /** Makes what is missing. */
    static void make(Connection admin) throws SQLException {
        for (var role : PERSONS) make(admin, role, "nologin");
        for (var login : LOGINS) make(admin, login, login.equals(READ) ? "login noinherit" : "login");
        for (var role : PERSONS) grant(admin, role);
    }

    private static void make(Connection admin, String role, String attributes) throws SQLException {
        racing(() -> {
            if (!is(admin, "select exists (select from pg_roles where rolname = ?)", role))
                execute(admin, "create role " + role + " " + attributes);
        });
    }

    private static void grant(Connection admin, String role) throws SQLException {
        racing(() -> {
            if (!is(
                    admin,
                    """
                    select exists (
                        select from pg_auth_members m
                        join pg_roles r on r.oid = m.roleid
                        join pg_roles l on l.oid = m.member
                        where r.rolname = ? and l.rolname = ?)
                    """,
                    role,
                    READ)) execute(admin, "grant " + role + " to " + READ);
        });
    }

    /** Rights on the database itself, which a copy of a template does not take with it. */
    static void grantDatabase(Connection admin) throws SQLException {
        try (var statement = admin.createStatement();
                var row = statement.executeQuery("select quote_ident(current_database()) as name")) {
            row.next();
            var database = row.getString("name");
            execute(admin, "revoke temporary on database " + database + " from public");
            execute(admin, "grant connect on database " + database + " to " + String.join(", ", LOGINS));
            execute(admin, "grant create, temporary on database " + database + " to " + FOLD);
        }
        if (!is(admin, "select has_database_privilege(?, current_database(), 'CREATE')", FOLD))
            throw new DatabaseUnusableException("chronodesk.database.username must own the database, so that it can"
                    + " let " + FOLD + " create schemas in it: alter database … owner to …");
    }

    /** A login's password; every node that knows the administrator's derives the same one, and nobody stores it. */
    static String password(String adminPassword, String login) {
        try {
            var hash = hmac(adminPassword.getBytes(StandardCharsets.UTF_8), "chronodesk login " + login);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    /** Connects as that login, setting its password when it is another one or none. */
    static Connection connect(Connection admin, String url, String login, String password) throws SQLException {
        try {
            return DriverManager.getConnection(url, login, password);
        } catch (SQLException e) {
            if (!String.valueOf(e.getSQLState()).startsWith("28")) throw e;
        }
        racing(() -> execute(admin, "alter role " + login + " password '" + verifier(password) + "'"));
        return DriverManager.getConnection(url, login, password);
    }

    /**
     * What the server stores of a password (RFC 5803). Made here, so that neither the server nor its log sees the
     * password itself.
     */
    private static String verifier(String password) {
        var salt = new byte[16];
        new SecureRandom().nextBytes(salt);
        try {
            var salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(password.toCharArray(), salt, SCRAM_ITERATIONS, 256))
                    .getEncoded();
            var stored = MessageDigest.getInstance("SHA-256").digest(hmac(salted, "Client Key"));
            var base64 = Base64.getEncoder();
            return "SCRAM-SHA-256$" + SCRAM_ITERATIONS + ":" + base64.encodeToString(salt) + "$"
                    + base64.encodeToString(stored) + ":" + base64.encodeToString(hmac(salted, "Server Key"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has what SCRAM needs", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void racing(Step step) throws SQLException {
        for (var attempt = 1; ; attempt++) {
            try {
                step.run();
                return;
            } catch (SQLException e) {
                if (!RACES.contains(String.valueOf(e.getSQLState())) || attempt == ATTEMPTS) throw e;
                pause(attempt);
            }
        }
    }

    private static void pause(int attempt) throws SQLException {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(5, 20 * attempt));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while making roles", e);
        }
    }

    static boolean is(Connection connection, String question, String... parameters) throws SQLException {
        try (var select = connection.prepareStatement(question)) {
            for (var i = 0; i < parameters.length; i++) select.setString(i + 1, parameters[i]);
            try (var row = select.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
