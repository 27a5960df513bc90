package dev.chronodesk.identity.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.command.door.Commands;
import dev.chronodesk.command.door.Senders;
import dev.chronodesk.command.door.Terms;
import dev.chronodesk.command.profile.DeactivateProfile;
import dev.chronodesk.command.profile.ErasePerson;
import dev.chronodesk.command.profile.ReactivateProfile;
import dev.chronodesk.db.TestDatabase;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.identity.Auth;
import dev.chronodesk.identity.Desk;
import dev.chronodesk.identity.Desk.Answer;
import dev.chronodesk.identity.PostOffice;
import dev.chronodesk.identity.account.Account;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.EmailAddress;
import dev.chronodesk.identity.link.LinkKind;
import dev.chronodesk.identity.link.OneTimeTokens;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/**
 * An owner with her mailbox, a stranger without it, and an administrator do six things with one account, in any order.
 * The stranger never gets in by a password of his, and whoever is locked out is given no token. Some walks by default;
 * {@code -Daccount.states=all} goes from every state that is reached in every direction.
 */
class AccountStatesSpec {

    private static final int DEPTH = 6;
    private static final int WALKS = 12;
    private static final String HERS = "correct horse";
    private static final String HIS = "the stranger's own";

    private static PostOffice post;
    private static TestDatabase database;
    private static Desk desk;
    private static Auth auth;
    private static JdbcClient jdbc;

    @BeforeAll
    static void open() {
        post = new PostOffice();
        database = TestDatabase.create();
        desk = Desk.on(database, post.settings("chronodesk.identity.even-time", "0ms"));
        auth = new Auth(desk);
        jdbc = JdbcClient.create(database.database().identity());
    }

    @AfterAll
    static void close() {
        desk.close();
        database.close();
        post.close();
    }

    /** What somebody may do next. */
    private enum Step {
        SHE_SIGNS_UP,
        SHE_CONFIRMS,
        SHE_ASKS_FOR_A_LINK,
        SHE_FOLLOWS_IT,
        SHE_RECOVERS,
        SHE_SETS_HER_PASSWORD,
        SHE_SIGNS_IN,
        SHE_REFRESHES,
        HE_SIGNS_UP,
        HE_SIGNS_IN,
        HE_GUESSES_A_CODE,
        BANNED,
        BAN_ENDS,
        DEACTIVATED,
        REACTIVATED,
        ERASED
    }

    /** One account from nothing, with what she has got so far. */
    private static final class World {

        private final String address = Auth.address();
        private final EmailAddress email = new EmailAddress(address);
        private boolean signedUp;
        private Optional<JsonNode> session = Optional.empty();

        private Optional<Account> account() {
            return desk.bean(Accounts.class).byEmail(email);
        }

        private void take(Step step) {
            switch (step) {
                case SHE_SIGNS_UP -> {
                    auth.signUp(address, HERS);
                    signedUp = true;
                }
                // she follows only what she asked for
                case SHE_CONFIRMS -> {
                    if (signedUp) follow(LinkKind.CONFIRMATION, "signup");
                }
                case SHE_ASKS_FOR_A_LINK -> auth.post("/otp", Map.of("email", address));
                case SHE_FOLLOWS_IT -> follow(LinkKind.MAGICLINK, "magiclink");
                case SHE_RECOVERS -> {
                    auth.post("/recover", Map.of("email", address));
                    follow(LinkKind.RECOVERY, "recovery");
                }
                case SHE_SETS_HER_PASSWORD ->
                    session.ifPresent(hers -> auth.put(hers, "/user", Map.of("password", HERS)));
                case SHE_SIGNS_IN -> keep(auth.signIn(address, HERS));
                case SHE_REFRESHES -> session.ifPresent(hers -> keep(auth.refresh(hers)));
                case HE_SIGNS_UP -> auth.signUp(address, HIS);
                case HE_SIGNS_IN -> isRefused(auth.signIn(address, HIS));
                case HE_GUESSES_A_CODE ->
                    isRefused(auth.post("/verify", Map.of("type", "email", "email", address, "token", "no code")));
                case BANNED -> ban(Instant.now().plus(Duration.ofHours(1)));
                case BAN_ENDS -> ban(null);
                case DEACTIVATED ->
                    account().ifPresent(known -> send(new DeactivateProfile(new ProfileId(known.id()))));
                case REACTIVATED ->
                    account().ifPresent(known -> send(new ReactivateProfile(new ProfileId(known.id()))));
                case ERASED -> {
                    account().ifPresent(known -> send(new ErasePerson(new ProfileId(known.id()))));
                    signedUp = false; // a mail of the next sign-up is none that she asked for
                }
            }
        }

