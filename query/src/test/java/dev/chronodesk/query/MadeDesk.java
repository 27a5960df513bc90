package dev.chronodesk.query;

import dev.chronodesk.db.log.Recorded;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.Metadata;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.ProfileRegistered;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.team.TeamCreated;
import dev.chronodesk.events.team.TeamId;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.CommentId;
import dev.chronodesk.events.ticket.MovedToTeam;
import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.PriorityChanged;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.StatusChanged;
import dev.chronodesk.events.ticket.TicketAssigned;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketEvent;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.TicketType;
import dev.chronodesk.events.ticket.Visibility;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What may have happened at a desk in three years, made from a seed: few people ask often, few words are common, most
 * tickets are solved within days. The same numbers make the same history, whatever part of it is asked for.
 */
public final class MadeDesk {

    public static final Instant BEGIN = Instant.parse("2023-01-02T06:00:00Z");
    public static final Instant END = Instant.parse("2026-01-02T06:00:00Z");

    private static final int WORDS = 20_000;
    private static final String CONSONANTS = "bdfgklmnprstvz";
    private static final String VOWELS = "aeiou";
    private static final List<String> TAGS =
            List.of("vip", "billing", "network", "hardware", "login", "mail", "urgent");

    private final long seed;
    private final int tickets;
    private final int comments;
    private final List<ProfileId> customers;
    private final List<ProfileId> agents;
    private final List<TeamId> teams;

    /**
     * @param tickets how many there are
     * @param comments how many a ticket has on average
     */
    public MadeDesk(long seed, int tickets, int comments) {
        this.seed = seed;
        this.tickets = tickets;
        this.comments = comments;
        var random = new SplittableRandom(seed);
        customers = ids(Math.max(20, tickets / 20), random, ProfileId::new);
        agents = ids(Math.max(10, tickets / 5_000), random, ProfileId::new);
        teams = ids(Math.max(3, tickets / 50_000), random, TeamId::new);
    }

    private static <T> List<T> ids(int count, SplittableRandom random, Function<java.util.UUID, T> id) {
        return IntStream.range(0, count)
                .mapToObj(i -> id.apply(Uuids.v7(BEGIN, random)))
                .toList();
    }

    public int tickets() {
        return tickets;
    }

    /** Who asks, the most frequent first. */
    public List<ProfileId> customers() {
        return customers;
    }

    /** Who answers, the busiest first. */
    public List<ProfileId> agents() {
        return agents;
    }

    /** The word of that rank in frequency, from 0: texts have it about once in {@code 10 * rank} words. */
    public static String word(int rank) {
        var word = new StringBuilder();
        // at least two syllables, so that few of them are no words to search for
        var rest = rank + 70;
        for (; rest > 0; rest /= 70) word.append(CONSONANTS.charAt(rest % 14)).append(VOWELS.charAt(rest % 70 / 14));
        return word.toString();
    }

    private static String words(SplittableRandom random, int count) {
        var words = new StringBuilder();
        for (var i = 0; i < count; i++) {
            if (i > 0) words.append(' ');
            // the inverse of Zipf's distribution, as if ranks were continuous
            words.append(word((int) Math.pow(WORDS, random.nextDouble()) - 1));
        }
        return words.toString();
    }

    private static <T> T frequent(List<T> of, SplittableRandom random) {
        var part = random.nextDouble();
        return of.get((int) (part * part * of.size()));
    }

    /** The teams and everybody, after that position. */
    public List<Recorded<Event>> people(long position) {
        var random = new SplittableRandom(seed);
        var told = new ArrayList<Told>();
        for (var team : teams)
            told.add(new Told(BEGIN, 0, new TeamCreated(team, "Team " + told.size()), agents.getFirst(), Role.ADMIN));
        for (var agent : agents) told.add(registered(agent, Role.AGENT, random));
        for (var customer : customers) told.add(registered(customer, Role.CUSTOMER, random));
        return recorded(told, position);
    }

    private static Told registered(ProfileId person, Role role, SplittableRandom random) {
        var name = words(random, 2);
        return new Told(
                BEGIN,
                0,
                new ProfileRegistered(
                        person, Personal.of(name), Personal.of(name.replace(' ', '.') + "@example.com"), role),
                person,
                role);
    }

    /** What happened to the tickets of those numbers, from 0, in the order of time and after that position. */
    public List<Recorded<Event>> tickets(int from, int until, long position) {
        var told = new ArrayList<Told>();
        for (var i = from; i < until; i++) new Story(i, told).tell();
        told.sort(Comparator.comparing(Told::at));
        return recorded(told, position);
    }

