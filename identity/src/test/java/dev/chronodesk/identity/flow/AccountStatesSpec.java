package dev.chronodesk.identity.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chronodesk.command.door.Command;
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
import dev.chronodesk.identity.Secret;
import dev.chronodesk.identity.account.Accounts;
import dev.chronodesk.identity.account.EmailAddress;
import dev.chronodesk.identity.account.Passwords;
import dev.chronodesk.identity.link.LinkKind;
import dev.chronodesk.identity.link.OneTimeTokens;
import dev.chronodesk.identity.token.AccessTokens;
import dev.chronodesk.identity.token.BadTokenException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/**
 * An owner with her mailbox, a stranger without it, and an administrator do six things with one account, in any order.
 * No password is set without proof, the stranger never gets in, and whoever is locked out is given no token. Some walks
 * by default; {@code -Daccount.states=all} takes every step from every state, until nothing new is reached.
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

    /** Whose a password is. */
    private enum Whose {
        NOBODYS,
        HERS,
        HIS
    }

    /** What has become of the sign-in that she had last. */
    private enum SignIn {
        NEVER,
        OPEN,
        ENDED,
        FORGOTTEN
    }

    /** Where the same steps lead to the same. */
    private record State(
            boolean known,
            Whose password,
            boolean confirmed,
            boolean disabled,
            boolean banned,
            List<String> mails,
            boolean sheSignedUp,
            SignIn last,
            boolean anotherOpen) {

        private static final State NOTHING =
                new State(false, Whose.NOBODYS, false, false, false, List.of(), false, SignIn.NEVER, false);
    }

    /** What the tables have about one address. */
    private record Stored(
            UUID id,
            String hash,
            boolean confirmed,
            boolean disabled,
            boolean banned,
            List<String> mails,
            Set<UUID> sessions,
            Set<UUID> open) {

        private static final Stored NOTHING =
                new Stored(new UUID(0, 0), "", false, false, false, List.of(), Set.of(), Set.of());

        private static Stored of(String address) {
            return jdbc.sql(
                            """
                            select a.id, coalesce(a.password_hash, '') as hash,
                                   a.email_confirmed_at is not null as confirmed, p.disabled,
                                   coalesce(p.banned_until > now(), false) as banned,
                                   array(select t.kind from identity.one_time_token t
                                         where t.account_id = a.id order by t.kind) as mails,
                                   array(select s.id from identity.session s where s.account_id = a.id) as sessions,
                                   array(select s.id from identity.session s where s.account_id = a.id
                                         and s.revoked_at is null and s.session_version = p.session_version) as open
                            from identity.account a join identity.principal p on p.id = a.id where a.email = ?""")
                    .param(address)
                    .query(Stored::read)
                    .optional()
                    .orElse(NOTHING);
        }

        private static Stored read(ResultSet row, int number) throws SQLException {
            return new Stored(
                    row.getObject("id", UUID.class),
                    row.getString("hash"),
                    row.getBoolean("confirmed"),
                    row.getBoolean("disabled"),
                    row.getBoolean("banned"),
                    List.of((String[]) row.getArray("mails").getArray()),
                    Set.of((UUID[]) row.getArray("sessions").getArray()),
                    Set.of((UUID[]) row.getArray("open").getArray()));
        }

        private boolean known() {
            return !equals(NOTHING);
        }

        private boolean barred() {
            return disabled || banned;
        }
    }

    /** One address from nothing, with what she has got so far. */
    private static final class World {

        private final String address = Auth.address();
        private final EmailAddress email = new EmailAddress(address);
        private final List<Step> path = new ArrayList<>();

        /** What she was given, by session; the last one is the one that she uses. */
        private final Map<UUID, JsonNode> given = new LinkedHashMap<>();

        private UUID last;
        private boolean signedUp;
        private boolean followed;
        private Answer his;
        private Stored stored = Stored.NOTHING;
        private State state = State.NOTHING;

        /** Takes that step; whatever must not come of it has not. */
        private State walk(Step step) {
            path.add(step);
            try {
                var before = stored;
                var worked = state.last() == SignIn.OPEN;
                followed = false;
                his = null;
                take(step);
                stored = Stored.of(address);
                state = holds(step, before, worked);
                return state;
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("after " + path, e);
            }
        }

        private void take(Step step) {
            switch (step) {
                case SHE_SIGNS_UP -> {
                    givesNothing(auth.signUp(address, HERS));
                    signedUp = true;
                }
                // she follows only what she asked for
                case SHE_CONFIRMS -> {
                    if (signedUp) follow(LinkKind.CONFIRMATION, "signup");
                }
                case SHE_ASKS_FOR_A_LINK -> givesNothing(auth.post("/otp", Map.of("email", address)));
                case SHE_FOLLOWS_IT -> follow(LinkKind.MAGICLINK, "magiclink");
                case SHE_RECOVERS -> {
                    givesNothing(auth.post("/recover", Map.of("email", address)));
                    stored = Stored.of(address);
                    follow(LinkKind.RECOVERY, "recovery");
                }
                case SHE_SETS_HER_PASSWORD -> {
                    if (last != null) givesNothing(auth.put(given.get(last), "/user", Map.of("password", HERS)));
                }
                case SHE_SIGNS_IN -> keep(auth.signIn(address, HERS));
                case SHE_REFRESHES -> {
                    if (last != null) keep(auth.refresh(given.get(last)));
                }
                case HE_SIGNS_UP -> givesNothing(auth.signUp(address, HIS));
                case HE_SIGNS_IN -> his = auth.signIn(address, HIS);
                case HE_GUESSES_A_CODE ->
                    isRefused(auth.post("/verify", Map.of("type", "email", "email", address, "token", "no code")));
                case BANNED -> ban(Instant.now().plus(Duration.ofHours(1)));
                case BAN_ENDS -> ban(null);
                case DEACTIVATED -> send(new DeactivateProfile(new ProfileId(stored.id())));
                case REACTIVATED -> send(new ReactivateProfile(new ProfileId(stored.id())));
                case ERASED -> {
                    send(new ErasePerson(new ProfileId(stored.id())));
                    signedUp = false; // a mail of the next sign-up is none that she asked for
                }
            }
        }

        private void ban(Instant until) {
            if (stored.known()) desk.bean(Accounts.class).ban(stored.id(), until);
        }

        private void send(Command command) {
            if (stored.known()) desk.bean(Commands.class).send(command, Senders.SYSTEM, Terms.PLAIN);
        }

        /** Mails are slow: a token of that kind, if one is on its way, is made anew and used at once. */
        private void follow(LinkKind kind, String type) {
            if (!stored.mails().contains(kind.toString())) return;
            followed = true;
            var issued = desk.bean(OneTimeTokens.class).issue(stored.id(), kind, email, null);
            keep(auth.post("/verify", Map.of("type", type, "token_hash", issued.link())));
        }

        private void keep(Answer answer) {
            isAnswered(answer);
            if (answer.status() != 200) return;
            assertThat(Stored.of(address))
                    .as("a token for who is locked out")
                    .matches(now -> now.known() && !now.barred());
            last = session(answer.json());
            given.remove(last);
            given.put(last, answer.json());
        }

        private static UUID session(JsonNode given) {
            try {
                return desk.bean(AccessTokens.class)
                        .verify(given.get("access_token").stringValue())
                        .session();
            } catch (BadTokenException e) {
                throw new AssertionError(e);
            }
        }

        /** Neither a fault nor "later": those would hide what the answer is. */
        private static void isAnswered(Answer answer) {
            assertThat(answer.status())
                    .as(answer.raw().body())
                    .isNotEqualTo(429)
                    .isBetween(200, 499);
        }

        private static void givesNothing(Answer answer) {
            isAnswered(answer);
            assertThat(answer.raw().body()).doesNotContain("access_token");
        }

        private static void isRefused(Answer answer) {
            isAnswered(answer);
            assertThat(answer.status()).as(answer.raw().body()).isGreaterThanOrEqualTo(400);
        }

        private State holds(Step step, Stored before, boolean worked) {
            var whose = whose(before);
            changesArePermitted(step, before, whose, worked);
            tokensAreHersAndOfUse();
            return new State(
                    stored.known(),
                    whose,
                    stored.confirmed(),
                    stored.disabled(),
                    stored.banned(),
                    stored.mails(),
                    signedUp,
                    last(),
                    stored.open().stream().anyMatch(each -> !each.equals(last)));
        }

        /** He is always refused, and what he is told says whether the password is his. */
        private Whose whose(Stored before) {
            if (his == null) his = auth.signIn(address, HIS);
            isRefused(his);
            if (his.header("x-sb-error-code").equals("email_not_confirmed")) {
                assertThat(stored.confirmed()).isFalse();
                return Whose.HIS;
            }
            assertThat(his.header("x-sb-error-code")).as("his sign-in").isEqualTo("invalid_credentials");
            if (stored.hash().isEmpty()) return Whose.NOBODYS;
            if (!stored.hash().equals(before.hash()))
                assertThat(desk.bean(Passwords.class).matches(HERS, new Secret(stored.hash())))
                        .as("the password is hers")
                        .isTrue();
            return Whose.HERS;
        }

        private void changesArePermitted(Step step, Stored before, Whose whose, boolean worked) {
            if (!stored.id().equals(before.id()) && before.known()) {
                assertThat(step).as("an account is gone").isEqualTo(Step.ERASED);
                assertThat(stored.known()).isFalse();
                return;
            }
            if (stored.confirmed() != before.confirmed())
                assertThat(stored.confirmed() && followed)
                        .as("confirmed by a mail")
                        .isTrue();
            if (stored.hash().equals(before.hash())) return;
            var unproved = !before.confirmed();
            assertThat(
                            switch (whose) {
                                case NOBODYS ->
                                    unproved && (followed || step == Step.SHE_SIGNS_UP || step == Step.HE_SIGNS_UP);
                                case HERS ->
                                    step == Step.SHE_SETS_HER_PASSWORD ? worked : step == Step.SHE_SIGNS_UP && unproved;
                                case HIS -> step == Step.HE_SIGNS_UP && unproved;
                            })
                    .as("the password becomes %s", whose)
                    .isTrue();
        }

        /** A token is worth something as long as its session is open, and none is of who is locked out or erased. */
        private void tokensAreHersAndOfUse() {
            assertThat(given.keySet()).as("hers").containsAll(stored.sessions());
            if (stored.barred())
                assertThat(stored.open()).as("open for who is locked out").isEmpty();
            given.forEach((session, tokens) -> {
                var answer = auth.get(tokens, "/user");
                isAnswered(answer);
                assertThat(answer.status() == 200)
                        .as("a token works")
                        .isEqualTo(stored.open().contains(session));
                if (!stored.open().contains(session)) isRefused(auth.refresh(tokens));
            });
        }

        private SignIn last() {
            if (last == null) return SignIn.NEVER;
            if (stored.open().contains(last)) return SignIn.OPEN;
            return stored.sessions().contains(last) ? SignIn.ENDED : SignIn.FORGOTTEN;
        }
    }

    @Test
    void steps_in_any_order_let_no_stranger_in_and_nobody_who_is_locked_out() throws InterruptedException {
        if ("all".equals(System.getProperty("account.states"))) everywhere();
        else atRandom();
    }

    private static void atRandom() {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("AccountStatesSpec -Dseed=" + seed);
        var random = new Random(seed);
        for (var i = 0; i < WALKS; i++) {
            var world = new World();
            while (world.path.size() < DEPTH) world.walk(Step.values()[random.nextInt(Step.values().length)]);
        }
    }

    /** Several worlds at once: they have nothing in common but what they find out. */
    private static void everywhere() throws InterruptedException {
        var began = System.nanoTime();
        var atlas = new Atlas();
        var worlds = 2 * Runtime.getRuntime().availableProcessors();
        try (var threads = Executors.newFixedThreadPool(worlds)) {
            for (var each : threads.invokeAll(Collections.nCopies(worlds, () -> explored(atlas)))) each.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
        atlas.print();
        System.out.printf(
                "in %d s%n", Duration.ofNanos(System.nanoTime() - began).toSeconds());
    }

    private static Atlas explored(Atlas atlas) {
        var world = new World();
        for (var way = atlas.next(world); way.isPresent(); way = atlas.next(world)) {
            if (way.get().anew()) world = new World();
            for (var step : way.get().steps()) atlas.follow(world, step);
        }
        return atlas;
    }

    /** Steps over known ways to a state, and a last one that nobody has tried there. */
    private record Way(boolean anew, State to, List<Step> steps) {}

    /**
     * The states that were reached, and where each step leads from them. A world goes on as long as there is an untried
     * step where it is or near by, so little is walked twice; and what is walked twice has to lead to the same state
     * again, or the states do not tell apart what matters.
     */
    private static final class Atlas {

        private static final int LONGEST = 30;

        private final Map<State, Map<Step, State>> ways = new HashMap<>();
        private final Map<State, Set<Step>> untried = new HashMap<>();
        private int taken;

        private Atlas() {
            reached(State.NOTHING);
        }

        private void reached(State state) {
            ways.putIfAbsent(state, new EnumMap<>(Step.class));
            untried.putIfAbsent(state, EnumSet.allOf(Step.class));
        }

        /** Where to go next, for that world alone; empty when all was tried. */
        private synchronized Optional<Way> next(World world) {
            var anew = way(true, State.NOTHING);
            var on = world.path.size() < LONGEST ? way(false, world.state) : Optional.<Way>empty();
            var way = Stream.concat(on.stream(), anew.stream())
                    .min(Comparator.comparingInt(each -> each.steps().size()));
            way.ifPresent(found -> untried.get(found.to()).remove(found.steps().getLast()));
            return way;
        }

        private Optional<Way> way(boolean anew, State from) {
            return paths(from).entrySet().stream()
                    .filter(path -> !untried.get(path.getKey()).isEmpty())
                    .findFirst()
                    .map(path -> new Way(
                            anew,
                            path.getKey(),
                            longer(
                                    path.getValue(),
                                    untried.get(path.getKey()).iterator().next())));
        }

        /** The shortest known path to each state, the nearest first. */
        private Map<State, List<Step>> paths(State from) {
            var paths = new LinkedHashMap<State, List<Step>>(Map.of(from, List.of()));
            var queue = new ArrayDeque<State>(List.of(from));
            while (!queue.isEmpty()) {
                var state = queue.remove();
                ways.get(state).forEach((step, to) -> {
                    if (paths.putIfAbsent(to, longer(paths.get(state), step)) == null) queue.add(to);
                });
            }
            return paths;
        }

        private static List<Step> longer(List<Step> path, Step step) {
            var longer = new ArrayList<>(path);
            longer.add(step);
            return longer;
        }

        private void follow(World world, Step step) {
            var from = world.state;
            try {
                leads(from, step, world.walk(step));
            } catch (AssertionError e) {
                throw failed(from, step, e);
            }
        }

        private synchronized void leads(State from, Step step, State to) {
            reached(to);
            taken++;
            if (taken % 500 == 0) System.out.printf("%d steps taken, %d states%n", taken, ways.size());
            var before = ways.get(from).putIfAbsent(step, to);
            if (before != null)
                assertThat(to).as("where %s leads from %s", step, from).isEqualTo(before);
        }

        /** Nobody needs to go on. */
        private synchronized AssertionError failed(State from, Step step, AssertionError e) {
            untried.values().forEach(Set::clear);
            var shortest = longer(paths(State.NOTHING).get(from), step);
            return new AssertionError("depth " + shortest.size() + ": " + shortest, e);
        }

        private synchronized void print() {
            assertThat(ways.values()).allMatch(steps -> steps.size() == Step.values().length);
            var paths = paths(State.NOTHING);
            var deepest = paths.values().stream().mapToInt(List::size).max().orElseThrow();
            for (var depth = 0; depth <= deepest; depth++) {
                var most = depth;
                System.out.printf(
                        "depth %d: %d states%n",
                        depth,
                        paths.values().stream()
                                .filter(path -> path.size() <= most)
                                .count());
            }
            System.out.printf(
                    "no more: %d steps tried, %d taken%n",
                    ways.values().stream().mapToInt(Map::size).sum(), taken);
        }
    }
}
