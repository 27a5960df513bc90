package dev.chronodesk.query;

import dev.chronodesk.db.log.Append;
import dev.chronodesk.db.log.EventLog;
import dev.chronodesk.db.log.NewEvent;
import dev.chronodesk.db.port.Figures;
import dev.chronodesk.events.Event;
import dev.chronodesk.events.Metadata;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.Uuids;
import dev.chronodesk.events.metric.Definition;
import dev.chronodesk.events.metric.DefinitionAdopted;
import dev.chronodesk.events.profile.DisplayNameChanged;
import dev.chronodesk.events.profile.EmailChanged;
import dev.chronodesk.events.profile.EmailVerified;
import dev.chronodesk.events.profile.ProfileDeactivated;
import dev.chronodesk.events.profile.ProfileErased;
import dev.chronodesk.events.profile.ProfileId;
import dev.chronodesk.events.profile.ProfileReactivated;
import dev.chronodesk.events.profile.ProfileRegistered;
import dev.chronodesk.events.profile.Role;
import dev.chronodesk.events.profile.RoleAssigned;
import dev.chronodesk.events.report.ReportId;
import dev.chronodesk.events.report.ReportPublished;
import dev.chronodesk.events.schedule.ScheduleDefined;
import dev.chronodesk.events.schedule.ScheduleId;
import dev.chronodesk.events.schedule.WeeklyHours;
import dev.chronodesk.events.team.TeamCreated;
import dev.chronodesk.events.team.TeamId;
import dev.chronodesk.events.team.TeamMemberAdded;
import dev.chronodesk.events.ticket.CommentAdded;
import dev.chronodesk.events.ticket.CommentId;
import dev.chronodesk.events.ticket.MovedToTeam;
import dev.chronodesk.events.ticket.Priority;
import dev.chronodesk.events.ticket.PriorityChanged;
import dev.chronodesk.events.ticket.Status;
import dev.chronodesk.events.ticket.StatusChanged;
import dev.chronodesk.events.ticket.TicketAssigned;
import dev.chronodesk.events.ticket.TicketCreated;
import dev.chronodesk.events.ticket.TicketId;
import dev.chronodesk.events.ticket.TicketType;
import dev.chronodesk.events.ticket.TicketUnassigned;
import dev.chronodesk.events.ticket.Visibility;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes events into a log as commands would: told one by one, or made up from a seed. */
public final class Histories {

    private final EventLog log;
    private final Random random;
    private final Map<UUID, Integer> versions = new HashMap<>();
    private final Map<ProfileId, Role> roles = new HashMap<>();
    private final Map<ProfileId, Personal<String>> names = new HashMap<>();
    private final Map<ProfileId, Personal<String>> emails = new HashMap<>();
    private final Set<ProfileId> erased = new HashSet<>();
    private final Set<ProfileId> inactive = new HashSet<>();
    private Instant now = Instant.parse("2026-01-05T08:00:00Z");
    private @Nullable ProfileId actor;
    private boolean automation;
    private int count;

    public Histories(EventLog log, long seed) {
        this.log = log;
        this.random = new Random(seed);
    }

    public Histories(EventLog log) {
        this(log, 1);
    }

    /** What follows happens then. */
    public Histories at(Instant moment) {
        now = moment;
        return this;
    }

    /** What follows happens so much later. */
    public Histories later(Duration after) {
        now = now.plus(after);
        return this;
    }

    public Instant now() {
        return now;
    }

    /** What follows is done by them. */
    public Histories by(ProfileId actor) {
        this.actor = actor;
        return this;
    }

    /** Whether a program decides what follows. */
    public Histories automated(boolean automation) {
        this.automation = automation;
        return this;
    }

    /** Appends one event to its stream; returns its position. */
    public long append(Event event) {
        var seq = versions.getOrDefault(event.streamId(), 0);
        var acting = actor == null ? new ProfileId(new UUID(0, 1)) : actor;
        var metadata = new Metadata(
                acting.value(),
                roles.getOrDefault(acting, Role.SERVICE),
                acting.value(),
                automation,
                "Test",
                UUID.randomUUID().toString(),
                null);
        var appended =
                log.append(new Append(List.of(new NewEvent(seq, Uuids.v7(now, random), now, event, metadata)), null));
        versions.put(event.streamId(), seq + 1);
        count++;
        return appended.lastPosition();
    }

    public ProfileId person(String name, Role role) {
        var id = new ProfileId(Uuids.v7(now, random));
        var personal = Personal.of(name);
        var email = Personal.of(name.replace(' ', '.') + "@example.com");
        append(new ProfileRegistered(id, personal, email, role));
        emails.put(id, email);
        roles.put(id, role);
        names.put(id, personal);
        return id;
    }