        private void ban(Instant until) {
            account().ifPresent(known -> desk.bean(Accounts.class).ban(known.id(), until));
        }

        private static void send(dev.chronodesk.command.door.Command command) {
            desk.bean(Commands.class).send(command, Senders.SYSTEM, Terms.PLAIN);
        }

        /** Mails are slow: a token of that kind, if one is on its way, is made anew and used at once. */
        private void follow(LinkKind kind, String type) {
            var known = account();
            if (known.isEmpty() || !waiting().contains(kind.toString())) return;
            var issued = desk.bean(OneTimeTokens.class).issue(known.get().id(), kind, email, null);
            keep(auth.post("/verify", Map.of("type", type, "token_hash", issued.link())));
        }

        private List<String> waiting() {
            return jdbc.sql("select kind from identity.one_time_token where email = ? order by kind")
                    .param(address)
                    .query(String.class)
                    .list();
        }

        private void keep(Answer answer) {
            if (answer.status() != 200 || !answer.json().has("access_token")) return;
            assertThat(isBarred()).as("a token for who is locked out").isFalse();
            session = Optional.of(answer.json());
        }

        private static void isRefused(Answer answer) {
            assertThat(answer.status()).as("his: " + answer.raw().body()).isBetween(400, 499);
        }

        private boolean isBarred() {
            return jdbc.sql("select coalesce(bool_or(p.disabled or p.banned_until > now()), false)"
                            + " from identity.account a join identity.principal p on p.id = a.id where a.email = ?")
                    .param(address)
                    .query(Boolean.class)
                    .single();
        }

        /** What an old session of hers is worth now. */
        private boolean works() {
            return session.isPresent() && auth.get(session.get(), "/user").status() == 200;
        }

        private void holds() {
            isRefused(auth.signIn(address, HIS));
            if (isBarred() || account().isEmpty())
                assertThat(works()).as("an old token of who is locked out").isFalse();
        }

        /** Where the same steps lead to the same. */
        private String state() {
            var row = account()
                    .map(known -> known.passwordHash() == null
                            ? "no password"
                            : auth.signIn(address, HERS).header("x-sb-error-code"))
                    .orElse("nobody");
            var barred = account()
                    .map(known -> known.confirmed() + " " + known.disabled() + " " + (known.bannedUntil() != null))
                    .orElse("");
            return row + " " + barred + waiting() + signedUp + works();
        }
    }

    private static World walked(List<Step> path) {
        try {
            var world = new World();
            for (var step : path) {
                world.take(step);
                world.holds();
            }
            return world;
        } catch (AssertionError e) {
            throw new AssertionError("after " + path, e);
        }
    }

    @Test
    void six_steps_in_any_order_let_no_stranger_in_and_nobody_who_is_locked_out() {
        if ("all".equals(System.getProperty("account.states"))) everywhere();
        else atRandom();
    }

    private static void atRandom() {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("AccountStatesSpec -Dseed=" + seed);
        var random = new Random(seed);
        for (var i = 0; i < WALKS; i++) {
            var path = new ArrayList<Step>();
            while (path.size() < DEPTH) path.add(Step.values()[random.nextInt(Step.values().length)]);
            walked(path);
        }
    }

    private static void everywhere() {
        var states = new HashSet<String>();
        var tried = 0;
        var frontier = List.of(List.<Step>of());
        for (var depth = 1; depth <= DEPTH; depth++) {
            var next = new ArrayList<List<Step>>();
            for (var path : frontier)
                for (var step : Step.values()) {
                    var longer = new ArrayList<>(path);
                    longer.add(step);
                    tried++;
                    if (states.add(walked(longer).state())) next.add(longer);
                }
            System.out.printf("depth %d: %d states, %d steps tried%n", depth, states.size(), tried);
            frontier = next;
        }
    }
}