    private static List<Recorded<Event>> recorded(List<Told> told, long position) {
        var recorded = new ArrayList<Recorded<Event>>(told.size());
        for (var one : told) recorded.add(one.recorded(position + recorded.size() + 1));
        return recorded;
    }

    /** An event without its position. */
    private record Told(Instant at, int seq, Event event, ProfileId actor, Role role) {

        Recorded<Event> recorded(long position) {
            var id =
                    new java.util.UUID(position << 16 | 0x7000, event.streamId().getLeastSignificantBits());
            return new Recorded<>(
                    position,
                    seq,
                    1,
                    id,
                    at,
                    at,
                    event,
                    new Metadata(actor.value(), role, actor.value(), false, "Made", id.toString(), null));
        }
    }

    /** One ticket. */
    private final class Story {
        private final SplittableRandom random;
        private final List<Told> told;
        private final TicketId id;
        private final ProfileId requester;
        private Instant at;
        private int seq;
        private Status status = Status.NEW;
        private ProfileId agent;
        private @Nullable TeamId team;
        private Priority priority;

        Story(int number, List<Told> told) {
            this.random = new SplittableRandom(seed * 31 + number);
            this.told = told;
            this.at = BEGIN.plusMillis(Duration.between(BEGIN, END).toMillis() / tickets * number);
            this.id = new TicketId(Uuids.v7(at, random));
            this.requester = frequent(customers, random);
            this.agent = frequent(agents, random);
            this.team = chance(0.8) ? frequent(teams, random) : null;
            this.priority = chance(0.8) ? Priority.NORMAL : any(List.of(Priority.values()));
        }

        private boolean chance(double part) {
            return random.nextDouble() < part;
        }

        private <T> T any(List<T> of) {
            return of.get(random.nextInt(of.size()));
        }

        /** So much later on average. */
        private void later(Duration mean) {
            at = at.plusMillis((long) (mean.toMillis() * random.nextExponential()));
        }

        private void asked(TicketEvent event) {
            add(event, requester, Role.CUSTOMER);
        }

        private void did(TicketEvent event) {
            add(event, agent, Role.AGENT);
        }

        private void add(TicketEvent event, ProfileId actor, Role role) {
            // the rest has not happened yet
            if (at.isBefore(END)) told.add(new Told(at, seq++, event, actor, role));
        }

        void tell() {
            opened();
            later(Duration.ofMinutes(40));
            if (chance(0.95)) did(new TicketAssigned(id, null, agent));
            if (chance(0.2)) {
                var to = frequent(teams, random);
                if (!to.equals(team)) did(new MovedToTeam(id, team, to));
            }
            move(Status.OPEN, true);
            for (var left = random.nextInt(2 * comments + 1); left > 0; left--) talk();
            later(Duration.ofHours(20));
            // some are forgotten
            if (chance(0.003)) return;
            move(Status.SOLVED, true);
            if (chance(0.06)) {
                later(Duration.ofHours(20));
                move(Status.OPEN, false);
                later(Duration.ofHours(20));
                move(Status.SOLVED, true);
            }
            later(Duration.ofDays(4));
            if (chance(0.85)) move(Status.CLOSED, true);
        }

        private void opened() {
            asked(new TicketCreated(
                    id,
                    requester,
                    Personal.of(words(random, 3 + random.nextInt(6))),
                    Personal.of(words(random, 10 + random.nextInt(30))),
                    priority,
                    chance(0.7) ? any(List.of(TicketType.values())) : null,
                    chance(0.4) ? List.of(any(TAGS)) : List.of(),
                    team));
        }

        private void talk() {
            later(Duration.ofHours(7));
            if (chance(0.03)) {
                var to = frequent(agents, random);
                if (!to.equals(agent)) did(new TicketAssigned(id, agent, to));
                agent = to;
            }
            if (chance(0.05)) raise();
            var answers = chance(0.55);
            var comment = new CommentAdded(
                    id,
                    new CommentId(Uuids.v7(at, random)),
                    answers ? agent : requester,
                    Personal.of(words(random, 5 + random.nextInt(40))),
                    answers && chance(0.25) ? Visibility.INTERNAL : Visibility.PUBLIC);
            if (!answers) {
                asked(comment);
                if (status == Status.PENDING) move(Status.OPEN, false);
                return;
            }
            did(comment);
            if (chance(0.3)) move(Status.PENDING, true);
        }

        private void raise() {
            if (priority == Priority.HIGH) return;
            did(new PriorityChanged(id, priority, Priority.HIGH));
            priority = Priority.HIGH;
        }

        private void move(Status to, boolean staff) {
            if (status == to) return;
            var change = new StatusChanged(id, status, to);
            if (staff) did(change);
            else asked(change);
            status = to;
        }
    }
}