    /** They have that address from now on; returns the position. */
    public long email(ProfileId person, String address) {
        var to = Personal.of(address);
        var position = append(new EmailChanged(person, emails.get(person), to));
        emails.put(person, to);
        return position;
    }

    /** Nothing more is said about them; returns the position. */
    public long erase(ProfileId person) {
        erased.add(person);
        return append(new ProfileErased(person));
    }

    public TeamId team(String name) {
        var id = new TeamId(Uuids.v7(now, random));
        append(new TeamCreated(id, name));
        return id;
    }

    /** The next definition of a schedule. */
    public ScheduleId schedule(@Nullable ScheduleId schedule, String zone, List<String> hours, String... holidays) {
        var id = schedule == null ? new ScheduleId(Uuids.v7(now, random)) : schedule;
        append(new ScheduleDefined(
                id,
                versions.getOrDefault(id.value(), 0) + 1,
                "Office hours",
                zone,
                hours.stream().map(WeeklyHours::of).toList(),
                Stream.of(holidays).map(LocalDate::parse).toList()));
        return id;
    }

    /** Hours of a week made up from a seed, none of them overlapping. */
    public static List<String> weekly(Random random) {
        var weekly = new ArrayList<String>();
        for (var day : DayOfWeek.values())
            for (var minute = random.nextInt(600); minute < 1440 && random.nextInt(5) > 0; ) {
                var until = Math.min(1440, minute + 1 + random.nextInt(600));
                weekly.add(String.format(
                        Locale.ROOT,
                        "%s %02d:%02d-%02d:%02d",
                        day.name().toLowerCase(Locale.ROOT),
                        minute / 60,
                        minute % 60,
                        until / 60,
                        until % 60));
                minute = until + random.nextInt(120);
            }
        return weekly.isEmpty() ? List.of("sunday 01:00-03:00") : weekly;
    }

    /** Another definition of a metric is in force. */
    public void adopt(Definition from, Definition to) {
        append(new DefinitionAdopted(from, to));
    }

    /** These bytes are published. */
    public ReportId report(String content) {
        var id = new ReportId(Uuids.v7(now, random));
        append(new ReportPublished(
                id,
                "March",
                "backlog?at=2026-04-01",
                count,
                Figures.CONTENT_TYPE,
                ReportPublished.sha256(content),
                content));
        return id;
    }

    public TicketId ticket(ProfileId requester, String subject) {
        var id = new TicketId(Uuids.v7(now, random));
        append(new TicketCreated(
                id,
                requester,
                Personal.of(subject),
                Personal.of("About " + subject),
                Priority.NORMAL,
                null,
                List.of(),
                null));
        return id;
    }

    public CommentId comment(TicketId ticket, ProfileId author, String body, Visibility visibility) {
        var id = new CommentId(Uuids.v7(now, random));
        append(new CommentAdded(ticket, id, author, Personal.of(body), visibility));
        return id;
    }

    public long assign(TicketId ticket, @Nullable ProfileId from, ProfileId to) {
        return append(new TicketAssigned(ticket, from, to));
    }

    public long move(TicketId ticket, Status from, Status to) {
        return append(new StatusChanged(ticket, from, to));
    }

    /** A ticket of which the generator remembers what it needs. */
    private static final class Known {
        private final TicketId id;
        private Status status = Status.NEW;
        private Priority priority = Priority.NORMAL;
        private @Nullable ProfileId assignee;
        private @Nullable TeamId team;

        private Known(TicketId id) {
            this.id = id;
        }
    }

