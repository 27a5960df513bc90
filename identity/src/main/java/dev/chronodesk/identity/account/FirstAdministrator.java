package dev.chronodesk.identity.account;

import dev.chronodesk.command.door.Commands;
import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.profile.AssignRole;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.identity.AdministratorSettings;
import dev.chronodesk.identity.Secret;
import dev.chronodesk.identity.account.NewAccount.Confirmation;
import dev.chronodesk.identity.principal.PrincipalFollower;
import dev.chronodesk.identity.principal.Principals;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * Makes the first administrator while there is none, through the log like everybody else. Its id is fixed, so a start
 * that was interrupted is continued by the next one.
 */
public final class FirstAdministrator {

    /** UUIDv5 of {@code chronodesk:first-administrator} in the URL namespace of RFC 9562. */
    static final UUID ID = UUID.fromString("da370ea8-c750-57cd-a6bd-1876838a1845");

    private static final String LOCK = "hashtextextended('chronodesk:identity:first-administrator', 0)";
    private static final String EMAIL = "admin@chronodesk.local";

    private final AdministratorSettings settings;
    private final Accounts accounts;
    private final Passwords passwords;
    private final SignUp signUp;
    private final Commands commands;
    private final Principals principals;
    private final PrincipalFollower follower;
    private final DataSource identity;

    public FirstAdministrator(
            AdministratorSettings settings,
            Accounts accounts,
            Passwords passwords,
            SignUp signUp,
            Commands commands,
            PrincipalFollower follower,
            DataSource identity) {
        this.settings = settings;
        this.accounts = accounts;
        this.passwords = passwords;
        this.signUp = signUp;
        this.commands = commands;
        this.follower = follower;
        this.identity = identity;
        principals = new Principals(identity);
        check();
    }

    private void check() {
        var email = EmailAddress.of(Objects.requireNonNullElse(settings.email(), EMAIL));
        if (email.isEmpty())
            throw new IllegalArgumentException("chronodesk.admin.email: an e-mail address such as name@example.org");
        var password = settings.password();
        if (password == null) return;
        passwords.weakness(password.reveal(), email.get()).ifPresent(weakness -> {
            throw new IllegalArgumentException("chronodesk.admin.password: "
                    + switch (weakness) {
                        case LENGTH -> Passwords.MIN + " to " + Passwords.MAX + " characters";
                        case PWNED -> "none that is known from break-ins, nor the address itself";
                    });
        });
    }

    /**
     * The administrator that was just made.
     *
     * @param password the one made up, to be shown once on the console and nowhere else; empty when it was configured
     */
    public record Made(String email, Optional<Secret> password) {
        @Override
        public String toString() {
            return "Made[…]";
        }
    }

    /**
     * Makes one if there is none. Nodes that start at once make one between them.
     *
     * @param show is told before the last step, so that no crash leaves an administrator whose password nobody has
     *     seen; then the next start makes up another password and shows that
     * @return whether one was made
     * @throws IllegalStateException when the configured address belongs to somebody else
     */
    public boolean ensure(Consumer<Made> show) {
        try (var connection = identity.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("select pg_advisory_lock(" + LOCK + ")");
            try {
                return make(show);
            } finally {
                statement.execute("select pg_advisory_unlock(" + LOCK + ")");
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the first administrator cannot be made", e);
        }
    }

    private boolean make(Consumer<Made> show) {
        follower.catchUp();
        if (principals.anyAdministrator()) return false;
        var configured = Optional.ofNullable(settings.password());
        var password = configured.orElseGet(FirstAdministrator::madeUp);
        var account = signUp.finish(account(passwords.hash(password.reveal()))).orElseThrow(this::taken);
        show.accept(
                new Made(address(account).value(), configured.isPresent() ? Optional.empty() : Optional.of(password)));
        commands.send(
                new AssignRole(new ProfileId(ID), Role.ADMIN),
                Senders.SYSTEM,
                Terms.PLAIN.withKey("first-administrator:role"));
        follower.catchUp();
        return true;
    }

    private Account account(Secret hash) {
        var before = accounts.byId(ID);
        if (before.isPresent()) {
            accounts.changePassword(ID, hash);
            return before.get();
        }
        var email = EmailAddress.of(Objects.requireNonNullElse(settings.email(), EMAIL))
                .orElseThrow();
        var made = new NewAccount(ID, email, hash, Map.of("display_name", "Administrator"), Confirmation.VOUCHED, true);
        if (!accounts.add(made)) throw taken();
        return accounts.byId(ID).orElseThrow();
    }

    private static EmailAddress address(Account account) {
        return Objects.requireNonNull(account.email(), "the administrator was made with an address");
    }

    private IllegalStateException taken() {
        return new IllegalStateException(
                "chronodesk.admin.email belongs to somebody who is not administrator; set it to another address");
    }

    private static Secret madeUp() {
        var bytes = new byte[18];
        new SecureRandom().nextBytes(bytes);
        return new Secret(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }
}