    /** Appends so many events of every kind; the same seed gives the same history. */
    public void random(int events) {
        var people = new ArrayList<ProfileId>();
        var teams = new ArrayList<TeamId>();
        var tickets = new ArrayList<Known>();
        var schedules = new ArrayList<ScheduleId>();
        var resolution = List.of(Definition.FULL_RESOLUTION_1, Definition.FULL_RESOLUTION_2);
        people.add(person("Ada", Role.AGENT));
        people.add(person("Bob", Role.CUSTOMER));
        teams.add(team("First"));
        while (count < events) {
            var i = count;
            later(Duration.ofSeconds(random.nextInt(600)));
            by(any(people));
            automated(random.nextInt(10) == 0);
            if (tickets.isEmpty() || random.nextInt(6) == 0) tickets.add(open(any(people), teams));
            else
                switch (random.nextInt(12)) {
                    case 0 -> people.add(person("Person " + i, any(List.of(Role.AGENT, Role.CUSTOMER, Role.ADMIN))));
                    case 1 -> rename(any(people), i);
                    case 2 -> promote(any(people));
                    case 3 -> {
                        if (random.nextBoolean()) teams.add(team("Team " + i));
                        else if (schedules.isEmpty() || random.nextInt(4) == 0)
                            schedules.add(schedule(null, "Europe/Berlin", List.of("monday 09:00-17:00"), "2026-12-25"));
                        else if (random.nextInt(4) == 0) report(text());
                        else if (random.nextInt(4) == 0) {
                            adopt(resolution.getFirst(), resolution.getLast());
                            resolution = resolution.reversed();
                        } else schedule(any(schedules), "UTC", List.of("friday 22:00-24:00", "saturday 00:00-02:00"));
                    }
                    case 4 -> {
                        if (count + 2 <= events)
                            append(new TeamMemberAdded(any(teams), person("Member " + i, Role.AGENT)));
                    }
                    case 5, 6 ->
                        comment(
                                any(tickets).id,
                                java.util.Objects.requireNonNull(actor),
                                text(),
                                random.nextBoolean() ? Visibility.PUBLIC : Visibility.INTERNAL);
                    default -> change(any(tickets), people, teams);
                }
        }
        automated(false);
    }

    private Known open(ProfileId requester, List<TeamId> teams) {
        var id = new TicketId(Uuids.v7(now, random));
        var known = new Known(id);
        if (random.nextBoolean()) known.team = any(teams);
        append(new TicketCreated(
                id,
                requester,
                random.nextInt(8) == 0 ? Personal.erased() : Personal.of(text()),
                random.nextInt(8) == 0 ? Personal.erased() : Personal.of(text()),
                known.priority,
                random.nextBoolean() ? TicketType.INCIDENT : null,
                random.nextBoolean() ? List.of("a \"b\"", "c,{d}\\", "NULL", "") : List.of(),
                known.team));
        return known;
    }

    private void rename(ProfileId person, int i) {
        if (erased.contains(person)) return;
        Personal<String> to = random.nextInt(4) == 0 ? Personal.erased() : Personal.of("Name " + i + " " + text());
        append(new DisplayNameChanged(person, java.util.Objects.requireNonNull(names.getOrDefault(person, to)), to));
        names.put(person, to);
    }

    private void promote(ProfileId person) {
        if (erased.contains(person)) return;
        if (random.nextInt(4) == 0) {
            if (random.nextBoolean()) email(person, "address" + count + "@example.org");
            else append(new EmailVerified(person, java.util.Objects.requireNonNull(emails.get(person))));
            return;
        }
        // what they still ask and say comes too late: it was under way
        if (random.nextInt(8) == 0) {
            erase(person);
            return;
        }
        if (random.nextInt(4) == 0) {
            var back = inactive.remove(person);
            if (!back) inactive.add(person);
            append(back ? new ProfileReactivated(person) : new ProfileDeactivated(person));
            return;
        }
        var from = roles.getOrDefault(person, Role.CUSTOMER);
        var to = any(List.of(Role.AGENT, Role.CUSTOMER, Role.AUDITOR, Role.ANALYST));
        append(new RoleAssigned(person, from, to));
        roles.put(person, to);
    }

    private void change(Known ticket, List<ProfileId> people, List<TeamId> teams) {
        switch (random.nextInt(5)) {
            case 0 -> {
                var to = any(people);
                append(new TicketAssigned(ticket.id, ticket.assignee, to));
                ticket.assignee = to;
            }
            case 1 -> {
                if (ticket.assignee == null) return;
                append(new TicketUnassigned(ticket.id, ticket.assignee));
                ticket.assignee = null;
            }
            case 2 -> {
                var to = any(teams);
                append(new MovedToTeam(ticket.id, ticket.team, to));
                ticket.team = to;
            }
            case 3 -> {
                var to = any(List.of(Priority.values()));
                append(new PriorityChanged(ticket.id, ticket.priority, to));
                ticket.priority = to;
            }
            default -> {
                var next = List.copyOf(ticket.status.next());
                if (next.isEmpty()) return;
                var to = any(next);
                append(new StatusChanged(ticket.id, ticket.status, to));
                ticket.status = to;
            }
        }
    }

    /** Texts with everything that escaping gets wrong. */
    private String text() {
        return any(List.of("plain", "it's \"quoted\"", "{a,b}\\", "line\nline", "naïve 🎫 текст", "NULL", "\t"));
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
